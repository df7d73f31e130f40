import { setImmediate } from "node:timers/promises";
import { statisticsOf } from "../demonstrations/features";
import type { Demonstrations } from "../demonstrations/generate";
import { SITES } from "../mec/sites";
import { costsToGo } from "../optimal/cost-to-go";
import { trainDagger } from "./dagger";
import { HEADS } from "./heads";
import type { ShareHooks } from "./hooks";
import { startOf } from "./learner";
import { shuffled } from "./order";
import {
  allPairs,
  costInTurn,
  decideInTurn,
  observations,
  type Pair,
  type SequentialPolicy,
  sequentialSet,
} from "./sequential";
import type { TrainOptions } from "./train";
import { vectorLearner } from "./vector-learner";

/** A sequential policy, and its mean total cost on the validation set after cloning and after each pass that followed. */
export interface CostSensitiveTrained extends SequentialPolicy {
  readonly validationCosts: readonly number[];
}

/**
 * Trains a sequential policy to lose little rather than to err seldom (cost-sensitive imitation; after AggreVaTeD: Sun et al., ICML 2017). For the first half of the epochs
 * it is cloned; then, before every pass, it decides all training states by itself, and at every sub-task minimises what its probabilities of the sites
 * are expected to cost more than the best site when all goes on in the best way from there. The weights with the least cost on the validation set are
 * kept.
 */
export async function trainCostSensitive(
  training: Demonstrations,
  validation: Demonstrations,
  options: Omit<TrainOptions, "head">,
  { onShare, signal }: ShareHooks = {},
): Promise<CostSensitiveTrained> {
  const { epochs, batch, seed, learningRate } = options;
  const cloned = Math.ceil(epochs / 2);
  const cloning = await trainDagger(
    training,
    validation,
    1,
    { ...options, epochs: cloned },
    { onShare: (share) => onShare?.((share * cloned) / epochs), ...(signal ? { signal } : {}) },
  );
  const statistics = statisticsOf(training.features);
  const [own, unseen] = [sequentialSet(training, statistics), sequentialSet(validation, statistics)];
  const { scenario, states, features, costs } = own;
  const { subTasks } = states.application;
  const { sizes } = cloning.network;
  const learner = vectorLearner(sizes, startOf(cloning.network.parameters), batch);
  const validationCosts = [costInTurn(learner.forward, unseen)];
  let best = cloning.network;
  try {
    for (let epoch = cloned; epoch < epochs; epoch++) {
      const plans = decideInTurn(learner.forward, features, subTasks);
      const toGo = costsToGo(scenario, states, costs, plans);
      const pairs = allPairs(states.count, subTasks);
      const order = shuffled(pairs.length, `${seed}/costs/${epoch}`);
      for (let first = 0; first < pairs.length; first += batch) {
        const chosen = Array.from(order.subarray(first, first + batch), (i) => pairs[i] as Pair);
        const done = (epoch - cloned + first / pairs.length) / (epochs - cloned);
        const rate = (learningRate * (1 + Math.cos(Math.PI * done))) / 2;
        learner.step(observations(features, plans, chosen), rate, (sums) => errorsOf(sums, toGo, chosen, subTasks));
        onShare?.((epoch + Math.min(1, (first + batch) / pairs.length)) / epochs);
        await setImmediate();
        signal?.throwIfAborted();
      }
      const cost = costInTurn(learner.forward, unseen);
      if (cost < Math.min(...validationCosts)) best = { sizes, parameters: learner.read().parameters };
      validationCosts.push(cost);
    }
  } finally {
    learner.dispose();
  }
  return { network: best, statistics, validationCosts };
}

/** The derivative by the sums of what the softmax of them is expected to cost: p_s (cost_s - expected cost). */
function errorsOf(sums: Float32Array, toGo: Float64Array, chosen: readonly Pair[], subTasks: number): Float32Array {
  const outputs = HEADS.softmax.outputs(sums);
  const errors = new Float32Array(sums.length);
  for (const [i, { row, task }] of chosen.entries()) {
    const at = SITES * (row * subTasks + task);
    let expected = 0;
    for (let site = 0; site < SITES; site++)
      expected += (outputs[SITES * i + site] as number) * (toGo[at + site] as number);
    for (let site = 0; site < SITES; site++) {
      const over = (toGo[at + site] as number) - expected;
      errors[SITES * i + site] = ((outputs[SITES * i + site] as number) * over) / chosen.length;
    }
  }
  return errors;
}
