/**
 * What native/addon.c exports. Each function is given the memory that the places of its table count from, and the place of the table; what
 * it writes has the bits that the WebAssembly writes.
 */
export interface NativeKernels {
  /** Threads on which many rows go forward. */
  readonly threads: number;
  /** A thread's share of a job of training. */
  share(memory: Uint8Array, table: number, job: number, thread: number): void;
  /** Makes the transposed kernels of the parameters as they are. */
  transpose(memory: Uint8Array, table: number): void;
  /** From features [rows x inputs] to the last layer's sums [rows x units], many rows on several threads. */
  forward(memory: Uint8Array, table: number, features: Float32Array, sums: Float32Array, rows: number): void;
  /** The same with a quantised network. */
  quantisedForward(memory: Uint8Array, table: number, features: Float32Array, sums: Float32Array, rows: number): void;
}

/** The kernels as the set-up compiled them; undefined where it could not, in an installed library, on a processor without AVX2 and in a browser. */
export const native: NativeKernels | undefined = load();

function load(): NativeKernels | undefined {
  try {
    // Names that are put together are left alone by what bundles this for a browser.
    const kernels = require(`${__dirname}/../../../native/kernels.node`);
    const { coresHere } = require(`${__dirname}/../../cores`);
    return { ...kernels, threads: coresHere() };
  } catch {
    return undefined;
  }
}

/** The kernels. Throws where there are none. */
export function requireNative(): NativeKernels {
  if (!native) throw new Error("there are no native kernels here");
  return native;
}
