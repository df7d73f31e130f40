import { encode, type Matrix, type Statistics, standardise } from "../demonstrations/features";
import { InputError } from "../errors";
import type { States } from "../mec/states";
import { requireNative } from "../native/kernels";
import type { Scenario } from "../scenario/scenario";
import { headNamed } from "./heads";
import { inferenceModule, memoryFor } from "./inference-module";
import { layerSlices, type Network, parameterCount } from "./network";
import { PANEL_COLUMNS, type PanelMatrix, panelsOf, putRows, roundUp, takeRows } from "./panels";

/** What decides: a trained network, what its inputs are standardised with, and how its outputs are read. */
export interface Policy {
  readonly network: Network;
  /** Of the features of the training set. */
  readonly statistics: Statistics;
  readonly head: string;
}

/** A policy that goes forward in a way of its own. */
type Shape = Omit<Policy, "network"> & { readonly network: Pick<Network, "sizes"> };

/** The decisions [count x T] of a policy for states of a scenario. */
export type PolicyDecider = (scenario: Scenario, states: States) => Uint8Array;

/**
 * Makes a policy ready to decide, in Node and in a browser. The rates among the features follow from the scenario given with the states, which need not be the
 * one the network was trained on. The decider throws an InputError for states whose features the network was not made for.
 */
export function policyDecider(policy: Policy): PolicyDecider;
/** @param forward how the network goes forward; quantised, for one (see quantised.ts). Of the network only its sizes are then looked at */
export function policyDecider(policy: Shape, forward: Forward): PolicyDecider;
export function policyDecider(
  { network, statistics, head: name }: Shape,
  forward: Forward = forwardOf(network as Network),
): PolicyDecider {
  const head = headNamed(name);
  return (scenario, states) => {
    const features = encode(scenario, states);
    if (features.columns !== network.sizes[0]) {
      throw new InputError(
        `the states have ${features.columns} features; allowed: ${network.sizes[0]}, as the model was trained with.`,
      );
    }
    return head.decide(forward(standardise(features, statistics, features.values)));
  };
}

/** Sums of the last layer [rows x units], before its activation, for standardised features. */
export type Forward = (features: Matrix) => Float32Array;

/**
 * Makes a network ready to go forward: in native code or WebAssembly where there is any, with the same bits, else in plain loops. Work space is made
 * once, so one row costs its arithmetic and little more.
 */
export const forwardOf = (network: Network): Forward =>
  firstThatWorks([nativeForward, webassemblyForward, plainForward], network);

/** What the first way makes that does not throw: there may be no native code; a page may forbid WebAssembly, and old engines have no vectors. */
export function firstThatWorks<Given>(ways: readonly ((given: Given) => Forward)[], given: Given): Forward {
  const [way, ...others] = ways as [(given: Given) => Forward, ...((given: Given) => Forward)[]];
  try {
    return way(given);
  } catch (error) {
    if (others.length === 0) throw error;
    return firstThatWorks(others, given);
  }
}

/** Arrays of up to so many floats are parts of one of so many. */
const [FEW, POOL] = [64, 8192];

let pool = new Float32Array(0);
let used = 0;

/** Zeros for sums. Few are a part of a larger array: one of their own would take as long to make as a tenth of a decision. */
export function newSums(length: number): Float32Array {
  if (length > FEW) return new Float32Array(length);
  // Also where someone has transferred the last one, whose length then is 0.
  if (used + length > pool.length) {
    pool = new Float32Array(POOL);
    used = 0;
  }
  used += length;
  return pool.subarray(used - length, used);
}

/** Rows that go forward at a time: their activations stay in the second-level cache. */
const ROWS = 64;

/** A network as the kernels want it: kernels in panels, widths rounded up, and work space for so many threads. */
function laidOut({ sizes, parameters }: Network, threads: number) {
  const padded = sizes.map((size) => roundUp(size, PANEL_COLUMNS));
  const widest = Math.max(...padded);
  const areaBytes = 4 * ROWS * widest;
  const scratchBytes = 2 * areaBytes + ROWS * (8 * widest + 128);
  const { memory, places } = memoryFor((room) => ({
    table: room(4 * (8 + 5 * sizes.length)),
    scratch: room(threads * scratchBytes),
    parameters: room(4 * parameterCount(padded)),
  }));
  const floats = new Float32Array(memory.buffer);
  const layers = layerSlices(padded).map(({ inputs, units, kernel, bias }) => ({
    inputs,
    units,
    kernel: places.parameters + 4 * kernel,
    bias: places.parameters + 4 * bias,
  }));
  for (const [i, place] of panelsOf(sizes, padded).entries()) {
    floats[places.parameters / 4 + place] = parameters[i] as number;
  }
  return { memory, floats, layers, areaBytes, scratchBytes, ...places };
}

