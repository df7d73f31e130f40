import path from "node:path";
import { Worker } from "node:worker_threads";
import { coresHere } from "../cores";
import type { Matrix } from "../demonstrations/features";
import { roomFrom } from "./inference-module";
import type { Learner, LearnerState } from "./learner";
import { native } from "./native/kernels";
import { layerSlices, parameterCount } from "./network";
import { PANEL_COLUMNS, type PanelMatrix, panelsOf, putRows, roundUp, takeRows } from "./panels";
import { trainingKernels } from "./training-kernels";
import { code } from "./wasm/training";

/** A learner that can also go forward with parameters that it kept, as a target network. */
export interface VectorLearner extends Learner {
  /** Keeps these parameters for `forwardKept`. */
  keep(parameters: Float32Array): void;
  /** As `forward`, with the parameters kept last. */
  forwardKept(inputs: Matrix): Float32Array;
}

/** What a thread of a learner is given. */
export interface ThreadData {
  /** Undefined for native kernels. */
  readonly module: WebAssembly.Module | undefined;
  readonly memory: WebAssembly.Memory;
  /** Place of the table of settings. */
  readonly settings: number;
  readonly thread: number;
}

/** Where the table of settings has what the threads agree by: how many jobs there were, how many threads are at work, and on what. */
export const [JOBS, AT_WORK, JOB] = [0, 1, 2] as const;

// The jobs, as the kernels count them, and one that ends the thread.
const [FORWARD, BACKWARD, UPDATE] = [1, 2, 3] as const;
export const END = 4;

/** Where assembly/training.ts and native/kernels.h have their settings. */
const PLACES = [
  ...["jobs", "atWork", "job", "threads", "layers", "rows", "activations", "activationsBytes", "parameters"],
  ...["parametersBytes", "gradients", "scratch", "scratchBytes", "lists", "rate", "correction", "shift", "frozen"],
] as const;

/** Rows of a block, the least that a thread gets. */
const BLOCK = 128;
/** What is below is left to the WebAssembly. */
const FIRST_BYTE = 65_536;

/**
 * A network that learns in vectors and on all cores, in native code where the set-up compiled it and else in WebAssembly: the same bits either way, on
 * every machine and for any number of threads. While a step runs the caller waits, as it does its share.
 * @param rows most rows of a step; more can go forward
 * @param frozen [parameters] 1 for those that stay as they are
 */
