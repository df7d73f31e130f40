import { encode, type Matrix, type Statistics, standardise, statisticsOf } from "../demonstrations/features";
import type { Demonstrations } from "../demonstrations/generate";
import { SITES, siteOfLargest } from "../mec/sites";
import type { States } from "../mec/states";
import { costTables, type Tables, totalsOf } from "../mec/tables";
import type { Scenario } from "../scenario/scenario";
import { type Forward, forwardOf, type PolicyDecider } from "./inference";
import type { Network } from "./network";
import { observationSize, putObservation } from "./q-learning";

/**
 * A policy that decides sub-task after sub-task, in their order: its network sees the state, which sub-task is up, and the sites of those before
 * it, and has one output a site. So it can fit a decision to those before it, and has to live with what they were.
 */
export interface SequentialPolicy {
  readonly network: Network;
  /** Of the features of the training set. */
  readonly statistics: Statistics;
}

/** What a sequential policy learns on, or is looked at with. */
export interface SequentialSet {
  readonly scenario: Scenario;
  readonly states: States;
  /** Standardised. */
  readonly features: Matrix;
  readonly costs: Tables;
  /** [count x T] the optimal ones. */
  readonly decisions: Uint8Array;
}

/** Demonstrations made ready for a policy whose features are standardised with these statistics. */
export function sequentialSet(
  { provenance: { scenario }, states, features, decisions }: Demonstrations,
  statistics: Statistics = statisticsOf(features),
): SequentialSet {
  const costs = costTables(scenario, states);
  return { scenario, states, features: standardise(features, statistics), costs, decisions };
}

/** A state, by its row, and a sub-task of it. */
export interface Pair {
  readonly row: number;
  readonly task: number;
}

/**
 * What the network sees of each pair of a state and a sub-task: the features, the sub-task one-hot, and the sites of the
 * sub-tasks before it one-hot, as `plans` ([features.rows x T]) has them.
 */
export function observations(features: Matrix, plans: Uint8Array, pairs: readonly Pair[]): Matrix {
  const subTasks = plans.length / features.rows;
  const columns = observationSize(features.columns, subTasks);
  const values = new Float32Array(pairs.length * columns);
  for (const [i, { row, task }] of pairs.entries()) {
    putObservation(values, i * columns, features, row, task, plans.subarray(row * subTasks, (row + 1) * subTasks));
  }
  return { rows: pairs.length, columns, values };
}

/** The pairs of all states and sub-tasks, state by state. */
export function allPairs(count: number, subTasks: number): Pair[] {
  return Array.from({ length: count * subTasks }, (_, i) => ({ row: Math.floor(i / subTasks), task: i % subTasks }));
}

/** States that are decided at a time: their observations fit a processor's cache. */
const ROWS = 1000;

/** Decisions [rows x T] of a network, sub-task after sub-task: the site of the largest of its sums. */
export function decideInTurn(forward: Forward, features: Matrix, subTasks: number): Uint8Array {
  const plans = new Uint8Array(features.rows * subTasks);
  for (let first = 0; first < features.rows; first += ROWS) {
    const rows = Math.min(ROWS, features.rows - first);
    for (let task = 0; task < subTasks; task++) {
      const pairs = Array.from({ length: rows }, (_, i) => ({ row: first + i, task }));
      const sums = forward(observations(features, plans, pairs));
      for (let i = 0; i < rows; i++) plans[(first + i) * subTasks + task] = siteOfLargest(sums, SITES * i);
    }
  }
  return plans;
}

/** Mean total cost of what a network decides. */
export function costInTurn(forward: Forward, { states, features, costs }: SequentialSet): number {
  const totals = totalsOf(states, costs, decideInTurn(forward, features, states.application.subTasks));
  return totals.reduce((sum, total) => sum + total, 0) / totals.length;
}

/** Makes a sequential policy ready to decide, [count x T]. */
export function sequentialDecider({ network, statistics }: SequentialPolicy): PolicyDecider {
  const forward = forwardOf(network);
  return (scenario, states) =>
    decideInTurn(forward, standardise(encode(scenario, states), statistics), states.application.subTasks);
}
