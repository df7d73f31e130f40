import path from "node:path";
import { Worker } from "node:worker_threads";
import { coresHere } from "../cores";
import type { Matrix } from "../demonstrations/features";
import { native } from "../native/kernels";
import { HEADS, type Head } from "./heads";
import { roomFrom } from "./inference-module";
import type { Learner, LearnerState } from "./learner";
import {
  BACKWARD,
  BLOCK,
  type Block,
  blocksOf,
  FORWARD,
  IMITATE,
  LAYERS_AT,
  type LearnerThread,
  learnerParts,
  type Setting,
  settingAt,
  UPDATE,
} from "./learner-parts";
import { layerSlices, parameterCount } from "./network";
import { PANEL_COLUMNS, panelsOf, putRows, roundUp, takeRows } from "./panels";
import { countersAt, THREADS_MOST, teamOf } from "./team";
import { trainingKernels } from "./training-kernels";
import { code } from "./wasm/training";

/** A learner that can also take steps of any loss, and go forward with parameters that it kept, as a target network. */
export interface VectorLearner extends Learner {
  /** One step: `errorOf` gives the derivative of the loss by the last layer's sums [rows x units], and may write it in their place. */
  step(inputs: Matrix, learningRate: number, errorOf: (sums: Float32Array) => Float32Array): void;
  /** Keeps these parameters for `forwardKept`. */
  keep(parameters: Float32Array): void;
  /** As `forward`, with the parameters kept last. */
  forwardKept(inputs: Matrix): Float32Array;
  /** Threads that take part by now, beside the caller's. */
  helpers(): number;
}

/** What is below is left to the WebAssembly. */
const FIRST_BYTE = 65_536;

export interface VectorLearnerOptions {
  /** Of what it imitates. */
  readonly head?: Head;
  /** One a core by default; there are never more than blocks of rows. */
  readonly threads?: number;
  /** [parameters] 1 for those that stay as they are. */
  readonly frozen?: Uint8Array | undefined;
  /** By default where there is native code. */
  readonly inNative?: boolean | undefined;
}

/**
 * A network that learns in vectors and on all cores, in native code where the set-up compiled it and else in WebAssembly: the same bits either way, on
 * every machine and for any number of threads. The caller does its share; the other threads join in when they have come up, and the last of a step, the
 * update, they go on with while the caller does other things.
 * @param rows most rows of a step; more can go forward
 */
