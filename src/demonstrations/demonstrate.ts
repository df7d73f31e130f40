import { ratesOf, type States, sampleStates, sliceStates } from "../mec/states";
import { costTables, delayTables, emptyTables } from "../mec/tables";
import { exactly, type Plan } from "../optimal/exact";
import type { Scenario } from "../scenario/scenario";
import { encode, type Matrix } from "./features";

/** States with their features, their optimal decisions and the cost of these. */
export interface Demonstrated {
  readonly states: States;
  readonly features: Matrix;
  /** [count x T] optimal sites (OOS). */
  readonly decisions: Uint8Array;
  /** [count] total cost of the optimal decisions. */
  readonly costs: Float64Array;
}

/** States whose tables are made at a time: they fit a processor's cache, and the same memory serves all. */
const BLOCK = 500;

/**
 * Samples states first, ..., first + count - 1 of a stream (see sampleStates), encodes their features and finds their optimal decisions;
 * with `beyond` where `exactly` needs it.
 */
export function demonstrate(
  scenario: Scenario,
  stream: string,
  first: number,
  count: number,
  beyond?: Plan,
): Demonstrated {
  const states = sampleStates(scenario, stream, first, count);
  const { subTasks } = states.application;
  const rates = ratesOf(scenario, states);
  const decisions = new Uint8Array(count * subTasks);
  const costs = new Float64Array(count);
  const room = emptyTables(sliceStates(states, 0, Math.min(BLOCK, count)));
  const optimum = exactly(scenario, states.application, beyond);
  for (let from = 0; from < count; from += BLOCK) {
    const to = Math.min(from + BLOCK, count);
    const block = sliceStates(states, from, to - from);
    const delays = delayTables(scenario, block, rates.subarray(from * subTasks, to * subTasks), room);
    const tables = costTables(scenario, block, delays, room);
    optimum(block, tables, decisions.subarray(from * subTasks, to * subTasks), costs.subarray(from, to));
  }
  return { states, features: encode(scenario, states, rates), decisions, costs };
}
