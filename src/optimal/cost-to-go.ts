import { InputError } from "../errors";
import { capacityOf } from "../mec/capacity";
import { SITES } from "../mec/sites";
import type { States } from "../mec/states";
import type { Tables } from "../mec/tables";
import type { Scenario } from "../scenario/scenario";
import { exactly } from "./exact";

/**
 * What each site of each sub-task leads to when the sub-tasks before it are as in `plans` ([count x T], sub-task after sub-task in their order): the
 * least total cost of a plan that begins so, takes that site and goes on in the best way, [count x T x 3]. The lowest site of the least cost
 * is the optimal decision after that beginning.
 *
 * Throws an InputError where capacity is shared: no plan may fit after such a beginning.
 */
export function costsToGo(scenario: Scenario, states: States, costs: Tables, plans: Uint8Array): Float64Array {
  if (capacityOf(scenario)) throw new InputError("capacity is shared; allowed: unlimited, for decisions in turn.");
  const { application, count } = states;
  const { subTasks } = application;
  const solve = exactly(scenario, application);
  const clamped = { ...costs, execution: costs.execution.slice() };
  const dear = moreThanAnyPlan(states, costs);
  const allow = (k: number, task: number, allowed: number) => {
    const at = SITES * (k * subTasks + task);
    for (let site = 0; site < SITES; site++) {
      clamped.execution[at + site] =
        (costs.execution[at + site] as number) + (site === allowed ? 0 : (dear[k] as number));
    }
  };
  const least = new Float64Array(SITES * count * subTasks);
  const decisions = new Uint8Array(count * subTasks);
  const totals = new Float64Array(count);
  for (let task = 0; task < subTasks; task++) {
    for (let site = 0; site < SITES; site++) {
      for (let k = 0; k < count; k++) allow(k, task, site);
      solve(states, clamped, decisions, totals);
      for (let k = 0; k < count; k++) least[SITES * (k * subTasks + task) + site] = totals[k] as number;
    }
    for (let k = 0; k < count; k++) allow(k, task, plans[k * subTasks + task] as number);
  }
  return least;
}

/** [count] A cost above that of any plan of a state: all it could come to, and 1. It lies on the grid of the cost tables, so that sums stay exact. */
function moreThanAnyPlan({ count }: States, { execution, radio, wired }: Tables): Float64Array {
  const sums = new Float64Array(count).fill(1);
  for (const table of [execution, radio, wired]) {
    const width = table.length / count;
    for (let i = 0; i < table.length; i++) (sums[Math.floor(i / width)] as number) += table[i] as number;
  }
  return sums;
}
