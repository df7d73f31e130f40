import type { Matrix } from "../../src/demonstrations/features";
import { HEADS } from "../../src/learning/heads";
import { startOf } from "../../src/learning/learner";
import type { Network } from "../../src/learning/network";
import { loadTensorflow } from "../../src/learning/tensorflow";
import { tensorflowLearner } from "../../src/learning/tensorflow-learner";

/** Sums of the last layer of a network, by TensorFlow. */
export async function tensorflowSums({ sizes, parameters }: Network, features: Matrix): Promise<Float32Array> {
  const learner = tensorflowLearner(await loadTensorflow(), sizes, HEADS.sigmoid, startOf(parameters));
  try {
    return learner.forward(features);
  } finally {
    learner.dispose();
  }
}
