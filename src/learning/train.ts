import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { Type } from "@sinclair/typebox";
import { type Matrix, matrixRows, type Statistics, standardise } from "../demonstrations/features";
import type { Demonstrations } from "../demonstrations/generate";
import { InputError, requireInteger } from "../errors";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint";
import { type Head, type HeadName, headNamed } from "./heads";
import { type Learner, type LearnerState, startOf } from "./learner";
import { initialNetwork, type Network, parameterCount } from "./network";
import { sizesSchema } from "./network-store";
import { shuffled } from "./order";
import { loadTensorflow } from "./tensorflow";
import { tensorflowLearner } from "./tensorflow-learner";
import { vectorLearner } from "./vector-learner";

export const ENGINES = ["webassembly", "tensorflow"] as const;

export type Engine = (typeof ENGINES)[number];

/** What can be turned in training. */
export interface TrainOptions {
  /**
   * What computes: our WebAssembly, or natively compiled code of the same bits where the set-up made it, the same on every machine; or TensorFlow.js on its
   * best backend.
   */
  readonly engine: Engine;
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
  engine: "webassembly",
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
  /** Outputs to imitate [rows x units] in place of those that the decisions stand for: another network's, for one. */
  readonly targets?: Float32Array;
}

/** Training sets that need not be in memory (storedTrainingSet). */
export interface TrainingSource {
  readonly rows: number;
  /** Features of a row. */
  readonly columns: number;
  readonly subTasks: number;
  /** The rows that `order` names, in that order, `batch` at a time; each batch holds until the next is asked for. */
  batches(order: Uint32Array, batch: number): Iterable<TrainingSet>;
}

/** Demonstrations made ready for a network whose inputs are standardised with these statistics. */
export function trainingSetOf(
  { features, decisions }: Pick<Demonstrations, "features" | "decisions">,
  statistics: Statistics,
): TrainingSet {
  return { features: standardise(features, statistics), decisions };
}

/** What training starts from, in place of random weights. */
export interface Start {
  readonly network: Network;
  /** [parameters] 1 for those that stay as they are: pruned weights, layers that are not tuned. */
  readonly frozen?: Uint8Array;
}

