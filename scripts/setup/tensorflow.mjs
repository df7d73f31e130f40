import fs from "node:fs";
import path from "node:path";
import { npm, run } from "./command.mjs";
import { Failure } from "./failure.mjs";
import { npmPackages } from "./packages.mjs";
import { inRoot, tensorflowFailure, tensorflowFolder, tfjsNode, venvPython, windows } from "./paths.mjs";
import { pythonEnvironment } from "./python.mjs";
import { contents } from "./runner.mjs";

/** The PyPI wheels that hold TensorFlow's C library and headers. There is none for Windows, nor for musl. */
const wheels = {
  "linux-x64": "tensorflow-cpu==2.15.1",
  "linux-arm64": "tensorflow-cpu-aws==2.15.1",
  "darwin-x64": "tensorflow==2.15.1",
  "darwin-arm64": "tensorflow==2.15.1",
};
const wheel = wheels[`${process.platform}-${process.arch}`];

const packageHost =
  "https://storage.googleapis.com/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz";

const deps = path.join(tensorflowFolder, "deps");
const lib = path.join(tensorflowFolder, "lib");
/** The names under which tfjs-node links the wheel's libraries. */
const libraryLinks =
  process.platform === "darwin"
    ? [["libtensorflow.2.dylib", "libtensorflow_cc.2.dylib"]]
    : [
        ["libtensorflow.so", "libtensorflow_cc.so.2"],
        ["libtensorflow_framework.so", "libtensorflow_framework.so.2"],
      ];
const wheelMark = path.join(deps, "wheel.txt");
const bindingIn = (folder) => path.join(folder, "napi-v8/tfjs_binding.node");

/** TensorFlow's C library from its wheel, unless the host that tfjs-node downloads from is reached. */
export const tensorflowLibrary = {
  name: "TensorFlow library",
  after: [pythonEnvironment.name],
  inputs: () => [String(wheel)],
  outputs: () => [tensorflowFolder],
  run: async () => {
    fs.mkdirSync(tensorflowFolder, { recursive: true });
    fs.rmSync(tensorflowFailure, { force: true });
    if (hasWheelLibrary() || hasOwnInstallation()) return "already here";
    if (await hostReached()) return "left to tfjs-node's own installation";
    await orElseWasm(fetchLibrary);
  },
};

/** The native part of tfjs-node, linked to that library and tried. Where it cannot be had, WebAssembly computes. */
export const tensorflowForNode = {
  name: "TensorFlow for Node",
  after: [npmPackages.name, tensorflowLibrary.name],
  inputs: () => [String(wheel), contents(inRoot("node_modules/@tensorflow/tfjs-node/package.json"))],
  outputs: () => [fs.existsSync(tensorflowFailure) ? tensorflowFailure : bindingIn(path.join(tfjsNode, "lib"))],
  run: async () => {
    if (!fs.existsSync(tensorflowFailure)) await orElseWasm(installBinding);
    if (!fs.existsSync(tensorflowFailure)) return `native, version ${await version()}`;
    unlink();
    return `not native, so the engine "tensorflow" computes in WebAssembly, 5 to 6 times slower; the default engine needs no TensorFlow.\n${indent(fs.readFileSync(tensorflowFailure, "utf8"))}`;
  },
};

/** The version of the native TensorFlow, after it has multiplied two matrices. */
export async function version() {
  const check = inRoot("scripts/setup/tensorflow-check.cjs");
  const output = await run(process.execPath, [check], { log: "tensorflow", what: "loading TensorFlow's library" });
  return output.trim().split("\n").at(-1);
}

const hasWheelLibrary = () => fs.existsSync(wheelMark) && fs.readFileSync(wheelMark, "utf8") === wheel;
const hasOwnInstallation = () => fs.existsSync(bindingIn(lib)) && !fs.existsSync(wheelMark);

async function installBinding() {
  if (fs.existsSync(bindingIn(lib)) && (await works())) return;
  if (!hasWheelLibrary()) {
    if (await ownInstallation()) return;
    await fetchLibrary();
  }
  await build();
  await version();
}

/** Whether what lies in `.tensorflow` works, once linked. */
async function works() {
  link();
  return version().then(Boolean, () => false);
}

