import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { InputError } from "../errors";
import { makeFolder, readFile, readJson, systemError } from "../files";
import { layerSlices, type Network, parameterCount } from "./network";

const WEIGHTS = "weights.bin";
const ABOUT = "dios.json";

/** What turns the last layer's sums into the network's outputs. */
export type OutputActivation = "linear" | "sigmoid" | "softmax";

/**
 * Saves a network as a folder: `model.json` and `weights.bin` are a TensorFlow.js layers model (tf.loadLayersModel reads it), and
 * `dios.json` holds `about` and the checksum of the weights. The folder is written aside and renamed.
 */
export function saveNetwork(folder: string, network: Network, activation: OutputActivation, about: object): void {
  const { buffer, byteOffset, byteLength } = network.parameters;
  const weights = Buffer.from(buffer, byteOffset, byteLength);
  const document = { sizes: network.sizes, weightsSha256: sha256(weights), ...about };
  const aside = `${folder}.${process.pid}.tmp`;
  try {
    makeFolder(aside);
    fs.writeFileSync(path.join(aside, WEIGHTS), weights);
    fs.writeFileSync(path.join(aside, "model.json"), `${JSON.stringify(layersModel(network, activation))}\n`);
    fs.writeFileSync(path.join(aside, ABOUT), `${JSON.stringify(document, null, 2)}\n`);
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

/** Loads a saved network and what was saved about it. An InputError names the file and what is wrong with it. */
export function loadNetwork<About extends object>(
  folder: string,
  fields: readonly (keyof About & string)[],
): About & { network: Network } {
  const file = path.join(folder, ABOUT);
  const document = readJson(file) as About & { sizes: number[]; weightsSha256: string };
  for (const field of ["sizes", "weightsSha256", ...fields]) {
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
  return { ...(about as unknown as About), network: { sizes, parameters } };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The network as the JSON of a TensorFlow.js layers model, whose weights are our parameters byte for byte. */
function layersModel({ sizes }: Network, activation: OutputActivation): object {
  const slices = layerSlices(sizes);
  const layers: object[] = slices.map(({ inputs, units }, i) => ({
    class_name: "Dense",
    config: {
      name: `dense_${i}`,
      units,
      activation: i < slices.length - 1 ? "relu" : activation === "softmax" ? "linear" : activation,
      use_bias: true,
      ...(i === 0 ? { batch_input_shape: [null, inputs] } : {}),
    },
  }));
  if (activation === "softmax") {
    const units = sizes.at(-1) as number;
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
