import { DEVICE, type Dependency } from "../mec/application";
import { LOCAL, SITES } from "../mec/sites";
import type { States } from "../mec/states";
import { type Tables, transferBetween } from "../mec/tables";
import type { Scheme } from "./scheme";

/** Greedy offloading: each sub-task in turn goes where its execution and input transfers take least; see `greedy.by`. */
export const gos: Scheme = {
  name: "GOS",
  title: "greedy",
  decide: ({ scenario, states, delays, costs }) => greedy(states, scenario.greedy.by === "time" ? delays : costs),
};

/** Decisions [count x T], one sub-task after another, blind to successors; of equal sites the lowest wins. */
export function greedy(states: States, tables: Tables): Uint8Array {
  const { subTasks, dependencies, inputs } = states.application;
  const links = dependencies.length;
  const decisions = new Uint8Array(states.count * subTasks);
  for (let k = 0; k < states.count; k++) {
    for (let task = 0; task < subTasks; task++) {
      const i = k * subTasks + task;
      let least = Number.POSITIVE_INFINITY;
      for (let site = 0; site < SITES; site++) {
        let sum = tables.execution[SITES * i + site] as number;
        for (const link of inputs[task] as readonly number[]) {
          const { from } = dependencies[link] as Dependency;
          const source = from === DEVICE ? LOCAL : (decisions[k * subTasks + from] as number);
          sum += transferBetween(tables, k * links + link, source, site);
        }
        if (sum < least) {
          least = sum;
          decisions[i] = site;
        }
      }
    }
  }
  return decisions;
}
