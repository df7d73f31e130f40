import { type Capacity, capacityOf, heldBy } from "../mec/capacity";
import { EDGE, LOCAL } from "../mec/sites";
import type { States } from "../mec/states";
import type { Tables } from "../mec/tables";
import type { Scenario } from "../scenario/scenario";
import { moveCost, type Neighbours, neighboursOf } from "./moves";
import { type OneState, oneState } from "./one-state";

/** Decisions that fit into the capacity. */
export interface Fitted {
  /** [count x T]. */
  readonly decisions: Uint8Array;
  /** In how many of the states the decisions that were given did not fit. */
  readonly repaired: number;
}

/**
 * Makes decisions ([count x T]) fit that were taken without a look at the capacity of the scenario: while a state holds too much, the
 * sub-task comes home whose return costs least for the share of the exceeded capacities that it sets free, the first of equal ones.
 * Decisions that fit, and all where grants have no limit, stay as they are.
 */
export function fitToCapacity(scenario: Scenario, states: States, costs: Tables, decisions: Uint8Array): Fitted {
  const capacity = capacityOf(scenario);
  const fitted = decisions.slice();
  let repaired = 0;
  if (capacity) {
    const { subTasks } = states.application;
    const neighbours = neighboursOf(states.application);
    for (let k = 0; k < states.count; k++) {
      const plan = fitted.subarray(k * subTasks, (k + 1) * subTasks);
      if (bringHome(capacity, neighbours, oneState(states, costs, k), plan)) repaired++;
    }
  }
  return { decisions: fitted, repaired };
}

/** Makes a plan ([T]) of one state fit, in place; false when it did already. */
export function bringHome(
  capacity: Capacity,
  neighbours: Neighbours,
  { states, costs }: OneState,
  plan: Uint8Array,
): boolean {
  let { subcarriers, cores } = heldBy(states, plan, 0);
  let moved = false;
  while (subcarriers > capacity.subcarriers || cores > capacity.cores) {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const [task, site] of plan.entries()) {
      if (site === LOCAL) continue;
      let relief = 0;
      if (subcarriers > capacity.subcarriers) relief += (states.subcarriers[task] as number) / capacity.subcarriers;
      if (cores > capacity.cores && site === EDGE) relief += (states.cores[task] as number) / capacity.cores;
      const price = moveCost(neighbours, costs, plan, task, LOCAL) / relief;
      if (relief > 0 && price < least) {
        least = price;
        best = task;
      }
    }
    subcarriers -= states.subcarriers[best] as number;
    if (plan[best] === EDGE) cores -= states.cores[best] as number;
    plan[best] = LOCAL;
    moved = true;
  }
  return moved;
}
