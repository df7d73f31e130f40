import { once } from "node:events";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { coresHere } from "../cores";
import { loadScenario } from "../scenario/load";
import { closedFormTargets, deviationOf, type Judge, type Order } from "./calibrate";
import { scenarioAt } from "./space";

/** The deviation of a point's scenario from the published numbers, in percentage points. */
export function judge(...[point, structure, seed, states]: Order): number {
  return deviationOf(closedFormTargets(loadScenario(scenarioAt(point, structure)), seed, states));
}

/** Judges points side by side on worker threads. */
export interface Judges {
  /** Rejects when the signal ends the work. */
  readonly judge: Judge;
  readonly close: () => Promise<unknown>;
}

/** Starts one judge a core. The deviations do not depend on how many there are. */
export function startJudges(signal?: AbortSignal): Judges {
  const workers = Array.from(
    { length: coresHere() },
    // The options of this process are not for its workers: a kernel preloads what only its main thread needs.
    () => new Worker(path.join(__dirname, "judge-worker.js"), { execArgv: [] }),
  );
  return {
    async judge(orders) {
      const deviations = new Array<number>(orders.length);
      let next = 0;
      const work = async (worker: Worker) => {
        while (next < orders.length) {
          const index = next++;
          worker.postMessage(orders[index]);
          [deviations[index]] = await once(worker, "message", signal ? { signal } : {});
        }
      };
      await Promise.all(workers.map(work));
      return deviations;
    },
    close: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}
