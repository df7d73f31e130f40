import { encode, type Statistics, standardise } from "../demonstrations/features";
import type { Provenance } from "../demonstrations/generate";
import { InputError } from "../errors";
import type { States } from "../mec/states";
import { type Head, headNamed } from "./heads";
import { type Network, predict } from "./network";
import { loadNetwork, saveNetwork } from "./network-store";
import { loadTensorflow } from "./tensorflow";
import type { Epoch, TrainOptions } from "./train";

/** A trained network with all that is needed to decide with it and to say where it comes from. */
export interface Model {
  readonly network: Network;
  readonly options: TrainOptions;
  /** Of the features of the training set. */
  readonly statistics: Statistics;
  /** The training set; holds scenario, seed and version. */
  readonly trainedOn: Provenance;
  readonly history: readonly Epoch[];
  readonly bestEpoch: number;
}

/** Decides for a batch of states, [count x T]; to be had from `decider`. */
export type Decider = (states: States) => Uint8Array;

/** Makes the model ready to decide. Throws an InputError for states whose features the network was not made for. */
export async function decider(model: Model): Promise<Decider> {
  const tf = await loadTensorflow();
  const head: Head = headNamed(model.options.head);
  return (states) => {
    const features = encode(model.trainedOn.scenario, states);
    if (features.columns !== model.network.sizes[0]) {
      throw new InputError(
        `the states have ${features.columns} features; allowed: ${model.network.sizes[0]}, as the model was trained with.`,
      );
    }
    return head.decide(predict(tf, model.network, head, standardise(features, model.statistics)));
  };
}

/** Saves a model as a folder; see saveNetwork. */
export function saveModel(folder: string, { network, ...about }: Model): void {
  saveNetwork(folder, network, headNamed(about.options.head).activation, about);
}

/** Loads a saved model. An InputError names the file and what is wrong with it. */
export function loadModel(folder: string): Model {
  return loadNetwork<Omit<Model, "network">>(folder, ["options", "statistics", "trainedOn", "history", "bestEpoch"]);
}
