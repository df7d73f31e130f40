import { encode, type Matrix, type Statistics, standardise } from "../demonstrations/features";
import { InputError } from "../errors";
import type { States } from "../mec/states";
import type { Scenario } from "../scenario/scenario";
import { headNamed } from "./heads";
import { layerSlices, type Network, parameterCount } from "./network";
import { panelsOf, roundUp } from "./panels";
import { code } from "./wasm/inference";

/** What decides: a trained network, what its inputs are standardised with, and how its outputs are read. */
export interface Policy {
  readonly network: Network;
  /** Of the features of the training set. */
  readonly statistics: Statistics;
  readonly head: string;
}

/** The decisions [count x T] of a policy for states of a scenario. */
export type PolicyDecider = (scenario: Scenario, states: States) => Uint8Array;

/**
 * Makes a policy ready to decide, in Node and in a browser. The rates among the features follow from the scenario given with the states, which need not be the
 * one the network was trained on. The decider throws an InputError for states whose features the network was not made for.
 */
export function policyDecider({ network, statistics, head: name }: Policy): PolicyDecider {
  const head = headNamed(name);
  const forward = forwardOf(network);
  return (scenario, states) => {
    const features = encode(scenario, states);
    if (features.columns !== network.sizes[0]) {
      throw new InputError(
        `the states have ${features.columns} features; allowed: ${network.sizes[0]}, as the model was trained with.`,
      );
    }
    return head.decide(forward(standardise(features, statistics)));
  };
}

/** Sums of the last layer [rows x units], before its activation, for standardised features. */
export type Forward = (features: Matrix) => Float32Array;

/**
 * Makes a network ready to go forward: in WebAssembly where there is any, else in plain loops. Work space is made once, so one row
 * costs its arithmetic and little more.
 */
export function forwardOf(network: Network): Forward {
  try {
    return webassemblyForward(network);
  } catch {
    // A page may forbid WebAssembly, and old engines have no vectors.
    return plainForward(network);
  }
}

let compiled: WebAssembly.Module | undefined;

/** Where the memory is free. */
const FIRST_BYTE = 1024;
/** Rows that go forward at a time: their activations stay in the second-level cache. */
const ROWS = 64;

/** The places of a layer's kernel, of its bias and of its outputs, and whether a ReLU follows. */
type LayerArguments = [kernel: number, bias: number, outputs: number, output: number, relu: number];

interface Exports {
  /** See assembly/dense.ts. */
  dense(input: number, rows: number, inputs: number, ...layer: LayerArguments): void;
  /** See assembly/inference.ts. */
  row(input: number, inputs: number, ...layer: [...LayerArguments, places: number]): void;
}

/** The same in WebAssembly. Throws where there is none. */
export function webassemblyForward({ sizes, parameters }: Network): Forward {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(code), (character) => character.charCodeAt(0)));
  const padded = sizes.map((size, layer) => roundUp(size, layer === 0 ? 4 : 32));
  const widest = Math.max(...padded);
  const places = FIRST_BYTE;
  const areas = [0, 1].map((area) => roundUp(places + 4 * (widest + 1), 64) + 4 * ROWS * widest * area) as [
    number,
    number,
  ];
  const first = areas[1] + 4 * ROWS * widest;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((first + 4 * parameterCount(padded)) / 65_536) });
  const { dense, row } = new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as Exports;
  const floats = new Float32Array(memory.buffer);

  const packed = layerSlices(padded).map(({ inputs, units, kernel, bias }) => ({
    inputs,
    units,
    kernel: first + 4 * kernel,
    bias: first + 4 * bias,
  }));
  for (const [i, place] of panelsOf(sizes, padded).entries()) floats[first / 4 + place] = parameters[i] as number;

  const units = sizes.at(-1) as number;
  const [stride, lastStride] = [padded[0] as number, padded.at(-1) as number];
  const last = packed.length - 1;

  return ({ rows, columns, values }) => {
    const sums = new Float32Array(rows * units);
    for (let start = 0; start < rows; start += ROWS) {
      const count = Math.min(ROWS, rows - start);
      for (let k = 0; k < count; k++) {
        const from = (start + k) * columns;
        const to = areas[0] / 4 + k * stride;
        for (let i = 0; i < columns; i++) floats[to + i] = values[from + i] as number;
      }
      let input = areas[0];
      let output = areas[1];
      for (let layer = 0; layer <= last; layer++) {
        const { inputs, units, kernel, bias } = packed[layer] as (typeof packed)[number];
        const relu = layer < last ? 1 : 0;
        if (count === 1) row(input, inputs, kernel, bias, units, output, relu, places);
        else dense(input, roundUp(count, 4), inputs, kernel, bias, units, output, relu);
        [input, output] = [output, input];
      }
      for (let k = 0; k < count; k++) {
        const from = input / 4 + k * lastStride;
        const to = (start + k) * units;
        for (let j = 0; j < units; j++) sums[to + j] = floats[from + j] as number;
      }
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
