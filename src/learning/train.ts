import seedrandom from "seedrandom";
import type { Matrix } from "../demonstrations/features";
import { InputError, requireInteger } from "../errors";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint";
import { type Head, type HeadName, headNamed } from "./heads";
import { Learner, startOf } from "./learner";
import { activate, initialNetwork, type Network, predict } from "./network";
import { loadTensorflow, type TensorFlow } from "./tensorflow";

/** What can be turned in training. */
export interface TrainOptions {
  readonly head: HeadName;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** Of the first step; it falls to zero along half a cosine over all epochs (Loshchilov and Hutter, 2017). */
  readonly learningRate: number;
  /** Demonstrations in a step. */
  readonly batch: number;
  /** Most passes over the training set. */
  readonly epochs: number;
  /** Training stops when the validation loss has not improved for this many epochs. */
  readonly patience: number;
  /** Seed of the initial weights and of the order of the demonstrations. */
  readonly seed: number;
}

/** The settings of DIOS where nothing else is said: those of the paper where it gives them (ReLU, sigmoid, Adam). */
export const TRAIN_DEFAULTS: TrainOptions = {
  head: "sigmoid",
  hidden: [256, 256],
  learningRate: 4e-3,
  batch: 512,
  epochs: 24,
  patience: 8,
  seed: 1,
};

/** Standardised features [rows x columns] and the optimal decisions [rows x T] to imitate. */
export interface TrainingSet {
  readonly features: Matrix;
  readonly decisions: Uint8Array;
}

/** Losses (cross-entropy a sub-task, in nats) and shares of correct labels after an epoch. */
export interface Epoch {
  /** Counted from 1. */
  readonly epoch: number;
  /** On the first rows of the training set, as many as there are in the validation set. */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

/** A trained network: the weights of the epoch with the least validation loss. */
export interface Trained {
  readonly network: Network;
  readonly history: readonly Epoch[];
  readonly bestEpoch: number;
  /** True when the stop signal ended training before its time. */
  readonly stopped: boolean;
}

/** What goes on beside training. */
export interface TrainHooks {
  /** Called after each epoch, with the network as it is then. */
  readonly onEpoch?: (epoch: Epoch, network: Network) => void;
  /** Ends training after the running step; what was learned until the last whole epoch is returned. */
  readonly signal?: AbortSignal;
  /** A file to keep the state of training in after each epoch; training resumes from it when it is there and fits. */
  readonly checkpoint?: string;
}

/**
 * Trains a network to imitate the decisions of a training set: cross-entropy, Adam (Kingma and Ba, 2015), early stopping on the
 * validation set with the best weights kept. The same seed and data give the same network on one machine, resumed or not.
 *
 * Throws an InputError when an option is out of range.
 */
export async function train(
  training: TrainingSet,
  validation: TrainingSet,
  options: TrainOptions,
  hooks: TrainHooks = {},
): Promise<Trained> {
  checkOptions(options);
  const tf = await loadTensorflow();
  const head = headNamed(options.head);
  const subTasks = training.decisions.length / training.features.rows;
  const sizes = [training.features.columns, ...options.hidden, head.units(subTasks)];
  const resumed = hooks.checkpoint ? loadCheckpoint(hooks.checkpoint, options, sizes) : undefined;
  const learner = new Learner(
    tf,
    sizes,
    resumed ?? startOf(initialNetwork(sizes, `${options.seed}/weights`).parameters),
  );
  const history: Epoch[] = resumed ? [...resumed.history] : [];
  let best = resumed?.best ?? { epoch: 0, parameters: learner.read().parameters };
  let stopped = false;
  try {
    const targets = head.targets(training.decisions);
    const sample = firstRows(training, validation.features.rows);
    for (let epoch = history.length + 1; epoch <= options.epochs; epoch++) {
      if (epoch - 1 - best.epoch >= options.patience) break;
      stopped = !(await pass(tf, learner, head, training, targets, options, epoch, hooks.signal));
      if (stopped) break;
      const state = learner.read();
      const network = { sizes, parameters: state.parameters };
      const [trainLoss, trainAccuracy] = score(tf, network, head, sample);
      const [validationLoss, validationAccuracy] = score(tf, network, head, validation);
      const report = { epoch, trainLoss, trainAccuracy, validationLoss, validationAccuracy };
      history.push(report);
      if (history.every((earlier) => earlier === report || earlier.validationLoss > validationLoss)) {
        best = { epoch, parameters: state.parameters };
      }
      if (hooks.checkpoint) saveCheckpoint(hooks.checkpoint, options, sizes, { ...state, history, best });
      hooks.onEpoch?.(report, network);
    }
  } finally {
    learner.dispose();
  }
  return { network: { sizes, parameters: best.parameters }, history, bestEpoch: best.epoch, stopped };
}

/** One pass over the training set in an order that (seed, epoch) gives; false when the signal stopped it. */
async function pass(
  tf: TensorFlow,
  learner: Learner,
  head: Head,
  { features, decisions }: TrainingSet,
  targets: Float32Array,
  { batch, seed, learningRate, epochs }: TrainOptions,
  epoch: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const { rows, columns, values } = features;
  const units = targets.length / rows;
  const subTasks = decisions.length / rows;
  const order = shuffled(rows, `${seed}/order/${epoch}`);
  for (let start = 0; start < rows; start += batch) {
    const chosen = order.subarray(start, start + batch);
    const inputs = tf.tensor2d(gather(values, columns, chosen), [chosen.length, columns]);
    const wanted = tf.tensor2d(gather(targets, units, chosen), [chosen.length, units]);
    const done = (epoch - 1 + start / rows) / epochs;
    const rate = (learningRate * (1 + Math.cos(Math.PI * done))) / 2;
    // For both activations the derivative of the cross-entropy by the sums is output minus target.
    learner.step(inputs, rate, (sums) =>
      activate(tf, head, sums)
        .sub(wanted)
        .div(chosen.length * subTasks),
    );
    tf.dispose([inputs, wanted]);
    // Lets progress, widgets and an interrupt through.
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted) return false;
  }
  return true;
}

