import path from "node:path";
import { type TProperties, Type } from "@sinclair/typebox";
import { featureNames, type Statistics } from "../demonstrations/features";
import type { Provenance } from "../demonstrations/generate";
import { InputError, show, within } from "../errors";
import { readFile, readSealed, sealed, sha256, writeFolder } from "../files";
import { applicationOf } from "../mec/application";
import { checked } from "../scenario/explain";
import { loadScenario } from "../scenario/load";
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
  writeFolder(folder, {
    [WEIGHTS]: weights,
    "model.json": `${JSON.stringify(layersModel(network, activation))}\n`,
    [ABOUT]: sealed(document),
  });
}

/** Units of each layer of a network, input first. */
export const sizesSchema = Type.Array(Type.Integer({ minimum: 1, maximum: 1_000_000 }), { minItems: 2, maxItems: 100 });

const wholeNumber = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** What every saved model says. */
const COMMON = {
  sizes: sizesSchema,
  // Models of before have none.
  weightsSha256: Type.Optional(Type.String({ maxLength: 64 })),
  statistics: Type.Object({
    mean: Type.Array(Type.Number({ minimum: -Number.MAX_VALUE, maximum: Number.MAX_VALUE })),
    deviation: Type.Array(Type.Number({ minimum: Number.MIN_VALUE, maximum: Number.MAX_VALUE })),
  }),
  trainedOn: Type.Object({
    scenario: Type.Object({}),
    scenarioHash: Type.String({ maxLength: 12 }),
    seed: wholeNumber,
    split: Type.String({ maxLength: 20 }),
    first: wholeNumber,
    count: wholeNumber,
    version: Type.String({ maxLength: 100 }),
  }),
  history: Type.Array(Type.Object({})),
};

/** What a network of so many features is for. */
interface Shape {
  readonly inputs: number;
  readonly units: number;
}

/**
 * Loads a saved network and what was saved about it, which besides the common fields has those given, and whose scenario and options give
 * the shape of the network. An InputError names the file and what is wrong with it.
 */
export function loadNetwork<About extends { readonly statistics: Statistics; readonly trainedOn: Provenance }>(
  folder: string,
  fields: TProperties,
  shapeOf: (about: About, features: number, subTasks: number) => Shape,
): About & { network: Network } {
  const file = path.join(folder, ABOUT);
  const { sizes, weightsSha256, ...given } = checked(Type.Object({ ...COMMON, ...fields }), readSealed(file), file);
  const scenario = within(`${file}, trainedOn`, () => loadScenario(given.trainedOn.scenario));
  const about = { ...given, trainedOn: { ...given.trainedOn, scenario } } as unknown as About;
  const application = applicationOf(scenario);
  const features = featureNames({ application }).length;
  for (const [name, values] of Object.entries(about.statistics)) {
    if (values.length !== features) {
      throw new InputError(
        `${file}: statistics.${name} has ${values.length} numbers; allowed: ${features}, one a feature.`,
      );
    }
  }
  const { inputs, units } = within(file, () => shapeOf(about, features, application.subTasks));
  if (sizes[0] !== inputs || sizes.at(-1) !== units) {
    throw new InputError(
      `${file}: sizes is ${show(sizes)}; allowed: ${inputs} inputs at first and ${units} outputs at last.`,
    );
  }
  const weightsFile = path.join(folder, WEIGHTS);
  const expected = 4 * parameterCount(sizes);
  const weights = readFile(weightsFile, expected);
  if (weights.length !== expected) {
    throw new InputError(
      `${weightsFile} has ${weights.length} bytes, not ${expected}: it is cut short or of another model; train again.`,
    );
  }
  if (weightsSha256 !== undefined && sha256(weights) !== weightsSha256) {
    throw new InputError(`${weightsFile} has changed since it was saved; train again.`);
  }
  const parameters = new Float32Array(Uint8Array.from(weights).buffer);
  if (!parameters.every(Number.isFinite)) {
    throw new InputError(`${weightsFile} holds a weight that is not a number; train again.`);
  }
  return { ...about, network: { sizes, parameters } };
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
