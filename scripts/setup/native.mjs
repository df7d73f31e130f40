import fs from "node:fs";
import path from "node:path";
import { run } from "./command.mjs";
import { npmPackages } from "./packages.mjs";
import { inRoot, setupFolder, windows } from "./paths.mjs";
import { contents } from "./runner.mjs";

const sources = inRoot("src/native");
export const nativeKernels = inRoot("build/native/kernels.node");
/** Why there are no native kernels; absent where there are. */
export const nativeFailure = path.join(setupFolder, "no-native-kernels.txt");

/** The C of src/native as an add-on for Node, with the system's compiler. Where that fails JavaScript and WebAssembly compute the same bits, slower. */
export const native = {
  name: "Native kernels",
  after: [npmPackages.name],
  inputs: () => [process.platform, process.arch, String(process.env.CC), contents(sources)],
  outputs: () => [fs.existsSync(nativeFailure) ? nativeFailure : nativeKernels],
  run: async () => {
    for (const file of [nativeFailure, nativeKernels]) fs.rmSync(file, { force: true });
    const reason = await compile().catch((error) => error.message);
    if (reason === undefined) return undefined;
    fs.writeFileSync(nativeFailure, `${reason}\n`);
    return `none, so JavaScript and WebAssembly compute, with the same results and up to 4 times slower (${reason})`;
  },
};

/** Compiles and loads; resolves to why there are no kernels now, undefined when there are. */
async function compile() {
  if (windows) return "on Windows there is no compiler that takes this code";
  const aside = nativeKernels.replace(/node$/, `${process.pid}.node`);
  // Multiplications and additions each with a rounding of their own, as in WebAssembly.
  const options = ["-std=gnu11", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-pthread"];
  if (process.arch === "x64") options.push("-mavx2");
  options.push(...(process.platform === "darwin" ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared"]));
  options.push("-I", inRoot("node_modules/node-api-headers/include"));
  const files = fs.readdirSync(sources).filter((file) => file.endsWith(".c"));
  fs.mkdirSync(path.dirname(nativeKernels), { recursive: true });
  try {
    const failures = [];
    for (const compiler of process.env.CC ? [process.env.CC] : ["cc", "gcc", "clang"]) {
      const failure = await run(
        compiler,
        [...options, ...files.map((file) => path.join(sources, file)), "-o", aside, "-lm"],
        { log: "native" },
      ).then(
        () => undefined,
        (error) => error.message,
      );
      if (failure === undefined) {
        await run(process.execPath, ["-e", `require(${JSON.stringify(aside)})`], {
          log: "native",
          what: "loading them",
        });
        // Another process may have the old file open: it is replaced, not written over.
        fs.renameSync(aside, nativeKernels);
        return undefined;
      }
      failures.push(failure);
    }
    return failures[0];
  } finally {
    fs.rmSync(aside, { force: true });
  }
}
