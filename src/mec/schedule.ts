import { DEVICE, type Dependency } from "./application";
import { LOCAL, SITES } from "./sites";
import type { States } from "./states";
import { type Tables, transferOf } from "./tables";

/** When each sub-task of one state starts and finishes, in seconds from the start of the application. */
export interface Schedule {
  /** [T] */
  readonly startS: Float64Array;
  /** [T] */
  readonly finishS: Float64Array;
  /** When the last output is on the device: the execution time of the application. */
  readonly makespanS: number;
}

/**
 * The schedule of state k: the device runs its sub-tasks one after another in the order of their numbers; edge and cloud start
 * a sub-task as soon as its inputs are there. A transfer starts when its producer finishes.
 */
export function scheduleOf(states: States, delays: Tables, decisions: Uint8Array, k: number): Schedule {
  const { subTasks, dependencies, inputs, output } = states.application;
  const startS = new Float64Array(subTasks);
  const finishS = new Float64Array(subTasks);
  let deviceFreeS = 0;
  let makespanS = 0;
  for (let task = 0; task < subTasks; task++) {
    const site = decisions[k * subTasks + task] as number;
    let start = site === LOCAL ? deviceFreeS : 0;
    for (const link of inputs[task] as readonly number[]) {
      const { from } = dependencies[link] as Dependency;
      const ready = from === DEVICE ? 0 : (finishS[from] as number);
      start = Math.max(start, ready + transferOf(states, delays, decisions, k, link));
    }
    const finish = start + (delays.execution[SITES * (k * subTasks + task) + site] as number);
    startS[task] = start;
    finishS[task] = finish;
    if (site === LOCAL) deviceFreeS = finish;
    const out = output[task] as number;
    const returned = out < 0 ? 0 : transferOf(states, delays, decisions, k, out);
    makespanS = Math.max(makespanS, finish + returned);
  }
  return { startS, finishS, makespanS };
}

/** Execution times of all states of a batch in seconds, [count]. */
export function executionTimes(states: States, delays: Tables, decisions: Uint8Array): Float64Array {
  return Float64Array.from({ length: states.count }, (_, k) => scheduleOf(states, delays, decisions, k).makespanS);
}
