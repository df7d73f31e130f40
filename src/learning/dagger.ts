import { setImmediate } from "node:timers/promises";
import { type Matrix, statisticsOf } from "../demonstrations/features";
import type { Demonstrations } from "../demonstrations/generate";
import { requireInteger } from "../errors";
import { SITES } from "../mec/sites";
import { costsToGo } from "../optimal/cost-to-go";
import type { ShareHooks } from "./hooks";
import { type Forward, forwardOf } from "./inference";
import {
  allPairs,
  costInTurn,
  decideInTurn,
  observations,
  type SequentialPolicy,
  type SequentialSet,
  sequentialSet,
} from "./sequential";
import { type TrainingSet, type TrainOptions, train } from "./train";

/** A round of dataset aggregation. */
export interface DaggerRound {
  /** Decisions learned from: sub-tasks of states. */
  readonly decisions: number;
  /** Mean total cost of the policy on the validation set. */
  readonly validationCost: number;
}

/** A sequential policy, and the rounds that it took. */
export interface DaggerTrained extends SequentialPolicy {
  readonly rounds: readonly DaggerRound[];
}

/**
 * Trains a sequential policy by dataset aggregation (DAgger: Ross, Gordon and Bagnell, AISTATS 2011). The first round is behavioural cloning: it imitates the
 * optimal plans of all states. In each later one the policy decides the states by itself; at every sub-task it is told how the best plan goes on after
 * what it has decided before, and trains on, from its weights, with all that was gathered: in round r with r times as many decisions as in the first. The policy
 * of the round with the least cost on the validation set is returned. One round is behavioural cloning and no more.
 */
export async function trainDagger(
  training: Demonstrations,
  validation: Demonstrations,
  rounds: number,
  options: Omit<TrainOptions, "head">,
  { onShare, signal }: ShareHooks = {},
): Promise<DaggerTrained> {
  requireInteger("rounds", rounds, 1, 1000);
  const statistics = statisticsOf(training.features);
  const sides = [sequentialSet(training, statistics), sequentialSet(validation, statistics)] as const;
  const gathered: [TrainingSet[], TrainingSet[]] = [[], []];
  const done: (DaggerRound & Pick<SequentialPolicy, "network">)[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = done.at(-1)?.network;
    const forward = before && forwardOf(before);
    for (const side of [0, 1] as const) gathered[side].push(lessons(sides[side], forward));
    const [lessonsLearned, lessonsLeft] = gathered.map(joined) as [TrainingSet, TrainingSet];
    const onStep = (epochs: number) => onShare?.((round + epochs / options.epochs) / rounds);
    const { network } = await train(
      lessonsLearned,
      lessonsLeft,
      { ...options, head: "softmax", seed: options.seed + round },
      { onStep, ...(signal ? { signal } : {}) },
      before && { network: before },
    );
    signal?.throwIfAborted();
    const validationCost = costInTurn(forwardOf(network), sides[1]);
    done.push({ decisions: lessonsLearned.decisions.length, validationCost, network });
    await setImmediate();
  }
  const least = Math.min(...done.map(({ validationCost }) => validationCost));
  const { network } = done.find(({ validationCost }) => validationCost === least) as (typeof done)[number];
  return {
    network,
    statistics,
    rounds: done.map(({ decisions, validationCost }) => ({ decisions, validationCost })),
  };
}

/** What is seen at every sub-task, and what is best there: along the optimal plans, or along those that a network decides by itself. */
function lessons({ scenario, states, features, costs, decisions }: SequentialSet, forward?: Forward): TrainingSet {
  const { subTasks } = states.application;
  const plans = forward ? decideInTurn(forward, features, subTasks) : decisions;
  return {
    features: observations(features, plans, allPairs(states.count, subTasks)),
    decisions: forward ? sitesOfLeast(costsToGo(scenario, states, costs, plans)) : decisions,
  };
}

/** The site of the least of each three costs, the lowest of equal ones. */
export function sitesOfLeast(costs: Float64Array): Uint8Array {
  return Uint8Array.from({ length: costs.length / SITES }, (_, i) => {
    const three = costs.subarray(SITES * i, SITES * (i + 1));
    return three.indexOf(Math.min(...three));
  });
}

function joined(sets: readonly TrainingSet[]): TrainingSet {
  const [first] = sets as [TrainingSet];
  if (sets.length === 1) return first;
  const rows = sets.reduce((sum, { features }) => sum + features.rows, 0);
  const features: Matrix = { ...first.features, rows, values: new Float32Array(rows * first.features.columns) };
  const decisions = new Uint8Array(rows);
  let at = 0;
  for (const set of sets) {
    features.values.set(set.features.values, at * features.columns);
    decisions.set(set.decisions, at);
    at += set.features.rows;
  }
  return { features, decisions };
}
