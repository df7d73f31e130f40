import type { Matrix } from "../demonstrations/features";
import { requireNative } from "../native/kernels";
import { type Forward, firstThatWorks, newSums } from "./inference";
import { inferenceModule, memoryFor } from "./inference-module";
import { layerSlices, type Network } from "./network";
import { roundUp } from "./panels";

/**
 * A network of 8-bit weights and activations. A layer's input is rounded to whole numbers from -127 to 127, as its weights are. Of the inputs that are
 * not zero, in their order, the products of two at a time are added, then to a sum of 16 bits, which stays at the end of their range when it would
 * leave it. `sum * scale + bias` in 32-bit floats is, behind a hidden layer, rectified and rounded to the input of the next one (ties to even), and
 * behind the last layer the output.
 */
export interface QuantisedNetwork {
  readonly sizes: readonly number[];
  /** What a feature is multiplied with to be rounded. */
  readonly inputFactor: number;
  readonly layers: readonly QuantisedLayer[];
}

export interface QuantisedLayer {
  /** [inputs x units] row by row, from -127 to 127. */
  readonly weights: Int8Array;
  /** [units] */
  readonly scales: Float32Array;
  /** [units] */
  readonly biases: Float32Array;
}

/** The largest quantised value. */
const LARGEST = 127;
const LARGEST_SUM = 32_767;
/** How far above the largest sums seen in calibration the range of 16 bits ends. */
const MARGIN = 1.2;

/**
 * Quantises a trained network after training: activations by layer, weights by output (channel), with scales such that the largest activation and weight
 * become 127 and no sum leaves 16 bits on the calibration rows [rows x inputs], standardised features of the training set.
 * For the idea see Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference",
 * CVPR 2018; sums of 16 bits in place of 32 are ours.
 */
export function quantise({ sizes, parameters }: Network, { rows, columns, values }: Matrix): QuantisedNetwork {
  const slices = layerSlices(sizes);
  let signals = Array.from({ length: rows }, (_, row) => values.subarray(row * columns, (row + 1) * columns));
  let inputScale = largest(signals) / LARGEST;
  const inputFactor = Math.fround(1 / inputScale);
  const layers = slices.map(({ inputs, units, kernel, bias }, layer) => {
    const weights = parameters.subarray(kernel, kernel + inputs * units);
    const biases = parameters.subarray(bias, bias + units);
    const extremes = new Float64Array(units);
    signals = signals.map((signal) => weighed(signal, weights, biases, extremes));
    const last = layer === slices.length - 1;
    const outputScale = last ? 1 : largest(signals) / LARGEST;
    const weightScales = Float64Array.from({ length: units }, (_, j) => {
      let widest = 0;
      for (let i = j; i < weights.length; i += units) widest = Math.max(widest, Math.abs(weights[i] as number));
      return Math.max(widest / LARGEST, (MARGIN * (extremes[j] as number)) / (LARGEST_SUM * inputScale)) || 1;
    });
    const quantised: QuantisedLayer = {
      weights: Int8Array.from(weights, (weight, i) => Math.round(weight / (weightScales[i % units] as number))),
      scales: Float32Array.from(weightScales, (scale) => (scale * inputScale) / outputScale),
      biases: Float32Array.from(biases, (value) => value / outputScale),
    };
    if (!last) for (const signal of signals) rectify(signal);
    inputScale = outputScale;
    return quantised;
  });
  return { sizes, inputFactor, layers };
}

/** The largest magnitude, or 1 where all are zero; of what is rectified later, the largest value. */
function largest(signals: readonly Float32Array[]): number {
  let most = 0;
  for (const signal of signals) for (const value of signal) most = Math.max(most, Math.abs(value));
  return most || 1;
}

/** Sums of one row with their biases; `extremes` [units] becomes the largest magnitude that a sum had on its way. */
function weighed(signal: Float32Array, weights: Float32Array, biases: Float32Array, extremes: Float64Array) {
  const units = biases.length;
  const sums = new Float64Array(units);
  for (let i = 0; i < signal.length; i++) {
    const value = signal[i] as number;
    if (value === 0) continue;
    for (let j = 0; j < units; j++) {
      const sum = (sums[j] as number) + value * (weights[i * units + j] as number);
      sums[j] = sum;
      if (Math.abs(sum) > (extremes[j] as number)) extremes[j] = Math.abs(sum);
    }
  }
  return Float32Array.from(sums, (sum, j) => sum + (biases[j] as number));
}

function rectify(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) if ((values[i] as number) < 0) values[i] = 0;
}

/** Makes a quantised network ready to go forward: in native code or WebAssembly where there is any, else in plain loops, with the same bits. */
export const quantisedForward = (network: QuantisedNetwork): Forward =>
  firstThatWorks([nativeQuantisedForward, webassemblyQuantisedForward, plainQuantisedForward], network);

/** Widths are multiples of NARROW. A kernel lies in panels [inputs][columns] of WIDE columns, and what is left over in panels of NARROW ones. */
const [NARROW, WIDE] = [32, 128];

