import { Type } from "@sinclair/typebox";
import type { Statistics } from "../demonstrations/features";
import type { Provenance } from "../demonstrations/generate";
import type { States } from "../mec/states";
import { headNamed } from "./heads";
import { policyDecider } from "./inference";
import type { Network } from "./network";
import { loadNetwork, saveNetwork } from "./network-store";
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

/** Makes the model ready to decide. Its decider throws an InputError for states whose features the network was not made for. */
export function decider({ network, statistics, options, trainedOn }: Model): Decider {
  const decide = policyDecider({ network, statistics, head: options.head });
  return (states) => decide(trainedOn.scenario, states);
}

/** Saves a model as a folder; see saveNetwork. */
export function saveModel(folder: string, { network, ...about }: Model): void {
  saveNetwork(folder, network, headNamed(about.options.head).activation, about);
}

/** Loads a saved model. An InputError names the file and what is wrong with it. */
export function loadModel(folder: string): Model {
  const fields = { options: Type.Object({ head: Type.String() }), bestEpoch: Type.Integer({ minimum: 0 }) };
  return loadNetwork<Omit<Model, "network">>(folder, fields, ({ options }, features, subTasks) => ({
    inputs: features,
    units: headNamed(options.head).units(subTasks),
  }));
}
