// Compiles the AssemblyScript of src/learning/assembly to WebAssembly, as modules of src/learning/wasm with the code as base64, so that
// Node, workers and a web page get it alike. `--check`: says whether they are up to date, and writes nothing.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const learning = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../src/learning");
const COMMON = ["--runtime", "stub", "--enable", "simd", "-O3", "--noAssert", "--use", "abort="];
const THREADS = ["--enable", "threads", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"];
const OPTIONS = { training: [...COMMON, "--importMemory", ...THREADS], inference: [...COMMON, "--importMemory"] };

async function compiled(name) {
  let binary;
  const { error, stderr } = await asc.main([`${name}.ts`, "--outFile", "out.wasm", ...OPTIONS[name]], {
    readFile: (file, base) => {
      const full = path.resolve(learning, "assembly", base ?? ".", file);
      return fs.existsSync(full) ? fs.readFileSync(full, "utf8") : null;
    },
    writeFile: (_file, contents) => {
      binary = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${name}: ${error.message}\n${stderr}`);
  return [
    `/** WebAssembly, made by \`npm run assembly\` from ../assembly/${name}.ts. */`,
    `export const code: string =`,
    `  "${Buffer.from(binary).toString("base64")}";`,
    "",
  ].join("\n");
}

for (const name of Object.keys(OPTIONS)) {
  const file = path.join(learning, "wasm", `${name}.ts`);
  const text = await compiled(name);
  if (process.argv.includes("--check")) {
    if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== text) {
      console.error(
        `src/learning/wasm/${name}.ts is not what src/learning/assembly/${name}.ts compiles to: npm run assembly`,
      );
      process.exitCode = 1;
    }
  } else {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}