/** Cross-entropy a sub-task and share of correct labels of a network on a set. */
function score(tf: TensorFlow, network: Network, head: Head, set: TrainingSet): [loss: number, accuracy: number] {
  const outputs = predict(tf, network, head, set.features);
  const targets = head.targets(set.decisions);
  // For the literal head, right is right about "local or offloaded", which is all that it is trained on.
  const wanted = head.decide(targets);
  const decided = head.decide(outputs);
  let loss = 0;
  for (let i = 0; i < outputs.length; i++) {
    const output = Math.min(Math.max(outputs[i] as number, 1e-7), 1 - 1e-7);
    const target = targets[i] as number;
    if (target > 0) loss -= Math.log(output);
    else if (head.activation === "sigmoid") loss -= Math.log(1 - output);
  }
  const right = decided.reduce((count, site, i) => count + (site === wanted[i] ? 1 : 0), 0);
  return [loss / decided.length, right / decided.length];
}

function firstRows({ features, decisions }: TrainingSet, rows: number): TrainingSet {
  const kept = Math.min(rows, features.rows);
  return {
    features: { ...features, rows: kept, values: features.values.subarray(0, kept * features.columns) },
    decisions: decisions.subarray(0, (decisions.length / features.rows) * kept),
  };
}

function gather(values: Float32Array, columns: number, rows: Uint32Array): Float32Array {
  const gathered = new Float32Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] as number) * columns;
    for (let j = 0; j < columns; j++) gathered[i * columns + j] = values[from + j] as number;
  }
  return gathered;
}

/** 0, ..., count - 1 in random order (Fisher and Yates). */
function shuffled(count: number, seed: string): Uint32Array {
  const random = seedrandom.alea(seed);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const swapped = order[i] as number;
    order[i] = order[j] as number;
    order[j] = swapped;
  }
  return order;
}

function checkOptions({ hidden, learningRate, batch, epochs, patience, seed }: TrainOptions): void {
  if (hidden.length === 0 || hidden.length > 20) {
    throw new InputError(`hidden has ${hidden.length} layers; allowed: 1 to 20 numbers of units, such as 256,256.`);
  }
  for (const units of hidden) requireInteger("hidden", units, 1, 16_384);
  if (!(learningRate > 0 && learningRate <= 1)) {
    throw new InputError(`learningRate is ${learningRate}; allowed: a number above 0, at most 1.`);
  }
  requireInteger("batch", batch, 1, 1_000_000);
  requireInteger("epochs", epochs, 1, 100_000);
  requireInteger("patience", patience, 1, 100_000);
  requireInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
}