/** A network as the kernels want it: weights in panels, widths rounded up, and work space for so many threads. */
function laidOut({ sizes, inputFactor, layers }: QuantisedNetwork, threads: number) {
  const padded = sizes.map((size) => roundUp(size, NARROW));
  const widest = Math.max(...padded);
  const areaBytes = 4 * widest;
  const scratchBytes = 2 * areaBytes + 16 * widest + 256;
  const { memory, places } = memoryFor((room) => ({
    table: room(4 * (8 + 5 * sizes.length)),
    scratch: room(threads * scratchBytes),
    layers: layers.map((_, layer) => {
      const [inputs, outputs] = [padded[layer] as number, padded[layer + 1] as number];
      return { inputs, outputs, kernel: room(inputs * outputs), biases: room(4 * outputs), scales: room(4 * outputs) };
    }),
  }));
  const floats = new Float32Array(memory.buffer);
  for (const [layer, { weights, scales, biases }] of layers.entries()) {
    const place = places.layers[layer] as (typeof places.layers)[number];
    const [inputs, units] = [sizes[layer] as number, sizes[layer + 1] as number];
    floats.set(scales, place.scales / 4);
    floats.set(biases, place.biases / 4);
    const kernel = new Int8Array(memory.buffer, place.kernel);
    for (let i = 0; i < inputs; i++) {
      for (let j = 0; j < units; j++) {
        const columns = (j & -WIDE) + WIDE <= place.outputs ? WIDE : NARROW;
        const first = j & -columns;
        kernel[first * place.inputs + i * columns + j - first] = weights[i * units + j] as number;
      }
    }
  }
  // As ../native/kernels.h has it; what it calls inputFactor is the seventh field.
  new Uint32Array(memory.buffer, places.table).set([
    ...[sizes[0] as number, sizes.at(-1) as number, places.scratch, scratchBytes, areaBytes, threads, 0, layers.length],
    ...places.layers.flatMap(({ inputs, outputs, kernel, biases, scales }) => [
      inputs,
      outputs,
      kernel,
      biases,
      scales,
    ]),
  ]);
  floats[places.table / 4 + 6] = inputFactor;
  return { memory, floats, padded, areaBytes, ...places };
}

/** The same in native code, many rows on several threads. Throws where there is none. */
export function nativeQuantisedForward(network: QuantisedNetwork): Forward {
  const native = requireNative();
  const { memory, table } = laidOut(network, native.threads);
  const units = network.sizes.at(-1) as number;
  const bytes = new Uint8Array(memory.buffer);
  return ({ rows, values }) => {
    const sums = newSums(rows * units);
    native.quantisedForward(bytes, table, values, sums, rows);
    return sums;
  };
}

/** The same in WebAssembly. Throws where there is none. */
export function webassemblyQuantisedForward(network: QuantisedNetwork): Forward {
  const { memory, floats, padded, layers, scratch, areaBytes } = laidOut(network, 1);
  const exports = inferenceModule(memory);
  const [first, second, list] = [scratch, scratch + areaBytes, scratch + 2 * areaBytes];
  const last = layers.length - 1;
  const units = network.sizes.at(-1) as number;
  return ({ rows, columns, values }) => {
    const sums = newSums(rows * units);
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < columns; i++) floats[first / 4 + i] = values[row * columns + i] as number;
      for (let i = columns; i < (padded[0] as number); i++) floats[first / 4 + i] = 0;
      exports.quantiseInput(first, padded[0] as number, network.inputFactor);
      let [input, output] = [first, second];
      for (let layer = 0; layer <= last; layer++) {
        const { inputs, outputs, kernel, scales, biases } = layers[layer] as (typeof layers)[number];
        const isLast = layer === last ? 1 : 0;
        exports.quantisedLayer(input, inputs, kernel, scales, biases, outputs, output, isLast, list);
        [input, output] = [output, input];
      }
      for (let j = 0; j < units; j++) sums[row * units + j] = floats[input / 4 + j] as number;
    }
    return sums;
  };
}

/** The same in plain loops over typed arrays. */
export function plainQuantisedForward({ sizes, inputFactor, layers }: QuantisedNetwork): Forward {
  const units = sizes.at(-1) as number;
  return ({ rows, columns, values }) => {
    const outputs = new Float32Array(rows * units);
    for (let row = 0; row < rows; row++) {
      let signal: Float32Array = Float32Array.from(values.subarray(row * columns, (row + 1) * columns), (value) =>
        rounded(value * inputFactor, -LARGEST),
      );
      for (const [index, layer] of layers.entries()) {
        signal = throughLayer(signal, layer);
        if (index < layers.length - 1) for (const [j, value] of signal.entries()) signal[j] = rounded(value, 0);
      }
      outputs.set(signal, row * units);
    }
    return outputs;
  };
}

/** `sum * scale + bias` of one row, in 32-bit floats. */
function throughLayer(signal: Float32Array, { weights, scales, biases }: QuantisedLayer): Float32Array {
  const units = scales.length;
  const sums = new Int16Array(units);
  const inputs = [...signal.keys()].filter((i) => signal[i] !== 0);
  for (let k = 0; k < inputs.length; k += 2) {
    const a = inputs[k] as number;
    // One that is left over adds to itself nothing.
    const b = inputs[k + 1] ?? a;
    const [valueA, valueB] = [signal[a] as number, b === a ? 0 : (signal[b] as number)];
    for (let j = 0; j < units; j++) {
      const products = valueA * (weights[a * units + j] as number) + valueB * (weights[b * units + j] as number);
      sums[j] = Math.max(-LARGEST_SUM - 1, Math.min(LARGEST_SUM, (sums[j] as number) + products));
    }
  }
  return Float32Array.from(sums, (sum, j) => Math.fround(sum * (scales[j] as number)) + (biases[j] as number));
}

/** A whole number from `least` to 127, halves to even; floats of this size have no room for a fraction above 2^23. */
function rounded(value: number, least: number): number {
  const kept = Math.fround(Math.min(Math.max(value, least), LARGEST));
  return Math.fround(kept + 1.5 * 2 ** 23) - 1.5 * 2 ** 23;
}
