import { Type } from "@sinclair/typebox";
import { encode, type Statistics, standardise } from "../demonstrations/features";
import type { Provenance } from "../demonstrations/generate";
import { InputError } from "../errors";
import { SITES } from "../mec/sites";
import { forwardOf } from "./inference";
import type { Decider } from "./model";
import type { Network } from "./network";
import { loadNetwork, saveNetwork } from "./network-store";
import { decideQ, observationSize, type QOptions, type QReport } from "./q-learning";

/** A trained Q-network with all that is needed to decide with it and to say where it comes from. */
export interface QModel {
  readonly network: Network;
  readonly options: QOptions;
  /** Of the features of the training set. */
  readonly statistics: Statistics;
  /** The states that it learned on; holds scenario, seed and version. */
  readonly trainedOn: Provenance;
  readonly history: readonly QReport[];
}

/** Makes the model ready to decide. Throws an InputError for states whose features the network was not made for. */
export function qDecider(model: QModel): Decider {
  const forward = forwardOf(model.network);
  return (states) => {
    const features = encode(model.trainedOn.scenario, states);
    if (observationSize(features.columns, states.application.subTasks) !== model.network.sizes[0]) {
      throw new InputError(
        `the states have ${features.columns} features, which is not what the model was trained with.`,
      );
    }
    return decideQ(forward, standardise(features, model.statistics), states.application);
  };
}

/** Saves a model as a folder; see saveNetwork. */
export function saveQModel(folder: string, { network, ...about }: QModel): void {
  saveNetwork(folder, network, "linear", about);
}

/** Loads a saved model. An InputError names the file and what is wrong with it. */
export function loadQModel(folder: string): QModel {
  const fields = { options: Type.Object({}) };
  return loadNetwork<Omit<QModel, "network">>(folder, fields, (_, features, subTasks) => ({
    inputs: observationSize(features, subTasks),
    units: 1 + SITES,
  }));
}
