import { DEVICE, type Dependency } from "../mec/application";
import { CLOUD, EDGE, SITES } from "../mec/sites";
import { type States, sliceStates } from "../mec/states";
import type { Tables } from "../mec/tables";

/** One state of a batch and its costs; its decisions are [T]. */
export interface OneState {
  /** A batch of one. */
  readonly states: States;
  readonly costs: Tables;
}

/** State k of a batch, without copying. */
export function oneState(states: States, { execution, radio, wired }: Tables, k: number): OneState {
  const tasks = SITES * states.application.subTasks;
  const links = states.application.dependencies.length;
  return {
    states: sliceStates(states, k, 1),
    costs: {
      execution: execution.subarray(k * tasks, (k + 1) * tasks),
      radio: radio.subarray(k * links, (k + 1) * links),
      wired: wired.subarray(k * links, (k + 1) * links),
    },
  };
}

/** [T x 3] what each site of a sub-task costs whatever the others do: execution, transfers from and to the device. */
export function siteCosts({ states, costs }: OneState): Float64Array {
  const { inner, dependencies } = states.application;
  const alone = costs.execution.slice();
  for (let link = inner; link < dependencies.length; link++) {
    const { from, to } = dependencies[link] as Dependency;
    const task = from === DEVICE ? to : from;
    (alone[SITES * task + EDGE] as number) += costs.radio[link] as number;
    (alone[SITES * task + CLOUD] as number) += (costs.radio[link] as number) + (costs.wired[link] as number);
  }
  return alone;
}
