// Gives a reader one input after another until it is told to stop. `at` says which one it is at, for the main thread to see where it hangs.
import { parentPort, workerData } from "node:worker_threads";
import { faultOf, inputOf, withReaders } from "./fuzz";
import type { Reader } from "./readers";

/** What the worker is given: shared memory holds the number of the input and, behind it, whether to stop. */
export interface Orders {
  readonly name: string;
  readonly seed: number;
  readonly from: number;
  readonly shared: SharedArrayBuffer;
}

const { name, seed, from, shared } = workerData as Orders;
const [at, stop] = [0, 1];
const state = new Int32Array(shared);

void withReaders(async (readers, folder) => {
  const reader = readers[name] as Reader;
  for (let k = from; Atomics.load(state, stop) === 0; k++) {
    Atomics.store(state, at, k);
    const fault = await faultOf(reader, inputOf(reader, name, seed, k), folder);
    if (fault) parentPort?.postMessage({ k, fault });
  }
});
