import type { Tensor, Tensor2D } from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import type { Matrix } from "../demonstrations/features";
import { SITES } from "../mec/sites";
import { standardNormal } from "../random";
import type { Head } from "./heads";
import type { TensorFlow } from "./tensorflow";

/**
 * A fully connected network with ReLU hidden layers. `sizes` are the units of each layer, input first; `parameters` holds, layer
 * by layer, the kernel [inputs x units] row by row, then the bias [units].
 */
export interface Network {
  readonly sizes: readonly number[];
  readonly parameters: Float32Array;
}

/** Where one layer's kernel and bias lie in the parameters. */
export interface LayerSlice {
  readonly inputs: number;
  readonly units: number;
  readonly kernel: number;
  readonly bias: number;
}

/** The layers of a network of these sizes, in order. */
export function layerSlices(sizes: readonly number[]): LayerSlice[] {
  let offset = 0;
  return sizes.slice(1).map((units, layer) => {
    const inputs = sizes[layer] as number;
    const slice = { inputs, units, kernel: offset, bias: offset + inputs * units };
    offset += (inputs + 1) * units;
    return slice;
  });
}

/** Number of parameters of a network of these sizes. */
export function parameterCount(sizes: readonly number[]): number {
  return layerSlices(sizes).reduce((sum, { inputs, units }) => sum + (inputs + 1) * units, 0);
}

/** A network to train: kernels from the normal distribution of variance 2/inputs (He et al., 2015), biases zero. */
export function initialNetwork(sizes: readonly number[], seed: string): Network {
  const random = seedrandom.alea(seed);
  const parameters = new Float32Array(parameterCount(sizes));
  for (const { inputs, units, kernel } of layerSlices(sizes)) {
    const deviation = Math.sqrt(2 / inputs);
    for (let i = kernel; i < kernel + inputs * units; i++) parameters[i] = deviation * standardNormal(random);
  }
  return { sizes, parameters };
}

/** One layer on the backend. */
export type LayerTensors = { readonly kernel: Tensor2D; readonly bias: Tensor };

/** The layers of a network whose parameters are one flat tensor. */
export function layersOf(sizes: readonly number[], parameters: Tensor): LayerTensors[] {
  return layerSlices(sizes).map(({ inputs, units, kernel, bias }) => ({
    kernel: parameters.slice(kernel, inputs * units).reshape([inputs, units]),
    bias: parameters.slice(bias, units),
  }));
}

/** What goes into each layer, inputs first, and last the sums of the last layer. */
export function activationsOf(tf: TensorFlow, layers: readonly LayerTensors[], inputs: Tensor2D): Tensor2D[] {
  const activations = [inputs];
  for (const [layer, { kernel, bias }] of layers.entries()) {
    const a = activations[layer] as Tensor2D;
    const activation = layer === layers.length - 1 ? "linear" : "relu";
    activations.push(tf.fused.matMul({ a, b: kernel, bias, activation }) as Tensor2D);
  }
  return activations;
}

/** Rows that go through the network at a time. */
const ROWS = 4096;

/** What `output` makes of the last layer's sums [rows x units], for standardised features. */
export function forward(
  tf: TensorFlow,
  network: Network,
  features: Matrix,
  output: (sums: Tensor2D) => Tensor2D = (sums) => sums,
): Float32Array {
  const { rows, columns, values } = features;
  const units = network.sizes.at(-1) as number;
  const outputs = new Float32Array(rows * units);
  const layers = tf.tidy(() => layersOf(network.sizes, tf.tensor1d(network.parameters)));
  for (let first = 0; first < rows; first += ROWS) {
    const count = Math.min(ROWS, rows - first);
    const result = tf.tidy(() => {
      const inputs = tf.tensor2d(values.subarray(first * columns, (first + count) * columns), [count, columns]);
      return output(activationsOf(tf, layers, inputs).at(-1) as Tensor2D).dataSync() as Float32Array;
    });
    outputs.set(result, first * units);
  }
  for (const { kernel, bias } of layers) tf.dispose([kernel, bias]);
  return outputs;
}

/** Outputs [rows x units of the last layer] of the network for standardised features. */
export function predict(tf: TensorFlow, network: Network, head: Head, features: Matrix): Float32Array {
  return forward(tf, network, features, (sums) => activate(tf, head, sums));
}

/** The outputs of the last layer's sums: sigmoids, or a softmax over the three sites of each sub-task. */
export function activate(tf: TensorFlow, head: Head, sums: Tensor2D): Tensor2D {
  if (head.activation === "sigmoid") return tf.sigmoid(sums);
  return tf.softmax(sums.reshape([-1, SITES])).reshape(sums.shape);
}