/** The same in native code, many rows on several threads. Throws where there is none. */
export function nativeForward(network: Network): Forward {
  const native = requireNative();
  const { memory, table, layers, areaBytes, scratch, scratchBytes } = laidOut(network, native.threads);
  const { sizes } = network;
  const units = sizes.at(-1) as number;
  // As ../native/kernels.h has it.
  new Uint32Array(memory.buffer, table).set([
    ...[sizes[0] as number, units, scratch, scratchBytes, areaBytes, native.threads, 0, layers.length],
    ...layers.flatMap(({ inputs, units, kernel, bias }) => [inputs, units, kernel, bias, 0]),
  ]);
  const bytes = new Uint8Array(memory.buffer);
  return ({ rows, values }) => {
    const sums = newSums(rows * units);
    native.forward(bytes, table, values, sums, rows);
    return sums;
  };
}

/** The same in WebAssembly. Throws where there is none. */
export function webassemblyForward(network: Network): Forward {
  const { memory, floats, layers, scratch, areaBytes } = laidOut(network, 1);
  const exports = inferenceModule(memory);
  const [first, second, lists] = [scratch, scratch + areaBytes, scratch + 2 * areaBytes];
  const matrixAt = (place: number): PanelMatrix => ({ floats, place: place / 4, rows: ROWS });
  const inputs = matrixAt(first);
  const outputs = matrixAt(layers.length % 2 === 0 ? first : second);
  const panel = 4 * PANEL_COLUMNS * ROWS;
  const units = network.sizes.at(-1) as number;
  return ({ rows, columns, values }) => {
    const sums = newSums(rows * units);
    for (let start = 0; start < rows; start += ROWS) {
      const count = Math.min(ROWS, rows - start);
      putRows(values, start, count, columns, inputs);
      let [from, to] = [first, second];
      for (let at = 0; at < layers.length; at++) {
        const { inputs, units, kernel, bias } = layers[at] as (typeof layers)[number];
        const relu = at < layers.length - 1 ? 1 : 0;
        exports.layer(from, panel, count, inputs, kernel, bias, units, to, relu, lists);
        [from, to] = [to, from];
      }
      takeRows(outputs, sums, start, count, units);
    }
    return sums;
  };
}

/** The same in plain loops over typed arrays. */
export function plainForward({ sizes, parameters }: Network): Forward {
  const layers: Layer[] = layerSlices(sizes).map(({ inputs, units, kernel, bias }) => ({
    kernel: parameters.subarray(kernel, kernel + inputs * units),
    bias: parameters.subarray(bias, bias + units),
    sums: new Float32Array(units),
  }));
  const hidden = layers.slice(0, -1);
  const last = layers.at(-1) as Layer;
  return ({ rows, columns, values }) => {
    const outputs = new Float32Array(rows * last.sums.length);
    for (let row = 0; row < rows; row++) {
      let signal = values.subarray(row * columns, (row + 1) * columns);
      for (const layer of hidden) signal = rectify(weigh(layer, signal));
      outputs.set(weigh(last, signal), row * last.sums.length);
    }
    return outputs;
  };
}

interface Layer {
  /** [inputs x units] row by row. */
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  /** Work space, [units]. */
  readonly sums: Float32Array;
}

/** The weighted sums of one row, in the layer's work space. */
function weigh({ kernel, bias, sums }: Layer, signal: Float32Array): Float32Array {
  const units = sums.length;
  sums.set(bias);
  for (let input = 0; input < signal.length; input++) {
    const value = signal[input] as number;
    // About half of what comes out of a rectifier.
    if (value === 0) continue;
    const first = input * units;
    for (let unit = 0; unit < units; unit++) {
      sums[unit] = (sums[unit] as number) + value * (kernel[first + unit] as number);
    }
  }
  return sums;
}

function rectify(sums: Float32Array): Float32Array {
  for (let unit = 0; unit < sums.length; unit++) {
    if ((sums[unit] as number) < 0) sums[unit] = 0;
  }
  return sums;
}
