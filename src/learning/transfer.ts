import { featureNames, matrixRows, type Statistics, statisticsOf } from "../demonstrations/features";
import type { Demonstrations } from "../demonstrations/generate";
import { InputError } from "../errors";
import { applicationOf } from "../mec/application";
import type { Policy } from "./inference";
import type { Model } from "./model";
import { layerSlices, type Network, parameterCount } from "./network";
import { rowsFrom, type Start, type TrainHooks, type TrainOptions, train, trainingSetOf } from "./train";

/** A policy that knows its inputs by name, so that it finds them again among the features of another domain. */
export interface NamedPolicy extends Policy {
  /** [inputs] as featureNames gives them. */
  readonly inputs: readonly string[];
}

/** The policy of a trained model. */
export function policyOf({ network, statistics, options, trainedOn }: Model): NamedPolicy {
  const inputs = featureNames({ application: applicationOf(trainedOn.scenario) });
  return { network, statistics, head: options.head, inputs };
}

/**
 * The policy on a domain with other features, before it has learned there: what it knows by name stays, what is new has weights of zero and
 * is as good as unseen, what is gone is as if it always had its mean. With the same features it is the same policy. The number of
 * sub-tasks has to be the same, as there are outputs for each.
 */
export function movedTo(policy: NamedPolicy, inputs: readonly string[]): NamedPolicy {
  const { network, statistics } = policy;
  const [first] = layerSlices(network.sizes);
  const sizes = [inputs.length, ...network.sizes.slice(1)];
  const units = sizes[1] as number;
  const parameters = new Float32Array(parameterCount(sizes));
  const rows = inputs.map((name) => policy.inputs.indexOf(name));
  for (const [to, from] of rows.entries()) {
    if (from >= 0) parameters.set(network.parameters.subarray(from * units, (from + 1) * units), to * units);
  }
  parameters.set(network.parameters.subarray(first?.bias), inputs.length * units);
  return {
    ...policy,
    inputs,
    network: { sizes, parameters },
    statistics: {
      mean: rows.map((from) => (from < 0 ? 0 : (statistics.mean[from] as number))),
      deviation: rows.map((from) => (from < 0 ? 1 : (statistics.deviation[from] as number))),
    },
  };
}

/** How a policy learns on a domain from few demonstrations. */
export interface TransferOptions extends Omit<TrainOptions, "learningRate" | "batch"> {
  /** Each is tried; the network with the least loss on the validation rows is kept. */
  readonly learningRates: readonly number[];
  /** Layers that stay as they are, from the input on; 0 for none. Not used from scratch. */
  readonly frozenLayers: number;
  /** What features are standardised with when learning starts from a policy: what it was trained with, or the domain's own. */
  readonly standardise: "source" | "target";
}

/** What a policy learned. */
export interface Learned {
  readonly policy: NamedPolicy;
  readonly learningRate: number;
  /** Cross-entropy a sub-task on the validation rows. */
  readonly validationLoss: number;
}

/** So many parts has a set of demonstrations; the last is for validation. */
const PARTS = 5;
/** Steps of a pass over few demonstrations, and the most (one thread's share) and the fewest demonstrations in one. */
const [STEPS, BATCH_MOST, BATCH_LEAST] = [20, 128, 8];

/**
 * Learns the domain of some demonstrations, from random weights or from another policy. The demonstrations are all that it gets to see: four fifths are
 * learned from, the last fifth stops the training and chooses the learning rate. Only that makes "with 100 demonstrations" an honest number.
 *
 * Throws an InputError for fewer than 10 demonstrations, and when not one layer is left to learn.
 */
export async function learnDomain(
  demonstrations: Demonstrations,
  options: TransferOptions,
  source?: NamedPolicy,
  hooks: Pick<TrainHooks, "signal"> = {},
): Promise<Learned> {
  const { learningRates, frozenLayers, standardise: by, ...rest } = options;
  const { features, states } = demonstrations;
  if (features.rows < 10) throw new InputError(`demonstrations are ${features.rows}; allowed: 10 at least.`);
  const validationRows = Math.floor(features.rows / PARTS);
  const trainingRows = features.rows - validationRows;
  const inputs = featureNames(states);
  const start = source && movedTo(source, inputs);
  const own = statisticsOf(matrixRows(features, 0, trainingRows));
  const statistics = start && source && by === "source" ? withNew(start, source, own) : own;
  const set = (first: number, rows: number) => trainingSetOf(rowsFrom(demonstrations, first, rows), statistics);
  const training = set(0, trainingRows);
  const validation = set(trainingRows, validationRows);
  const batch = Math.min(BATCH_MOST, Math.max(BATCH_LEAST, Math.ceil(trainingRows / STEPS)));
  const from: Start | undefined = start && { network: start.network, frozen: frozenIn(start.network, frozenLayers) };
  const learned: Learned[] = [];
  for (const learningRate of learningRates) {
    const { network, history, bestEpoch, stopped } = await train(
      training,
      validation,
      { ...rest, learningRate, batch },
      hooks,
      from,
    );
    if (stopped) break;
    const validationLoss = history[bestEpoch - 1]?.validationLoss as number;
    learned.push({ policy: { network, statistics, head: options.head, inputs }, learningRate, validationLoss });
  }
  hooks.signal?.throwIfAborted();
  const least = Math.min(...learned.map(({ validationLoss }) => validationLoss));
  return learned.find(({ validationLoss }) => validationLoss === least) as Learned;
}

/** What the policy was trained with, and for features that it does not know the domain's own. */
function withNew({ inputs, statistics }: NamedPolicy, source: NamedPolicy, own: Statistics): Statistics {
  const known = inputs.map((name) => source.inputs.includes(name));
  const mixed = (of: "mean" | "deviation") => known.map((is, column) => (is ? statistics : own)[of][column] as number);
  return { mean: mixed("mean"), deviation: mixed("deviation") };
}

/** [parameters] 1 for those of the first `layers` layers. */
export function frozenIn({ sizes, parameters }: Network, layers: number): Uint8Array {
  const slices = layerSlices(sizes);
  if (!(Number.isInteger(layers) && layers >= 0 && layers < slices.length)) {
    throw new InputError(`frozenLayers is ${layers}; allowed: a whole number from 0 to ${slices.length - 1}.`);
  }
  return new Uint8Array(parameters.length).fill(1, 0, (slices[layers] as { kernel: number }).kernel);
}
