import { requireInteger } from "../errors";
import { DEVICE } from "../mec/application";
import type { Capacity } from "../mec/capacity";
import { EDGE, LOCAL, SITES } from "../mec/sites";
import type { States } from "../mec/states";
import { type Tables, transferBetween } from "../mec/tables";

/** The most sub-tasks that exhaustive search takes: 3^16 is 43 million plans a state. */
export const EXHAUSTIVE_MOST = 16;

/**
 * The optimal decisions [count x T] of a batch by trying all 3^T plans of each state, or all that fit into the capacity, depth first
 * in lexicographic order; of equal plans the first one wins.
 */
export function exhaustive(states: States, costs: Tables, capacity?: Capacity): Uint8Array {
  const { application, count } = states;
  const { subTasks, dependencies, inputs, output } = application;
  requireInteger("number of sub-tasks for exhaustive search", subTasks, 1, EXHAUSTIVE_MOST);
  const links = dependencies.length;
  const decisions = new Uint8Array(count * subTasks);
  const plan = new Uint8Array(subTasks);
  for (let k = 0; k < count; k++) {
    let best = Number.POSITIVE_INFINITY;
    const transfer = (link: number, from: number, to: number) => transferBetween(costs, k * links + link, from, to);
    const descend = (task: number, before: number, subcarriersLeft: number, coresLeft: number): void => {
      if (task === subTasks) {
        if (before < best) {
          best = before;
          decisions.set(plan, k * subTasks);
        }
        return;
      }
      const subcarriers = states.subcarriers[k * subTasks + task] as number;
      const cores = states.cores[k * subTasks + task] as number;
      for (let site = 0; site < SITES; site++) {
        const subcarriersThen = site === LOCAL ? subcarriersLeft : subcarriersLeft - subcarriers;
        const coresThen = site === EDGE ? coresLeft - cores : coresLeft;
        if (subcarriersThen < 0 || coresThen < 0) continue;
        plan[task] = site;
        let cost = before + (costs.execution[SITES * (k * subTasks + task) + site] as number);
        for (const link of inputs[task] as readonly number[]) {
          const from = dependencies[link]?.from as number;
          cost += transfer(link, from === DEVICE ? LOCAL : (plan[from] as number), site);
        }
        const out = output[task] as number;
        if (out >= 0) cost += transfer(out, site, LOCAL);
        descend(task + 1, cost, subcarriersThen, coresThen);
      }
    };
    descend(0, 0, capacity?.subcarriers ?? Number.POSITIVE_INFINITY, capacity?.cores ?? Number.POSITIVE_INFINITY);
  }
  return decisions;
}
