import { type Split, streamOf } from "../demonstrations/split";
import { InputError, requireInteger } from "../errors";
import { sampleStates } from "../mec/states";
import { costTables, delayTables } from "../mec/tables";
import { optimalDecisions } from "../optimal/exact";
import { scenarioHash } from "../scenario/load";
import type { Scenario } from "../scenario/scenario";
import { VERSION } from "../version";
import { type Breakdown, breakdownOf } from "./state-breakdown";

/** What is to be broken down; the optimal decisions when none are given. */
export interface BreakdownRequest {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly split: Split;
  readonly index: number;
  readonly decisions?: readonly number[];
}

/** Breaks down the cost and the time of one state. Throws an InputError for decisions that are not one site a sub-task. */
export function breakdown({ scenario, seed, split, index, decisions }: BreakdownRequest): Breakdown {
  requireInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  requireInteger("index", index, 0, Number.MAX_SAFE_INTEGER);
  const states = sampleStates(scenario, streamOf(seed, split), index, 1);
  const delays = delayTables(scenario, states);
  const costs = costTables(scenario, states);
  const optimal = optimalDecisions(scenario, states, costs);
  return breakdownOf(
    { scenario: scenario.name, scenarioHash: scenarioHash(scenario), version: VERSION, seed, split, index },
    { scenario, states, delays, costs },
    decisions ? checked(decisions, states.application.subTasks) : optimal,
    optimal,
  );
}

function checked(decisions: readonly number[], subTasks: number): Uint8Array {
  if (decisions.length !== subTasks || decisions.some((site) => site !== 0 && site !== 1 && site !== 2)) {
    const given = decisions.join(",");
    throw new InputError(
      `decisions is ${given.length > 500 ? `${given.slice(0, 500)}...` : given}; allowed: ${subTasks} numbers with commas between, each 0 (local), 1 (edge) or 2 (cloud).`,
    );
  }
  return Uint8Array.from(decisions);
}
