import { InputError } from "../errors";
import type { Application } from "../mec/application";
import { type Capacity, capacityOf, fits } from "../mec/capacity";
import type { States } from "../mec/states";
import { type Tables, totalOf } from "../mec/tables";
import type { Scenario } from "../scenario/scenario";
import { eliminator } from "./elimination";
import { hasTreewidth2 } from "./elimination-plan";
import { EXHAUSTIVE_MOST, exhaustive } from "./exhaustive";
import { minCutter } from "./min-cut";
import { type OneState, oneState } from "./one-state";

/** Fills `decisions` ([count x T]) and `totals` ([count]: what they cost) for a batch. */
export type Solve = (states: States, costs: Tables, decisions: Uint8Array, totals: Float64Array) => void;

/** The optimal plan [T] of one state of a scenario. */
export type Plan = (state: OneState) => Uint8Array;

/**
 * How the optimum of a scenario is found at once and for certain: by variable elimination up to treewidth 2, beyond it, where that
 * is quicker, as a minimum cut; where grants are limited, by trying all plans for the states whose optimum without limits does not fit. Of equal
 * plans the lexicographically first one wins in all three. The function that is returned takes batch after batch.
 *
 * Throws an InputError for more than 16 sub-tasks that share a capacity, unless `beyond` is given, which solves those (see mixedIntegerPlan).
 */
export function exactly(scenario: Scenario, application: Application, beyond?: Plan): Solve {
  const capacity = capacityOf(scenario);
  const many = capacity && application.subTasks > EXHAUSTIVE_MOST;
  if (many && !beyond) {
    throw new InputError(
      `capacity is shared by ${application.subTasks} sub-tasks; allowed: at most ${EXHAUSTIVE_MOST} here, more with dios generate and dios optimal.`,
    );
  }
  const solve = unlimited(application);
  if (!capacity) return solve;
  return (states, costs, decisions, totals) => {
    solve(states, costs, decisions, totals);
    for (const k of misfits(capacity, states, decisions)) {
      const state = oneState(states, costs, k);
      const plan = many && beyond ? beyond(state) : exhaustive(state.states, state.costs, capacity);
      decisions.set(plan, k * application.subTasks);
      totals[k] = totalOf(state.states, state.costs, plan, 0);
    }
  };
}

function unlimited(application: Application): Solve {
  if (hasTreewidth2(application)) {
    const eliminate = eliminator(application);
    return (_states, costs, decisions, totals) => eliminate(costs, decisions, totals);
  }
  const cut = minCutter(application);
  return (states, costs, decisions, totals) => {
    cut(costs, decisions);
    for (let k = 0; k < states.count; k++) totals[k] = totalOf(states, costs, decisions, k);
  };
}

/** The states whose decisions ([count x T]) do not fit into the capacity. An optimum without limits that fits is one with them. */
export function misfits(capacity: Capacity, states: States, decisions: Uint8Array): number[] {
  return Array.from({ length: states.count }, (_, k) => k).filter((k) => !fits(capacity, states, decisions, k));
}

/** The optimal decisions [count x T] of a batch (see `exactly`). */
export function optimalDecisions(scenario: Scenario, states: States, costs: Tables): Uint8Array {
  const decisions = new Uint8Array(states.count * states.application.subTasks);
  exactly(scenario, states.application)(states, costs, decisions, new Float64Array(states.count));
  return decisions;
}
