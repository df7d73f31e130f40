import { encode, type Matrix, type Statistics, standardise } from "../demonstrations/features";
import { InputError } from "../errors";
import { SITES } from "../mec/sites";
import type { States } from "../mec/states";
import type { Scenario } from "../scenario/scenario";
import { type Head, headNamed } from "./heads";
import { layerSlices, type Network } from "./network";

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
 * Makes a policy ready to decide with plain loops over typed arrays: no TensorFlow, so it works in a browser, and a single decision
 * does not pay for a framework. The rates among the features follow from the scenario given with the states, which need not be the
 * one the network was trained on. The decider throws an InputError for states whose features the network was not made for.
 */
export function policyDecider({ network, statistics, head: name }: Policy): PolicyDecider {
  const head = headNamed(name);
  const infer = inferenceOf(network, head);
  return (scenario, states) => {
    const features = encode(scenario, states);
    if (features.columns !== network.sizes[0]) {
      throw new InputError(
        `the states have ${features.columns} features; allowed: ${network.sizes[0]}, as the model was trained with.`,
      );
    }
    return head.decide(infer(standardise(features, statistics)));
  };
}

/**
 * What `predict` computes with TensorFlow, up to rounding: outputs [rows x units of the last layer] of the network for standardised
 * features. The work space is made once.
 */
export function inferenceOf({ sizes, parameters }: Network, head: Head): (features: Matrix) => Float32Array {
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
    return head.activation === "sigmoid" ? sigmoids(outputs) : softmaxes(outputs);
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

function sigmoids(sums: Float32Array): Float32Array {
  return sums.map((sum) => 1 / (1 + Math.exp(-sum)));
}

/** A softmax over each three, the sites of one sub-task. */
function softmaxes(sums: Float32Array): Float32Array {
  const outputs = new Float32Array(sums.length);
  for (let at = 0; at < sums.length; at += SITES) {
    const three = sums.subarray(at, at + SITES);
    const largest = Math.max(...three);
    const powers = three.map((sum) => Math.exp(sum - largest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    outputs.set(
      powers.map((power) => power / total),
      at,
    );
  }
  return outputs;
}
