import { InputError } from "../errors";
import { type HeadName, headNamed } from "./heads";
import { forwardOf } from "./inference";
import { layerSlices, type Network } from "./network";
import { type Trained, type TrainHooks, type TrainingSet, type TrainOptions, train } from "./train";

/**
 * Outputs of a teacher whose last sums are divided by a temperature, [rows x units]. They say more than a label does, how near the teacher was to
 * another decision, and the higher the temperature the more weight that has.
 */
export function softTargets(
  teacher: Network,
  headName: HeadName,
  { features }: Pick<TrainingSet, "features">,
  temperature: number,
): Float32Array {
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY)) {
    throw new InputError(`temperature is ${temperature}; allowed: a number above 0.`);
  }
  const sums = forwardOf(teacher)(features);
  return headNamed(headName).outputs(sums.map((sum) => sum / temperature));
}

/**
 * Trains a network to have the outputs of a larger one, in place of labels (Hinton et al., "Distilling the knowledge in a neural network", 2015; with
 * offloading decisions: "Knowledge distillation for mobile edge computation offloading", arXiv 2004.04366). Both are softened by the same
 * temperature: the student is trained with sums that are already divided by it, and its last layer is multiplied with it in the end. Losses in its
 * history are of softened outputs, against labels on the validation set. Student and teacher have the same head; the student's shape and training are
 * those of `options`.
 */
export async function distil(
  teacher: Network,
  training: TrainingSet,
  validation: TrainingSet,
  options: TrainOptions,
  temperature: number,
  hooks: TrainHooks = {},
): Promise<Trained> {
  const targets = softTargets(teacher, options.head, training, temperature);
  const trained = await train({ ...training, targets }, validation, options, hooks);
  const { sizes, parameters } = trained.network;
  const last = layerSlices(sizes).at(-1)?.kernel as number;
  return {
    ...trained,
    network: { sizes, parameters: parameters.map((value, i) => (i < last ? value : value * temperature)) },
  };
}
