import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { encode, type Statistics, standardise } from "../demonstrations/features";
import type { Provenance } from "../demonstrations/generate";
import { InputError } from "../errors";
import { readFile, readJson, systemError } from "../files";
import type { States } from "../mec/states";
import { type Head, headNamed } from "./heads";
import { layerSlices, type Network, parameterCount, predict } from "./network";
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

const WEIGHTS = "weights.bin";

/**
 * Saves a model as a folder: `model.json` and `weights.bin` are a TensorFlow.js layers model (tf.loadLayersModel reads it), and
 * `dios.json` holds options, statistics, training set, history and the checksum of the weights. The folder is written aside and
 * renamed.
 */
export function saveModel(folder: string, model: Model): void {
  const { network, ...about } = model;
  const weights = Buffer.from(network.parameters.buffer, network.parameters.byteOffset, network.parameters.byteLength);
  const aside = `${folder}.${process.pid}.tmp`;
  try {
    fs.mkdirSync(aside, { recursive: true });
    fs.writeFileSync(path.join(aside, WEIGHTS), weights);
    fs.writeFileSync(path.join(aside, "model.json"), `${JSON.stringify(layersModel(model))}\n`);
    const document = { sizes: network.sizes, weightsSha256: sha256(weights), ...about };
    fs.writeFileSync(path.join(aside, "dios.json"), `${JSON.stringify(document, null, 2)}\n`);
    const old = `${folder}.${process.pid}.old`;
    const replaces = fs.existsSync(folder);
    if (replaces) fs.renameSync(folder, old);
    fs.renameSync(aside, folder);
    if (replaces) fs.rmSync(old, { recursive: true, force: true });
  } catch (error) {
    if (fs.existsSync(aside)) fs.rmSync(aside, { recursive: true });
    throw systemError(error, `cannot write the model ${folder}`);
  }
}

/** Loads a saved model. An InputError names the file and what is wrong with it. */
export function loadModel(folder: string): Model {
  const file = path.join(folder, "dios.json");
  const document = readJson(file) as Omit<Model, "network"> & { sizes: number[]; weightsSha256: string };
  const needed = ["sizes", "weightsSha256", "options", "statistics", "trainedOn", "history", "bestEpoch"];
  for (const field of needed) {
    if (typeof document !== "object" || document === null || !Object.hasOwn(document, field)) {
      throw new InputError(`${file} has no field ${field}; allowed: a model that "dios train" wrote.`);
    }
  }
  const { sizes, weightsSha256, ...about } = document;
  const weights = readFile(path.join(folder, WEIGHTS));
  const expected = 4 * parameterCount(sizes);
  if (weights.length !== expected) {
    throw new InputError(
      `${path.join(folder, WEIGHTS)} has ${weights.length} bytes, not ${expected}: it is cut short or of another model; train again.`,
    );
  }
  if (sha256(weights) !== weightsSha256) {
    throw new InputError(`${path.join(folder, WEIGHTS)} has changed since it was saved; train again.`);
  }
  const parameters = new Float32Array(Uint8Array.from(weights).buffer);
  return { network: { sizes, parameters }, ...about };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The network as the JSON of a TensorFlow.js layers model, whose weights are our parameters byte for byte. */
function layersModel({ network, options }: Model): object {
  const head = headNamed(options.head);
  const slices = layerSlices(network.sizes);
  const layers: object[] = slices.map(({ inputs, units }, i) => ({
    class_name: "Dense",
    config: {
      name: `dense_${i}`,
      units,
      activation: i < slices.length - 1 ? "relu" : head.activation === "sigmoid" ? "sigmoid" : "linear",
      use_bias: true,
      ...(i === 0 ? { batch_input_shape: [null, inputs] } : {}),
    },
  }));
  if (head.activation === "softmax") {
    const units = network.sizes.at(-1) as number;
    layers.push(
      { class_name: "Reshape", config: { name: "sites", target_shape: [units / 3, 3] } },
      { class_name: "Activation", config: { name: "softmax", activation: "softmax" } },
      { class_name: "Flatten", config: { name: "outputs" } },
    );
  }
  const weights = slices.flatMap(({ inputs, units }, i) => [
    { name: `dense_${i}/kernel`, shape: [inputs, units], dtype: "float32" },
    { name: `dense_${i}/bias`, shape: [units], dtype: "float32" },
  ]);
  return {
    format: "layers-model",
    generatedBy: "dios-lab",
    modelTopology: {
      class_name: "Sequential",
      config: { name: "dios", layers },
      keras_version: "tfjs",
      backend: "tensor_flow.js",
    },
    weightsManifest: [{ paths: [WEIGHTS], weights }],
  };
}
