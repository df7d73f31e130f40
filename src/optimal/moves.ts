import { type Application, DEVICE } from "../mec/application";
import { LOCAL, SITES } from "../mec/sites";
import { type Tables, transferBetween } from "../mec/tables";

/** Who exchanges data with whom: those of sub-task t are at first[t], ..., first[t + 1] - 1. */
export interface Neighbours {
  readonly first: Int32Array;
  /** The dependency. */
  readonly link: Int32Array;
  /** The sub-task at its other end, or DEVICE. */
  readonly other: Int32Array;
}

/** The neighbours of each sub-task of an application. */
export function neighboursOf({ subTasks, dependencies }: Application): Neighbours {
  const around = Array.from({ length: subTasks }, () => [] as { link: number; other: number }[]);
  for (const [link, { from, to }] of dependencies.entries()) {
    if (from !== DEVICE) around[from]?.push({ link, other: to });
    if (to !== DEVICE) around[to]?.push({ link, other: from });
  }
  const first = new Int32Array(subTasks + 1);
  for (const [task, its] of around.entries()) first[task + 1] = (first[task] as number) + its.length;
  const all = around.flat();
  return {
    first,
    link: Int32Array.from(all, ({ link }) => link),
    other: Int32Array.from(all, ({ other }) => other),
  };
}

/**
 * What the cost of a plan ([T]) of one state changes by when `task` goes to `site` and all others stay: its execution and its own
 * transfers, nothing else.
 */
export function moveCost(
  { first, link, other }: Neighbours,
  costs: Tables,
  plan: Uint8Array,
  task: number,
  site: number,
): number {
  const now = plan[task] as number;
  let change = (costs.execution[SITES * task + site] as number) - (costs.execution[SITES * task + now] as number);
  for (let i = first[task] as number; i < (first[task + 1] as number); i++) {
    const neighbour = other[i] as number;
    const there = neighbour === DEVICE ? LOCAL : (plan[neighbour] as number);
    // A transfer costs the same in both directions, so it does not matter which end is which.
    const index = link[i] as number;
    change += transferBetween(costs, index, site, there) - transferBetween(costs, index, now, there);
  }
  return change;
}