export function vectorLearner(
  sizes: readonly number[],
  start: LearnerState,
  rows: number,
  { head = HEADS.sigmoid, threads = coresHere(), frozen, inNative = native !== undefined }: VectorLearnerOptions = {},
): VectorLearner {
  const module = inNative ? undefined : new WebAssembly.Module(Buffer.from(code, "base64"));
  const padded = sizes.map((size) => roundUp(size, PANEL_COLUMNS));
  const widest = Math.max(...padded);
  const blockCount = Math.ceil(rows / BLOCK);
  const units = sizes.at(-1) as number;
  const helpers = Math.min(threads, blockCount, THREADS_MOST) - 1;
  const layers = layerSlices(padded);
  const length = parameterCount(padded);

  const room = roomFrom(FIRST_BYTE);
  const activationsBytes = 4 * BLOCK * padded.reduce((sum, size) => sum + size);
  const lists = 4 * BLOCK * 2 * widest;
  const scratchBytes = lists + 8 * BLOCK * widest + 128 * Math.max(BLOCK, widest);
  const settings = room(4 * (LAYERS_AT + 5 * layers.length));
  const parameters = room(4 * 3 * length);
  const kept = room(4 * length);
  const masks = frozen ? room(4 * length) : parameters;
  const gradients = room(4 * length * blockCount);
  const activations = room(activationsBytes * blockCount);
  const scratch = room(scratchBytes * (helpers + 1));
  const transposed = layers.map(({ inputs, units }, layer) => (layer === 0 ? 0 : room(4 * inputs * units)));
  const targets = room(4 * rows * units);
  const pages = Math.ceil(room(0) / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const floats = new Float32Array(memory.buffer);
  const table = new Int32Array(memory.buffer, settings);
  const tableOfFloats = new Float32Array(memory.buffer, settings);

  const set = (name: Setting, value: number) => {
    table[settingAt(name)] = value;
  };
  const given = {
    ...{ layers: layers.length, activations, activationsBytes, parameters, parametersBytes: 4 * length },
    ...{ gradients, scratch, scratchBytes, lists, frozen: masks - parameters },
  };
  for (const [name, value] of Object.entries(given)) set(name as keyof typeof given, value);
  for (const [layer, { inputs, units, kernel, bias }] of layers.entries()) {
    const places = [inputs, units, parameters + 4 * kernel, parameters + 4 * bias, transposed[layer] as number];
    table.set(places, LAYERS_AT + 5 * layer);
  }

  const packing = panelsOf(sizes, padded);
  const write = (place: number, values: Float32Array) => {
    for (let i = 0; i < values.length; i++) floats[place / 4 + (packing[i] as number)] = values[i] as number;
  };
  if (frozen) {
    for (let i = 0; i < frozen.length; i++) if (frozen[i]) table[(masks - settings) / 4 + (packing[i] as number)] = -1;
  }
  const read = (place: number) => {
    const values = new Float32Array(packing.length);
    for (let i = 0; i < values.length; i++) values[i] = floats[place / 4 + (packing[i] as number)] as number;
    return values;
  };
  for (const [index, values] of [start.parameters, start.first, start.second].entries()) {
    write(parameters + 4 * index * length, values);
  }

  trainingKernels(memory, settings, module).transpose();
  const thread: LearnerThread = { module, memory, settings, targets, rows, sizes, head: head.name };
  const team = teamOf(countersAt(memory, settings), learnerParts(thread));
  for (let helper = 0; helper < helpers; helper++) {
    new Worker(path.join(__dirname, "learner-thread.js"), { workerData: thread }).unref();
  }
  const blocks = blocksOf(thread);
  const panels = padded.slice(1).reduce((sum, size) => sum + size / PANEL_COLUMNS, 0);

  /** Calls `each` for each block of a batch: its first row, how many it has, and where it is. */
  function forBlocks(count: number, each: (first: number, rows: number, block: Block) => void): void {
    for (let first = 0; first < count; first += BLOCK) {
      each(first, Math.min(BLOCK, count - first), blocks[first / BLOCK] as Block);
    }
  }

  /** Starts a job on at most `rows` rows. */
  function startOn(job: number, { rows: count, columns, values }: Matrix, shift: number): void {
    forBlocks(count, (first, rows, { inputs }) => putRows(values, first, rows, columns, inputs));
    team.finish();
    set("rows", count);
    set("shift", shift);
    team.start(job, Math.ceil(count / BLOCK));
  }

  /** The last sums of at most `rows` rows. */
  function sumsOf(inputs: Matrix, shift: number): Float32Array {
    startOn(FORWARD, inputs, shift);
    team.finish();
    const result = new Float32Array(inputs.rows * units);
    forBlocks(inputs.rows, (first, rows, { sums }) => takeRows(sums, result, first, rows, units));
    return result;
  }

  function forward({ rows: count, columns, values }: Matrix, shift: number): Float32Array {
    if (count <= rows) return sumsOf({ rows: count, columns, values }, shift);
    const sums = new Float32Array(count * units);
    for (let first = 0; first < count; first += rows) {
      const some = Math.min(rows, count - first);
      const inputs = values.subarray(first * columns, (first + some) * columns);
      sums.set(sumsOf({ rows: some, columns, values: inputs }, shift), first * units);
    }
    return sums;
  }

  let { steps } = start;

  /** Starts the update by the gradients that the running job gives. */
  function startUpdate(learningRate: number): void {
    team.finish();
    steps++;
    tableOfFloats[settingAt("rate")] = learningRate / (1 - 0.9 ** steps);
    tableOfFloats[settingAt("correction")] = 1 / (1 - 0.999 ** steps);
    team.start(UPDATE, panels);
  }

  return {
    forward: (inputs) => forward(inputs, 0),
    forwardKept: (inputs) => forward(inputs, kept - parameters),
    keep: (values) => write(kept, values),
    imitate(inputs, wanted, learningRate) {
      floats.set(wanted, targets / 4);
      startOn(IMITATE, inputs, 0);
      startUpdate(learningRate);
    },
    step(inputs, learningRate, errorOf) {
      const error = errorOf(sumsOf(inputs, 0));
      forBlocks(inputs.rows, (first, rows, { sums }) => putRows(error, first, rows, units, sums));
      team.start(BACKWARD, Math.ceil(inputs.rows / BLOCK));
      startUpdate(learningRate);
    },
    read() {
      team.finish();
      const [values, first, second] = [0, 1, 2].map((index) => read(parameters + 4 * index * length));
      return { parameters: values, first, second, steps } as LearnerState;
    },
    helpers: team.helpers,
    dispose() {
      team.finish();
      team.end();
    },
  };
}