/** Losses (cross-entropy a sub-task, in nats) and shares of correct labels, of the three sites, after an epoch. */
export interface Epoch {
  /** Counted from 1. */
  readonly epoch: number;
  /** On the first rows of the training set, as many as there are in the validation set. */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

/** A trained network: the weights of the epoch with the least validation loss. Its epochs have `Measures` too. */
export interface Trained<Measures extends object = object> {
  readonly network: Network;
  readonly history: readonly (Epoch & Measures)[];
  readonly bestEpoch: number;
  /** True when the stop signal ended training before its time. */
  readonly stopped: boolean;
}

/** What goes on beside training. */
export interface TrainHooks<Measures extends object = object> {
  /** Numbers to keep with each epoch, in history and checkpoint, from the decisions [rows x T] on the validation set. */
  readonly measure?: (decisions: Uint8Array) => Measures;
  /** Called when training goes on from a checkpoint, with the epochs that it holds. */
  readonly onResume?: (history: readonly (Epoch & Measures)[]) => void;
  /** Called after each step with the epochs done, a fraction. */
  readonly onStep?: (epochs: number) => void;
  /** Called after each epoch, before its checkpoint, with the network as it is then. Training goes on when what it returns is done. */
  readonly onEpoch?: (epoch: Epoch & Measures, network: Network) => unknown;
  /** Ends training after the running step; what was learned until the last whole epoch is returned. */
  readonly signal?: AbortSignal;
  /** Whether the engine `webassembly` computes in native code; where nothing is said, if there is any. The results are the same bits. */
  readonly inNative?: boolean;
  /** A file to keep the state of training in after each epoch; training resumes from it when it is there and fits. */
  readonly checkpoint?: string;
}

/**
 * Trains a network to imitate the decisions of a training set: cross-entropy, Adam (Kingma and Ba, 2015), early stopping on the
 * validation set with the best weights kept. The same seed and data give the same network, resumed or not, and
 * in WebAssembly on every machine.
 *
 * Other work of the process goes on between two steps. Throws an InputError when an option is out of range, or when the network to start `from` is of
 * another shape. A checkpoint does not hold what training started from: give one only where that is always the same.
 */
export async function train<Measures extends object = object>(
  training: TrainingSet | TrainingSource,
  validation: TrainingSet,
  options: TrainOptions,
  hooks: TrainHooks<Measures> = {},
  from?: Start,
): Promise<Trained<Measures>> {
  checkTrainOptions(options);
  const head = headNamed(options.head);
  const source = "batches" in training ? training : sourceOf(training);
  const sizes = [source.columns, ...options.hidden, head.units(source.subTasks)];
  const kept = hooks.checkpoint ? loadTraining<Measures>(hooks.checkpoint) : undefined;
  const resumed = isDeepStrictEqual([kept?.options, kept?.sizes], [options, sizes]) ? kept : undefined;
  if (from && !isDeepStrictEqual([...from.network.sizes], sizes)) {
    throw new InputError(`the network to start from is ${from.network.sizes.join("-")}; allowed: ${sizes.join("-")}.`);
  }
  const start = resumed ?? startOf((from?.network ?? initialNetwork(sizes, `${options.seed}/weights`)).parameters);
  const learner =
    options.engine === "tensorflow"
      ? tensorflowLearner(await loadTensorflow(), sizes, head, start, from?.frozen)
      : vectorLearner(sizes, start, options.batch, { head, frozen: from?.frozen, inNative: hooks.inNative });
  const history = resumed ? [...resumed.history] : [];
  let best = resumed?.best ?? { epoch: 0, parameters: start.parameters };
  let stopped = false;
  if (resumed) hooks.onResume?.(resumed.history);
  try {
    const sample = firstRows(source, validation.features.rows);
    for (let epoch = history.length + 1; epoch <= options.epochs; epoch++) {
      if (epoch - 1 - best.epoch >= options.patience) break;
      stopped = !(await pass(learner, head, source, options, epoch, hooks));
      if (stopped) break;
      const state = learner.read();
      const network = { sizes, parameters: state.parameters };
      const { loss: trainLoss, accuracy: trainAccuracy } = await score(learner, head, sample);
      const { loss, accuracy, decisions } = await score(learner, head, validation);
      const scores = { epoch, trainLoss, trainAccuracy, validationLoss: loss, validationAccuracy: accuracy };
      const report = { ...scores, ...(hooks.measure?.(decisions) as Measures) };
      history.push(report);
      if (history.every((earlier) => earlier === report || earlier.validationLoss > loss)) {
        best = { epoch, parameters: state.parameters };
      }
      await hooks.onEpoch?.(report, network);
      if (hooks.checkpoint) saveTraining(hooks.checkpoint, { ...state, options, sizes, history, best });
    }
  } finally {
    learner.dispose();
  }
  return { network: { sizes, parameters: best.parameters }, history, bestEpoch: best.epoch, stopped };
}

/** Training after an epoch: with the data it determines all that follows. */
interface Training<Measures extends object> extends LearnerState {
  readonly options: TrainOptions;
  readonly sizes: readonly number[];
  readonly history: readonly (Epoch & Measures)[];
  readonly best: { readonly epoch: number; readonly parameters: Float32Array };
}

function saveTraining(file: string, { parameters, first, second, best, ...about }: Training<object>): void {
  saveCheckpoint(file, { ...about, bestEpoch: best.epoch }, [parameters, first, second, best.parameters]);
}

const trainingSchema = Type.Object({
  options: Type.Object({}),
  sizes: sizesSchema,
  history: Type.Array(Type.Object({ epoch: Type.Integer() })),
  bestEpoch: Type.Integer({ minimum: 0 }),
  steps: Type.Integer({ minimum: 0 }),
});

/** The training in a checkpoint; undefined when there is none that is whole. */
function loadTraining<Measures extends object>(file: string): Training<Measures> | undefined {
  type About = Omit<Training<Measures>, "parameters" | "first" | "second" | "best"> & { bestEpoch: number };
  const { about, bytes } = loadCheckpoint<About>(file, trainingSchema) ?? {};
  if (!about || !bytes) return undefined;
  const { bestEpoch, ...rest } = about;
  const length = parameterCount(about.sizes);
  if (bytes.byteLength !== 4 * 4 * length) return undefined;
  const array = (index: number) => new Float32Array(bytes, 4 * length * index, length);
  const best = { epoch: bestEpoch, parameters: array(3) };
  return { ...rest, parameters: array(0), first: array(1), second: array(2), best };
}

/** What a training has learned until its checkpoint; undefined when there is none that is whole. */
export function trainedUntil(checkpoint: string): Omit<Trained, "stopped"> | undefined {
  const { sizes, best, history } = loadTraining(checkpoint) ?? {};
  if (!sizes || !best || !history) return undefined;
  return { network: { sizes, parameters: best.parameters }, history, bestEpoch: best.epoch };
}

/** One pass over the training set in an order that (seed, epoch) gives; false when the signal stopped it. */
async function pass(
  learner: Learner,
  head: Head,
  source: TrainingSource,
  { batch, seed, learningRate, epochs }: TrainOptions,
  epoch: number,
  { signal, onStep }: Pick<TrainHooks, "signal" | "onStep">,
): Promise<boolean> {
  const { rows } = source;
  let start = 0;
  for (const { features, decisions, targets } of source.batches(shuffled(rows, `${seed}/order/${epoch}`), batch)) {
    const wanted = targets ?? head.targets(decisions);
    const done = (epoch - 1 + start / rows) / epochs;
    const rate = (learningRate * (1 + Math.cos(Math.PI * done))) / 2;
    learner.imitate(features, wanted, rate);
    start += features.rows;
    onStep?.(epoch - 1 + start / rows);
    // Lets progress, widgets and an interrupt through.
    await setImmediate();
    if (signal?.aborted) return false;
  }
  return true;
}

/** Rows that are scored at a time, so that other work gets its turn. */
const SCORED_ROWS = 2000;

interface Score {
  /** Cross-entropy a sub-task. */
  readonly loss: number;
  /** Share of correct labels. */
  readonly accuracy: number;
  /** [rows x T] */
  readonly decisions: Uint8Array;
}

async function score(learner: Learner, head: Head, set: TrainingSet): Promise<Score> {
  const decisions = new Uint8Array(set.decisions.length);
  const subTasks = set.decisions.length / set.features.rows;
  let loss = 0;
  let right = 0;
  for (let first = 0; first < set.features.rows; first += SCORED_ROWS) {
    const part = rowsFrom(set, first, SCORED_ROWS);
    const sums = learner.forward(part.features);
    const outputs = head.outputs(sums);
    const targets = head.targets(part.decisions);
    for (let i = 0; i < outputs.length; i++) {
      const output = Math.min(Math.max(outputs[i] as number, 1e-7), 1 - 1e-7);
      const target = targets[i] as number;
      if (target > 0) loss -= Math.log(output);
      else if (head.activation === "sigmoid") loss -= Math.log(1 - output);
    }
    const decided = head.decide(sums);
    for (let i = 0; i < decided.length; i++) right += decided[i] === part.decisions[i] ? 1 : 0;
    decisions.set(decided, first * subTasks);
    await setImmediate();
  }
  return { loss: loss / decisions.length, accuracy: right / decisions.length, decisions };
}

/** At most `count` rows from row `first` on. */
export function rowsFrom({ features, decisions }: TrainingSet, first: number, count: number): TrainingSet {
  const { rows } = features;
  const end = Math.min(first + count, rows);
  const subTasks = decisions.length / rows;
  return {
    features: matrixRows(features, first, end - first),
    decisions: decisions.subarray(first * subTasks, end * subTasks),
  };
}

/** The first rows of a source, at most `count`. */
function firstRows(source: TrainingSource, count: number): TrainingSet {
  const order = Uint32Array.from({ length: Math.min(count, source.rows) }, (_, row) => row);
  const [rows] = source.batches(order, order.length);
  return rows as TrainingSet;
}

/** A training set in memory as a source. */
function sourceOf({ features, decisions, targets }: TrainingSet): TrainingSource {
  const { rows, columns, values } = features;
  const subTasks = decisions.length / rows;
  const units = (targets?.length ?? 0) / rows;
  return {
    rows,
    columns,
    subTasks,
    *batches(order, batch) {
      // The same memory for all batches.
      const most = Math.min(batch, order.length);
      const chosenValues = new Float32Array(most * columns);
      const chosenDecisions = new Uint8Array(most * subTasks);
      const chosenTargets = new Float32Array(most * units);
      for (let start = 0; start < order.length; start += batch) {
        const chosen = order.subarray(start, start + batch);
        gather(values, chosenValues, columns, chosen);
        gatherDecisions(decisions, chosenDecisions, subTasks, chosen);
        if (targets) gather(targets, chosenTargets, units, chosen);
        yield {
          features: { rows: chosen.length, columns, values: chosenValues.subarray(0, chosen.length * columns) },
          decisions: chosenDecisions.subarray(0, chosen.length * subTasks),
          ...(targets && { targets: chosenTargets.subarray(0, chosen.length * units) }),
        };
      }
    },
  };
}

/** Copies rows, one after the other, to the beginning of another matrix. */
function gather(values: Float32Array, into: Float32Array, columns: number, rows: Uint32Array): void {
  // Rows in random order are in no cache. Of each line of them a number is read first, so that many are fetched at a time.
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] as number) * columns;
    for (let j = 0; j < columns; j += LINE) into[0] = values[from + j] as number;
  }
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] as number) * columns;
    for (let j = 0; j < columns; j++) into[i * columns + j] = values[from + j] as number;
  }
}

/** 32-bit numbers in a line of a cache. */
const LINE = 16;

/** As gather: a function that sees arrays of one type only is compiled to faster code. */
function gatherDecisions(values: Uint8Array, into: Uint8Array, columns: number, rows: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] as number) * columns;
    for (let j = 0; j < columns; j++) into[i * columns + j] = values[from + j] as number;
  }
}

/** Throws an InputError when an option is out of range. */
export function checkTrainOptions({
  engine,
  head,
  hidden,
  learningRate,
  batch,
  epochs,
  patience,
  seed,
}: TrainOptions): void {
  if (!ENGINES.includes(engine)) throw new InputError(`engine is ${engine}; allowed: ${ENGINES.join(", ")}.`);
  headNamed(head);
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