/** tfjs-node's own install script: downloads library and binding. What it made is moved to `.tensorflow`. */
async function ownInstallation() {
  unlink();
  try {
    await npm(["rebuild", "@tensorflow/tfjs-node", "--ignore-scripts=false", "--foreground-scripts"], {
      log: "tensorflow",
    });
    if (!fs.existsSync(bindingIn(path.join(tfjsNode, "lib")))) return false;
    for (const name of ["deps", "lib"]) {
      fs.rmSync(path.join(tensorflowFolder, name), { recursive: true, force: true });
      fs.renameSync(path.join(tfjsNode, name), path.join(tensorflowFolder, name));
    }
    return await works();
  } catch {
    return false;
  }
}

/** Downloads the wheel with pip, takes the C library and its headers out of it, and deletes it. */
async function fetchLibrary() {
  if (!wheel) {
    throw new Failure(`there is no TensorFlow wheel for ${process.platform} on ${process.arch}`, {
      remedy:
        "On Windows, TensorFlow for Node is downloaded from storage.googleapis.com: let that host through, or use WSL.",
    });
  }
  const download = path.join(tensorflowFolder, "wheel");
  const unpacked = path.join(tensorflowFolder, "unpacked");
  for (const folder of [download, unpacked, deps, lib]) fs.rmSync(folder, { recursive: true, force: true });
  const options = [
    "--quiet",
    "--no-deps",
    "--only-binary=:all:",
    "--python-version",
    "3.11",
    "--disable-pip-version-check",
  ];
  await run(venvPython, ["-m", "pip", "download", ...options, "--dest", download, wheel], {
    log: "tensorflow",
    what: `downloading ${wheel}`,
  });
  const file = path.join(download, fs.readdirSync(download)[0]);
  await run(venvPython, [inRoot("scripts/setup/unpack-tensorflow.py"), file, unpacked], {
    log: "tensorflow",
    what: `unpacking ${wheel}`,
  });
  for (const [name, target] of libraryLinks) fs.symlinkSync(target, path.join(unpacked, "lib", name));
  fs.writeFileSync(path.join(unpacked, "wheel.txt"), wheel);
  fs.renameSync(unpacked, deps);
  fs.rmSync(download, { recursive: true });
}

/** Compiles tfjs-node's binding against the library. It is N-API: one build serves every Node version. */
async function build() {
  link();
  const headers = path.dirname(path.dirname(fs.realpathSync(process.execPath)));
  const env = fs.existsSync(path.join(headers, "include/node/node.h")) ? { npm_config_nodedir: headers } : {};
  if (process.platform === "darwin") env.LDFLAGS = "-Wl,-rpath,@loader_path/../../deps/lib";
  await npm(["exec", "--offline", "--", "node-pre-gyp", "-C", tfjsNode, "install", "--build-from-source"], {
    log: "tensorflow",
    what: "compiling tfjs-node's binding",
    env,
  });
  fs.rmSync(path.join(tfjsNode, "build"), { recursive: true, force: true });
}

/** Links `.tensorflow/deps` and `.tensorflow/lib` into tfjs-node, where it looks for them. */
function link() {
  unlink();
  for (const name of ["deps", "lib"]) {
    const target = path.join(tensorflowFolder, name);
    fs.mkdirSync(target, { recursive: true });
    fs.symlinkSync(
      windows ? target : path.relative(tfjsNode, target),
      path.join(tfjsNode, name),
      windows ? "junction" : "dir",
    );
  }
}

function unlink() {
  for (const name of ["deps", "lib"]) fs.rmSync(path.join(tfjsNode, name), { recursive: true, force: true });
}

async function hostReached() {
  try {
    return (await fetch(packageHost, { method: "HEAD", signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
}

/** Does `work`; when it fails, writes down why, so that the set-up goes on without the native TensorFlow. */
async function orElseWasm(work) {
  try {
    await work();
  } catch (error) {
    const lines = [`Why: ${error.message}`, ...(error.lines ?? []), `What to do: ${error.remedy}`];
    lines.push("Then: node scripts/setup.mjs --tensorflow", `Log: ${error.log ?? "none"}`);
    fs.writeFileSync(tensorflowFailure, `${lines.join("\n")}\n`);
  }
}

const indent = (text) => text.trimEnd().replace(/^/gm, "      ");
