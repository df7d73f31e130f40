import { InputError } from "../errors";
import { type LayerSlice, layerSlices, type Network } from "./network";
import { type Start, type Trained, type TrainHooks, type TrainingSet, type TrainOptions, train } from "./train";

/** Which weights compete to be kept: all of a network, or those of each layer among themselves. */
export type PruningScope = "global" | "layer";

/**
 * Sets the share `share` of the weights that is smallest in magnitude to zero (Han et al., "Learning both weights and connections for efficient
 * neural networks", NeurIPS 2015), and freezes them, so that training from it leaves them there. What was zero before is among them. Biases
 * are kept. Throws an InputError unless 0 <= share < 1.
 */
export function pruneWeights({ sizes, parameters }: Network, share: number, scope: PruningScope): Required<Start> {
  requireShare(share);
  const kernels = layerSlices(sizes).map(({ kernel, bias }) =>
    Uint32Array.from({ length: bias - kernel }, (_, i) => kernel + i),
  );
  const rivals = scope === "global" ? [Uint32Array.from(kernels.flatMap((kernel) => [...kernel]))] : kernels;
  const kept = Float32Array.from(parameters);
  const frozen = new Uint8Array(parameters.length);
  const magnitudes = parameters.map(Math.abs);
  for (const places of rivals) {
    // Sorting is stable, so of equal weights the first ones go.
    places.sort((a, b) => (magnitudes[a] as number) - (magnitudes[b] as number));
    for (const place of places.subarray(0, Math.round(share * places.length))) {
      kept[place] = 0;
      frozen[place] = 1;
    }
  }
  return { network: { sizes, parameters: kept }, frozen };
}

/** How weights are pruned step by step. */
export interface PruningPlan {
  /** Of all weights, in the end. */
  readonly share: number;
  readonly scope: PruningScope;
  /** Prunings, with training after each. */
  readonly rounds: number;
}

/**
 * Shares of weights that are pruned after each round: s (1 - (1 - i/n)^3), fast while many weights are idle and slowly at the end (Zhu and Gupta,
 * "To prune, or not to prune: exploring the efficacy of pruning for model compression", 2017).
 */
export function pruningShares({ share, rounds }: Pick<PruningPlan, "share" | "rounds">): number[] {
  return Array.from({ length: rounds }, (_, i) => share * (1 - (1 - (i + 1) / rounds) ** 3));
}

/**
 * Prunes weights round by round. The network is trained for one epoch after each round and as `options` say after the last, each time
 * with the learning rate from its beginning to zero. Steps are counted through all rounds. Throws as pruneWeights and train.
 */
export async function pruneGradually(
  network: Network,
  training: TrainingSet,
  validation: TrainingSet,
  options: TrainOptions,
  plan: PruningPlan,
  hooks: Pick<TrainHooks, "onStep" | "signal"> = {},
): Promise<Trained> {
  requireShare(plan.share);
  const shares = pruningShares(plan);
  const last = shares.pop() as number;
  let tuned = network;
  for (const [round, share] of shares.entries()) {
    const start = pruneWeights(tuned, share, plan.scope);
    const trained = await train(training, validation, { ...options, epochs: 1 }, from(hooks, round), start);
    if (trained.stopped) return trained;
    tuned = trained.network;
  }
  return train(training, validation, options, from(hooks, shares.length), pruneWeights(tuned, last, plan.scope));
}

/** Hooks for which `epochs` have been trained before. */
function from({ onStep, ...hooks }: Pick<TrainHooks, "onStep" | "signal">, epochs: number): TrainHooks {
  return { ...hooks, ...(onStep ? { onStep: (done) => onStep(epochs + done) } : {}) };
}

/**
 * The network with fewer units in its hidden layers, the strongest of each in their order. A unit is as strong as the norm of its incoming weights and
 * bias times that of its outgoing weights, which does not change when the one is scaled up and the other down. Unlike single weights, units that are
 * gone take their time with them. To be trained further. (Pruning whole filters by their norm: Li et al., "Pruning filters for efficient ConvNets", ICLR
 * 2017; the product of both norms is ours.)
 * @param hidden units to keep in each hidden layer; an InputError when there are not so many
 */
export function pruneUnits({ sizes, parameters }: Network, hidden: readonly number[]): Network {
  const before = sizes.slice(1, -1);
  const fits = hidden.every((units, layer) => Number.isInteger(units) && units >= 1 && units <= (before[layer] ?? 0));
  if (hidden.length !== before.length || !fits) {
    throw new InputError(
      `hidden is ${hidden.join(",")}; allowed: as many numbers as ${before.join(",")}, none larger.`,
    );
  }
  const slices = layerSlices(sizes);
  const all = (count = 0) => Array.from({ length: count }, (_, i) => i);
  const kept = [
    all(sizes[0]),
    ...hidden.map((units, layer) => strongest(parameters, slices.slice(layer, layer + 2), units)),
    all(sizes.at(-1)),
  ];
  const values = slices.flatMap(({ units, kernel, bias }, layer) => {
    const outputs = kept[layer + 1] as number[];
    const rows = (kept[layer] as number[]).map((i) => kernel + i * units);
    return [...rows, bias].flatMap((row) => outputs.map((j) => parameters[row + j] as number));
  });
  return { sizes: kept.map(({ length }) => length), parameters: Float32Array.from(values) };
}

/** The strongest units between two layers, in ascending order. */
function strongest(parameters: Float32Array, [into, out]: LayerSlice[], count: number): number[] {
  const { inputs, units, kernel } = into as LayerSlice;
  const { kernel: next, units: width } = out as LayerSlice;
  const strengths = Array.from({ length: units }, (_, unit) => {
    let [incoming, outgoing] = [0, 0];
    // The bias is the row behind the last of the kernel.
    for (let i = 0; i <= inputs; i++) incoming += (parameters[kernel + i * units + unit] as number) ** 2;
    for (let j = 0; j < width; j++) outgoing += (parameters[next + unit * width + j] as number) ** 2;
    return { unit, strength: incoming * outgoing };
  });
  strengths.sort((a, b) => b.strength - a.strength);
  return strengths
    .slice(0, count)
    .map(({ unit }) => unit)
    .sort((a, b) => a - b);
}

function requireShare(share: number): void {
  if (!(share >= 0 && share < 1)) throw new InputError(`share is ${share}; allowed: a number from 0, below 1.`);
}
