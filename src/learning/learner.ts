import type { Tensor, Tensor2D, Variable } from "@tensorflow/tfjs";
import { activationsOf, type LayerTensors, layersOf } from "./network";
import type { TensorFlow } from "./tensorflow";

/** Parameters of a network and the moments of Adam, each as one flat array laid out as Network.parameters. */
export interface LearnerState {
  readonly parameters: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** Steps taken. */
  readonly steps: number;
}

/** The state before the first step. */
export function startOf(parameters: Float32Array): LearnerState {
  const zeros = () => new Float32Array(parameters.length);
  return { parameters, first: zeros(), second: zeros(), steps: 0 };
}

/** A network on the backend that learns by backpropagation and Adam (Kingma and Ba, 2015). To be disposed of. */
export class Learner {
  private readonly parameters: Variable;
  private readonly first: Variable;
  private readonly second: Variable;
  private steps: number;

  constructor(
    private readonly tf: TensorFlow,
    private readonly sizes: readonly number[],
    { parameters, first, second, steps }: LearnerState,
  ) {
    const variable = (values: Float32Array) => tf.tidy(() => tf.variable(tf.tensor1d(values)));
    this.parameters = variable(parameters);
    this.first = variable(first);
    this.second = variable(second);
    this.steps = steps;
  }

  read(): LearnerState {
    return {
      parameters: this.parameters.dataSync() as Float32Array,
      first: this.first.dataSync() as Float32Array,
      second: this.second.dataSync() as Float32Array,
      steps: this.steps,
    };
  }

  dispose(): void {
    this.tf.dispose([this.parameters, this.first, this.second]);
  }

  /** The layers with the parameters of now, as tensors that the caller's tidy disposes of. */
  layers(): LayerTensors[] {
    return layersOf(this.sizes, this.parameters);
  }

  /** One step: `errorOf` gives the derivative of the loss by the last layer's sums [rows x units]. */
  step(inputs: Tensor2D, learningRate: number, errorOf: (sums: Tensor2D) => Tensor2D): void {
    this.steps++;
    this.tf.tidy(() => this.adam(this.gradient(inputs, errorOf), learningRate));
  }

  private gradient(inputs: Tensor2D, errorOf: (sums: Tensor2D) => Tensor2D): Tensor {
    const { tf } = this;
    const layers = this.layers();
    const activations = activationsOf(tf, layers, inputs);
    let error = errorOf(activations.pop() as Tensor2D);
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

  private adam(gradient: Tensor, learningRate: number): void {
    const [decay1, decay2, epsilon] = [0.9, 0.999, 1e-8];
    const { first, second, parameters, steps } = this;
    first.assign(first.mul(decay1).add(gradient.mul(1 - decay1)));
    second.assign(second.mul(decay2).add(gradient.square().mul(1 - decay2)));
    const mean = first.mul(learningRate / (1 - decay1 ** steps));
    const deviation = second.div(1 - decay2 ** steps).sqrt();
    parameters.assign(parameters.sub(mean.div(deviation.add(epsilon))));
  }
}
