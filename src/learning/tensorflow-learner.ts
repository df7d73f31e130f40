import type { Tensor, Tensor2D, Variable } from "@tensorflow/tfjs";
import type { Matrix } from "../demonstrations/features";
import { crossEntropyError, type Head } from "./heads";
import type { Learner, LearnerState } from "./learner";
import { layerSlices } from "./network";
import type { TensorFlow } from "./tensorflow";

/**
 * A network that learns on a backend of TensorFlow.js.
 * @param frozen [parameters] 1 for those that stay as they are
 */
export function tensorflowLearner(
  tf: TensorFlow,
  sizes: readonly number[],
  head: Head,
  start: LearnerState,
  frozen?: Uint8Array,
): Learner {
  const variable = (values: Float32Array): Variable => tf.tidy(() => tf.variable(tf.tensor1d(values)));
  const parameters = variable(start.parameters);
  const first = variable(start.first);
  const second = variable(start.second);
  const free = frozen && variable(Float32Array.from(frozen, (is) => 1 - is));
  let { steps } = start;

  function gradientOf({ rows, columns, values }: Matrix, targets: Float32Array): Tensor {
    const layers = layersOf(sizes, parameters);
    const activations = activationsOf(tf, layers, tf.tensor2d(values, [rows, columns]));
    const sums = activations.pop() as Tensor2D;
    const derivative = crossEntropyError(head, sums.dataSync() as Float32Array, targets, sizes.at(-1) as number, rows);
    let error = tf.tensor2d(derivative, sums.shape);
    const parts: Tensor[] = [];
    for (let layer = layers.length - 1; layer >= 0; layer--) {
      const activation = activations[layer] as Tensor2D;
      parts.unshift(tf.matMul(activation, error, true, false).flatten(), error.sum(0));
      if (layer > 0) {
        const { kernel } = layers[layer] as LayerTensors;
        error = tf.matMul(error, kernel, false, true).mul(tf.step(activation)) as Tensor2D;
      }
    }
    return tf.concat(parts);
  }

  function adam(gradient: Tensor, learningRate: number): void {
    const [decay1, decay2, epsilon] = [0.9, 0.999, 1e-8];
    first.assign(first.mul(decay1).add(gradient.mul(1 - decay1)));
    second.assign(second.mul(decay2).add(gradient.square().mul(1 - decay2)));
    const mean = first.mul(learningRate / (1 - decay1 ** steps));
    const deviation = second.div(1 - decay2 ** steps).sqrt();
    const change = mean.div(deviation.add(epsilon));
    parameters.assign(parameters.sub(free ? change.mul(free) : change));
  }

  const values = (held: Variable) => held.dataSync() as Float32Array;
  return {
    forward: (inputs) => forward(tf, sizes, parameters, inputs),
    imitate(inputs, targets, learningRate) {
      steps++;
      tf.tidy(() => adam(gradientOf(inputs, targets), learningRate));
    },
    read: () => ({ parameters: values(parameters), first: values(first), second: values(second), steps }),
    dispose: () => tf.dispose([parameters, first, second, ...(free ? [free] : [])]),
  };
}

/** One layer on the backend. */
type LayerTensors = { readonly kernel: Tensor2D; readonly bias: Tensor };

/** The layers of a network whose parameters are one flat tensor. */
function layersOf(sizes: readonly number[], parameters: Tensor): LayerTensors[] {
  return layerSlices(sizes).map(({ inputs, units, kernel, bias }) => ({
    kernel: parameters.slice(kernel, inputs * units).reshape([inputs, units]),
    bias: parameters.slice(bias, units),
  }));
}

/** What goes into each layer, inputs first, and last the sums of the last layer. */
function activationsOf(tf: TensorFlow, layers: readonly LayerTensors[], inputs: Tensor2D): Tensor2D[] {
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

/** The last layer's sums [rows x units]. */
function forward(tf: TensorFlow, sizes: readonly number[], parameters: Tensor, features: Matrix): Float32Array {
  const { rows, columns, values } = features;
  const units = sizes.at(-1) as number;
  const outputs = new Float32Array(rows * units);
  const layers = tf.tidy(() => layersOf(sizes, parameters));
  for (let first = 0; first < rows; first += ROWS) {
    const count = Math.min(ROWS, rows - first);
    const result = tf.tidy(() => {
      const inputs = tf.tensor2d(values.subarray(first * columns, (first + count) * columns), [count, columns]);
      return (activationsOf(tf, layers, inputs).at(-1) as Tensor2D).dataSync() as Float32Array;
    });
    outputs.set(result, first * units);
  }
  for (const { kernel, bias } of layers) tf.dispose([kernel, bias]);
  return outputs;
}
