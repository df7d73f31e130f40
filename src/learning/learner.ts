import type { Matrix } from "../demonstrations/features";

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

/** A network that learns by backpropagation and Adam (Kingma and Ba, 2015). */
export interface Learner {
  /** Sums of the last layer [rows x units], before its activation. */
  forward(inputs: Matrix): Float32Array;
  /** One step down the cross-entropy, a sub-task, of its head's outputs with targets [rows x units]. */
  imitate(inputs: Matrix, targets: Float32Array, learningRate: number): void;
  read(): LearnerState;
  /** Frees what it holds; it cannot be used any more. */
  dispose(): void;
}
