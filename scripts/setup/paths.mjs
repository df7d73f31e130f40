import path from "node:path";
import { fileURLToPath } from "node:url";

export const windows = process.platform === "win32";

/** The clone. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** A path inside the clone. */
export const inRoot = (...parts) => path.join(root, ...parts);

export const setupFolder = inRoot(".setup");
export const venv = inRoot(".venv");
export const venvPython = path.join(venv, windows ? "Scripts/python.exe" : "bin/python");
export const kernelFile = path.join(venv, "share/jupyter/kernels/tslab/kernel.json");
export const launcher = inRoot("build/src/kernel/launcher.js");
export const packageLink = inRoot("node_modules/dios-lab");
/** Which browser the tests use, or why there is none. */
export const browserFile = path.join(setupFolder, "browser.json");

/** TensorFlow's library and binding are kept here, out of reach of `npm ci`, and linked into the package. */
export const tensorflowFolder = inRoot(".tensorflow");
export const tfjsNode = inRoot("node_modules/@tensorflow/tfjs-node");
/** Why TensorFlow is not native here; absent where it is. */
export const tensorflowFailure = path.join(setupFolder, "no-native-tensorflow.txt");
