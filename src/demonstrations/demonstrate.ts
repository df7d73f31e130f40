import { hashedPrefix } from "../mec/alea";
import { capacityOf } from "../mec/capacity";
import {
  drawnRanges,
  emptyStates,
  prefixOf,
  rateConstants,
  ratesOf,
  type States,
  sampleStates,
  sliceStates,
} from "../mec/states";
import { consumers, costTables, emptyTables, grantees, priceConstants } from "../mec/tables";
import { nativeFor } from "../native/kernels";
import { kernelPlanOf } from "../optimal/elimination";
import { hasTreewidth2, planElimination } from "../optimal/elimination-plan";
import { exactly, type Plan } from "../optimal/exact";
import type { Scenario } from "../scenario/scenario";
import { emptyFeatures, encode, type Matrix } from "./features";

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
 * with `beyond` where `exactly` needs it. They are put `into` the memory of those given.
 */
export function demonstrate(
  scenario: Scenario,
  stream: string,
  first: number,
  count: number,
  beyond?: Plan,
  into = emptyDemonstrated(scenario, count),
): Demonstrated {
  if (isDoneNatively(scenario, stream, first, into)) return into;
  const { decisions, costs } = into;
  const states = sampleStates(scenario, stream, first, count, into.states);
  const { subTasks } = states.application;
  const rates = ratesOf(scenario, states);
  const room = emptyTables(sliceStates(states, 0, Math.min(BLOCK, count)));
  const optimum = exactly(scenario, states.application, beyond);
  for (let from = 0; from < count; from += BLOCK) {
    const to = Math.min(from + BLOCK, count);
    const block = sliceStates(states, from, to - from);
    const tables = costTables(scenario, block, rates.subarray(from * subTasks, to * subTasks), room);
    optimum(block, tables, decisions.subarray(from * subTasks, to * subTasks), costs.subarray(from, to));
  }
  encode(scenario, states, rates, into.features);
  return into;
}

/** Does in one what `demonstrate` does in steps; false, and nothing is done, where there is no kernel for that. */
function isDoneNatively(scenario: Scenario, stream: string, first: number, into: Demonstrated): boolean {
  const { states, features, decisions, costs } = into;
  const { application, count, dataBytes, cyclesPerByte, subcarriers, cores, gains, wiredDelayS } = states;
  const kernels = nativeFor(count);
  if (!kernels || scenario.radio.fading !== "flat" || capacityOf(scenario)) return false;
  const plan = hasTreewidth2(application) && kernelPlanOf(planElimination(application));
  if (!plan) return false;
  const { characters, hashes } = hashedPrefix(prefixOf(stream));
  kernels.demonstrate(
    ...([characters, hashes, Float64Array.of(first, count)] as const),
    ...drawnRanges(scenario, application),
    ...([Float64Array.from(rateConstants(scenario)), priceConstants(scenario)] as const),
    ...([consumers(application), grantees(application)] as const),
    ...plan,
    ...([dataBytes, cyclesPerByte, subcarriers, cores, gains, wiredDelayS] as const),
    ...([features.values, decisions, costs] as const),
  );
  return true;
}

/** Room for so many demonstrations: all arrays zero. */
export function emptyDemonstrated(scenario: Scenario, count: number): Demonstrated {
  const states = emptyStates(scenario, count);
  return {
    states,
    features: emptyFeatures(states),
    decisions: new Uint8Array(count * states.application.subTasks),
    costs: new Float64Array(count),
  };
}

/** The memory of demonstrations, which changes hands with them. */
export function buffersOf({ states, features, decisions, costs }: Demonstrated): ArrayBuffer[] {
  const { dataBytes, cyclesPerByte, subcarriers, cores, gains, wiredDelayS } = states;
  const arrays = [dataBytes, cyclesPerByte, subcarriers, cores, gains, wiredDelayS, features.values, decisions, costs];
  return arrays.map(({ buffer }) => buffer as ArrayBuffer);
}