export function vectorLearner(
  sizes: readonly number[],
  start: LearnerState,
  rows: number,
  threads = Math.min(coresHere(), Math.ceil(rows / BLOCK)),
  frozen?: Uint8Array,
  inNative = native !== undefined,
): VectorLearner {
  const module = inNative ? undefined : new WebAssembly.Module(Buffer.from(code, "base64"));
  const padded = sizes.map((size) => roundUp(size, PANEL_COLUMNS));
  const widest = Math.max(...padded);
  const blocks = Math.ceil(rows / BLOCK);
  const layers = layerSlices(padded);
  const length = parameterCount(padded);

  const room = roomFrom(FIRST_BYTE);
  const activationsBytes = 4 * BLOCK * padded.reduce((sum, size) => sum + size);
  const lists = 4 * BLOCK * 2 * widest;
  const scratchBytes = lists + 8 * BLOCK * widest + 128 * Math.max(BLOCK, widest);
  const settings = room(4 * (PLACES.length + 5 * layers.length));
  const parameters = room(4 * 3 * length);
  const kept = room(4 * length);
  const masks = frozen ? room(4 * length) : parameters;
  const gradients = room(4 * length * blocks);
  const activations = room(activationsBytes * blocks);
  const scratch = room(scratchBytes * threads);
  const transposed = layers.map(({ inputs, units }, layer) => (layer === 0 ? 0 : room(4 * inputs * units)));
  const pages = Math.ceil(room(0) / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const floats = new Float32Array(memory.buffer);
  const table = new Int32Array(memory.buffer, settings);
  const rates = new Float32Array(memory.buffer, settings);

  const set = (name: (typeof PLACES)[number], value: number) => {
    table[PLACES.indexOf(name)] = value;
  };
  const given = {
    ...{ threads, layers: layers.length, activations, activationsBytes, parameters, parametersBytes: 4 * length },
    ...{ gradients, scratch, scratchBytes, lists, frozen: masks - parameters },
  };
  for (const [name, value] of Object.entries(given)) set(name as keyof typeof given, value);
  for (const [layer, { inputs, units, kernel, bias }] of layers.entries()) {
    const places = [inputs, units, parameters + 4 * kernel, parameters + 4 * bias, transposed[layer] as number];
    table.set(places, PLACES.length + 5 * layer);
  }

  const packing = panelsOf(sizes, padded);
  const write = (place: number, values: Float32Array) => {
    for (let i = 0; i < values.length; i++) floats[place / 4 + (packing[i] as number)] = values[i] as number;
  };
  if (frozen) {
    for (let i = 0; i < frozen.length; i++) if (frozen[i]) table[(masks - settings) / 4 + (packing[i] as number)] = -1;
  }
  const read = (place: number) => Float32Array.from(packing, (at) => floats[place / 4 + at] as number);
  for (const [index, values] of [start.parameters, start.first, start.second].entries()) {
    write(parameters + 4 * index * length, values);
  }

  const learning = trainingKernels(memory, settings, module);
  learning.transpose();
  for (let thread = 1; thread < threads; thread++) {
    const workerData: ThreadData = { module, memory, settings, thread };
    new Worker(path.join(__dirname, "learner-thread.js"), { workerData }).unref();
  }

  /** Has all threads do a job, this one among them. */
  function run(job: number): void {
    table[JOB] = job;
    Atomics.store(table, AT_WORK, threads - 1);
    Atomics.add(table, JOBS, 1);
    Atomics.notify(table, JOBS);
    if (job === END) return;
    learning.share(job, 0);
    waitWhile(table, AT_WORK, (atWork) => atWork > 0, 60_000);
  }

  /** Calls `each` for the rows of each block: its first row, how many, and its inputs and last sums. */
  function forBlocks(
    count: number,
    each: (first: number, rows: number, inputs: PanelMatrix, sums: PanelMatrix) => void,
  ): void {
    for (let block = 0; block * BLOCK < count; block++) {
      const inputs = (activations + block * activationsBytes) / 4;
      const sums = inputs + activationsBytes / 4 - BLOCK * (padded.at(-1) as number);
      const matrixAt = (place: number): PanelMatrix => ({ floats, place, rows: BLOCK });
      each(block * BLOCK, Math.min(BLOCK, count - block * BLOCK), matrixAt(inputs), matrixAt(sums));
    }
  }

  const units = sizes.at(-1) as number;

  /** The last sums of at most `rows` rows. */
  function sumsOf({ rows: count, columns, values }: Matrix, shift: number): Float32Array {
    forBlocks(count, (first, rows, inputs) => putRows(values, first, rows, columns, inputs));
    set("rows", count);
    set("shift", shift);
    run(FORWARD);
    const sums = new Float32Array(count * units);
    forBlocks(count, (first, rows, _inputs, last) => takeRows(last, sums, first, rows, units));
    return sums;
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
  return {
    forward: (inputs) => forward(inputs, 0),
    forwardKept: (inputs) => forward(inputs, kept - parameters),
    keep: (values) => write(kept, values),
    step(inputs, learningRate, errorOf) {
      steps++;
      const error = errorOf(sumsOf(inputs, 0));
      forBlocks(inputs.rows, (first, rows, _inputs, last) => putRows(error, first, rows, units, last));
      run(BACKWARD);
      rates[PLACES.indexOf("rate")] = learningRate / (1 - 0.9 ** steps);
      rates[PLACES.indexOf("correction")] = 1 / (1 - 0.999 ** steps);
      run(UPDATE);
    },
    read() {
      const [values, first, second] = [0, 1, 2].map((index) => read(parameters + 4 * index * length));
      return { parameters: values, first, second, steps } as LearnerState;
    },
    dispose: () => run(END),
  };
}

/** Waits while a counter is as it should not be, `patience` milliseconds at most; first without sleeping, since between two jobs there is little to wait for. */
export function waitWhile(
  counters: Int32Array,
  index: number,
  pending: (value: number) => boolean,
  patience = Number.POSITIVE_INFINITY,
): void {
  for (let spin = 0; spin < SPINS; spin++) if (!pending(Atomics.load(counters, index))) return;
  for (let value = Atomics.load(counters, index); pending(value); value = Atomics.load(counters, index)) {
    const answer = Atomics.wait(counters, index, value, patience);
    if (answer === "timed-out") throw new Error(`a thread of the learner did not answer for ${patience / 1000} s`);
  }
}

/** Some 50 us. */
const SPINS = 10_000;
