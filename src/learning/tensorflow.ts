import Module from "node:module";
import util from "node:util";
import type * as tf from "@tensorflow/tfjs";
import { fromPackage } from "../optional-package";
import { INSTALLED } from "../version";

/** The TensorFlow.js API, whichever backend computes. */
export type TensorFlow = typeof tf;

/** `tensorflow`: the native library through `@tensorflow/tfjs-node`. `wasm`: WebAssembly, slower but with no installation. */
export type BackendName = "tensorflow" | "wasm";

const NATIVE = "@tensorflow/tfjs-node";
type Load = (request: string, ...rest: unknown[]) => unknown;
const moduleLoader = Module as unknown as { _load: Load };
const originalLoad = moduleLoader._load;

let native: TensorFlow | null | undefined;
let loading: Promise<TensorFlow> | undefined;

/**
 * Loads TensorFlow and waits until its backend is ready. Later calls return the same promise.
 *
 * The native library is taken where set-up could install it; otherwise the WebAssembly backend is, with one warning on
 * stderr. `DIOS_TENSORFLOW=wasm` in the environment chooses WebAssembly without a warning.
 */
export function loadTensorflow(): Promise<TensorFlow> {
  if (INSTALLED && !loading) prepare();
  loading ??= Promise.resolve(loadNative() ?? loadWasm());
  return loading;
}

/** The backend that `loadTensorflow` gives. */
export function backendName(): BackendName {
  return loadNative() ? "tensorflow" : "wasm";
}

/** The native API, or null where it cannot be loaded. */
function loadNative(): TensorFlow | null {
  if (native === undefined) {
    native = null;
    if (process.env.DIOS_TENSORFLOW !== "wasm") {
      try {
        native = originalLoad(NATIVE, module, false) as TensorFlow;
      } catch (error) {
        // A project that has this library chose what it installs.
        if (!INSTALLED) warn(error);
      }
    }
  }
  return native;
}

async function loadWasm(): Promise<TensorFlow> {
  const api: TensorFlow = fromPackage("@tensorflow/tfjs", () => require("@tensorflow/tfjs"));
  fromPackage("@tensorflow/tfjs-backend-wasm", () => require("@tensorflow/tfjs-backend-wasm"));
  await api.setBackend("wasm");
  await api.ready();
  return api;
}

function warn(error: unknown): void {
  const reason = String(error instanceof Error ? error.message : error).split("\n")[0];
  process.stderr.write(
    "Warning: TensorFlow's native library is not installed, so the WebAssembly backend computes instead: the same\n" +
      "results, and 5 to 6 times slower in training. `npm run doctor` says what is missing.\n" +
      `(${reason})\n`,
  );
}

function prepare(): void {
  // Keeps the native library from printing its start-up notes, unless the user asked for them.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  // tfjs-node 4.22 calls two functions that Node 23 removed, and trains nothing without them.
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  });
  // Whoever requires tfjs-node, such as danfojs-node, gets the TensorFlow in use, native or not.
  moduleLoader._load = (request, ...rest) =>
    request === NATIVE ? (loadNative() ?? originalLoad("@tensorflow/tfjs", ...rest)) : originalLoad(request, ...rest);
}

// In notebooks someone may require tfjs-node before anything here trains; another project is left alone until then.
if (!INSTALLED) prepare();
