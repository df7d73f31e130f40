// Tells what is installed in this clone, which backend computes, what is missing and what to do about it. Installs nothing.
import { execFile } from "node:child_process";
import fs from "node:fs";
import { promisify } from "node:util";
import { build } from "./setup/build.mjs";
import { nativeFailure, nativeKernels } from "./setup/native.mjs";
import { npmPackages } from "./setup/packages.mjs";
import { inRoot, kernelFile, root, tensorflowFailure, venvPython, windows } from "./setup/paths.mjs";
import { testPackages } from "./setup/python.mjs";
import { isDone } from "./setup/runner.mjs";

const checks = {
  Node: async () => {
    const [major, minor] = process.versions.node.split(".").map(Number);
    return major > 20 || (major === 20 && minor >= 15)
      ? found(process.versions.node)
      : missing(`${process.versions.node} is too old`, "What to do: install Node 20.15 or later.");
  },
  npm: async () => found(await output("npm", ["--version"], { shell: windows })),
  "npm packages": async () => {
    if (!fs.existsSync(inRoot("node_modules/.package-lock.json"))) return missing("not installed");
    return isDone(npmPackages) ? found("as in package-lock.json") : missing("not those of package-lock.json");
  },
  tslab: async () => npmVersion("tslab"),
  "plotly.js": async () => npmVersion("plotly.js"),
  danfojs: async () => npmVersion("danfojs-node"),
  TensorFlow: async () => {
    if (!fs.existsSync(inRoot("node_modules/@tensorflow/tfjs-node"))) return missing("not installed");
    try {
      return found(
        `${await output(process.execPath, [inRoot("scripts/setup/tensorflow-check.cjs")])}, backend tensorflow (native)`,
      );
    } catch {
      const reason = fs.existsSync(tensorflowFailure)
        ? fs.readFileSync(tensorflowFailure, "utf8").trimEnd()
        : "What to do: node scripts/setup.mjs --tensorflow";
      return worse("backend wasm (WebAssembly): works; the engine tensorflow trains 5 to 6 times slower", reason);
    }
  },
  "Native kernels": async () => {
    try {
      await output(process.execPath, ["-e", `require(${JSON.stringify(nativeKernels)})`]);
      return found("generate, train and decide in native code");
    } catch {
      const reason = fs.existsSync(nativeFailure) ? `Why: ${fs.readFileSync(nativeFailure, "utf8").trimEnd()}. ` : "";
      return worse(
        "JavaScript and WebAssembly compute: the same results, up to 4 times slower",
        `${reason}What to do: install a C compiler (apt install gcc, xcode-select --install), rm -rf .setup/stamps/Native-kernels, node scripts/setup.mjs`,
      );
    }
  },
  Python: async () => found((await output(venvPython, ["--version"])).split(" ")[1]),
  JupyterLab: async () => pythonVersion("jupyterlab"),
  "Jupyter widgets": async () => pythonVersion("ipywidgets"),
  "Plotly for JupyterLab": async () => pythonVersion("plotly"),
  kaleido: async () => pythonVersion("kaleido"),
  "Jupyter kernel": async () => {
    const { argv } = JSON.parse(fs.readFileSync(kernelFile, "utf8"));
    const absent = argv.slice(0, 2).find((file) => !fs.existsSync(file));
    return absent
      ? missing(`registered, but ${absent} is not there`)
      : found("tslab (TypeScript), registered in .venv");
  },
  Build: async () => {
    if (!fs.existsSync(inRoot("build/.tsbuildinfo"))) return missing("not built");
    return isDone(build) ? found("up to date") : missing("older than its sources");
  },
  "Test packages": async () =>
    isDone(testPackages) ? found("installed") : { mark: "-", text: "not installed; `npm test` installs them" },
};

const found = (text) => ({ mark: "✓", text });
const worse = (text, more) => ({ mark: "!", text, more });
const missing = (text, more) => ({ mark: "✗", text, more });

function npmVersion(name) {
  return found(JSON.parse(fs.readFileSync(inRoot("node_modules", name, "package.json"), "utf8")).version);
}

async function pythonVersion(name) {
  return found(await output(venvPython, ["-c", `import importlib.metadata as m; print(m.version("${name}"))`]));
}

async function output(command, args, options) {
  const { stdout } = await promisify(execFile)(command, args, { timeout: 60_000, ...options });
  return stdout.trim().split("\n").at(-1);
}

console.log(`The lab in ${root}\n`);
const names = Object.keys(checks);
const results = await Promise.all(names.map((name) => checks[name]().catch(() => missing("not installed"))));
for (const [index, { mark, text, more }] of results.entries()) {
  console.log(`${mark} ${names[index].padEnd(22)} ${text}`);
  if (more) console.log(more.replace(/^/gm, " ".repeat(25)));
}
if (results.some(({ mark }) => mark === "✗")) {
  console.log("\nWhat is marked ✗ is missing. What to do: node scripts/setup.mjs");
  process.exitCode = 1;
}
