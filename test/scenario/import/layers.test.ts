import assert from "node:assert/strict";
import test from "node:test";
import * as tf from "@tensorflow/tfjs";
import { readLayers } from "../../../src/scenario/import/layers";
import { inputError } from "../../support";
import { mobileNetV2 } from "./mobilenet";

// Keeps the plain backend from advising another one.
tf.env().set("PROD", true);

/** Reads the JSON of a model, as one in a model.json or by itself. */
async function read(model: tf.LayersModel | object, cyclesPerMultiplyAdd = 1) {
  const json = model instanceof tf.LayersModel ? { modelTopology: model.toJSON(undefined, false) } : model;
  const { application } = await readLayers(JSON.stringify(json), "model.json", cyclesPerMultiplyAdd);
  return { ...application?.measured, dependencies: application?.dependencies };
}

test("a sequential model is a chain, and cheap layers go with the one before", async () => {
  const model = tf.sequential();
  model.add(tf.layers.conv2d({ name: "conv", filters: 4, kernelSize: 3, inputShape: [10, 10, 2], useBias: false }));
  model.add(tf.layers.batchNormalization());
  model.add(tf.layers.reLU());
  model.add(tf.layers.maxPooling2d({ name: "pool", poolSize: 2, strides: 2 }));
  model.add(tf.layers.flatten());
  model.add(tf.layers.dropout({ rate: 0.5 }));
  model.add(tf.layers.dense({ name: "dense", units: 5 }));
  model.add(tf.layers.softmax());
  const expected = {
    names: ["conv", "pool", "dense"],
    dependencies: [
      [0, 1],
      [1, 2],
    ],
    // 8 x 8 x 4 and 4 x 4 x 4 floats.
    dataBytes: [4 * 256, 4 * 64],
    inputBytes: [4 * 200, 0, 0],
    outputBytes: [0, 0, 4 * 5],
    // 64 places x 3 x 3 x 2 x 4 weights, 256 values normalised and 256 cut at zero; 256 values compared; 64 x 5 and 5.
    cycles: [64 * 72 + 512, 256, 325],
    scale: [0.5, 1.5],
  };
  assert.deepEqual(await read(model), expected);
  assert.deepEqual((await read(model, 8)).cycles, [8 * 5120, 2048, 2600]);
});

test("a functional model has its inputs, its outputs and what goes past other layers", async () => {
  const a = tf.input({ shape: [6], name: "a" });
  const b = tf.input({ shape: [3], name: "b" });
  const first = tf.layers.dense({ name: "first", units: 4 }).apply(a) as tf.SymbolicTensor;
  const active = tf.layers.activation({ activation: "relu" }).apply(first) as tf.SymbolicTensor;
  const second = tf.layers.dense({ name: "second", units: 4 }).apply(active) as tf.SymbolicTensor;
  const sum = tf.layers.add({ name: "sum" }).apply([first, second]) as tf.SymbolicTensor;
  const both = tf.layers.concatenate({ name: "both" }).apply([sum, b]) as tf.SymbolicTensor;
  const last = tf.layers.dense({ name: "last", units: 2 }).apply(both) as tf.SymbolicTensor;
  assert.deepEqual(await read(tf.model({ inputs: [a, b], outputs: [last, second] })), {
    names: ["first", "second", "sum", "both", "last"],
    dependencies: [
      [0, 1],
      [0, 2],
      [1, 2],
      [2, 3],
      [3, 4],
    ],
    dataBytes: [16, 16, 16, 16, 28],
    inputBytes: [24, 0, 0, 12, 0],
    outputBytes: [0, 16, 0, 0, 8],
    cycles: [6 * 4 + 4, 16, 8, 7, 14],
    scale: [0.5, 1.5],
  });
});

test("what is cheap and comes first goes with the layer after", async () => {
  const model = tf.sequential();
  model.add(tf.layers.zeroPadding2d({ name: "pad", padding: 1, inputShape: [2, 2, 3] }));
  model.add(tf.layers.flatten());
  model.add(tf.layers.dense({ name: "dense", units: 2 }));
  const { names, inputBytes, cycles } = await read(model);
  // The device sends the 12 values before the padding; the dense layer reads the 48 after it.
  assert.deepEqual({ names, inputBytes, cycles }, { names: ["dense"], inputBytes: [48], cycles: [96] });
});

test("kernels count as often as they are used", async () => {
  const cyclesOf = async (layer: tf.layers.Layer) => (await read(tf.sequential({ layers: [layer] }))).cycles;
  const image = { inputShape: [8, 8, 2], useBias: false };
  const { layers } = tf;
  // Places of the output times weights; 6 x 6 places.
  assert.deepEqual(await cyclesOf(layers.depthwiseConv2d({ ...image, kernelSize: 3 })), [36 * 9 * 2]);
  assert.deepEqual(await cyclesOf(layers.separableConv2d({ ...image, kernelSize: 3, filters: 5 })), [36 * (18 + 10)]);
  // Of the input where the convolution is transposed: 8 x 8.
  assert.deepEqual(await cyclesOf(layers.conv2dTranspose({ ...image, kernelSize: 3, filters: 5 })), [64 * 90]);
  assert.deepEqual(
    await cyclesOf(layers.conv2d({ kernelSize: 3, filters: 5, inputShape: [2, 8, 8], dataFormat: "channelsFirst" })),
    [36 * 90],
  );
  // Steps times gates times units times what they read.
  assert.deepEqual(await cyclesOf(layers.lstm({ units: 3, inputShape: [7, 2] })), [7 * 4 * 3 * (2 + 3)]);
  const gru = layers.gru({ units: 3, inputShape: [7, 2] }) as tf.RNN;
  assert.deepEqual(await cyclesOf(layers.bidirectional({ layer: gru, inputShape: [7, 2] })), [2 * 7 * 3 * 3 * (2 + 3)]);
  assert.deepEqual(await cyclesOf(layers.dense({ units: 3, inputShape: [7, 2] })), [7 * 6]);
  // Tables and slopes are no kernels: a value read, one multiply-add.
  assert.deepEqual(await cyclesOf(layers.embedding({ inputDim: 100, outputDim: 8, inputShape: [7] })), [7]);
  assert.deepEqual(await cyclesOf(layers.prelu({ inputShape: [4, 5] })), [20]);
});

test("a layer that is used twice is two sub-tasks, and a model within a model is its layers", async () => {
  const twin = tf.sequential({ name: "twin" });
  twin.add(tf.layers.dense({ name: "in", units: 3, inputShape: [2] }));
  twin.add(tf.layers.dense({ name: "out", units: 4 }));
  const left = tf.input({ shape: [2] });
  const right = tf.input({ shape: [2] });
  const joined = tf.layers
    .concatenate({ name: "join" })
    .apply([twin.apply(left) as tf.SymbolicTensor, twin.apply(right) as tf.SymbolicTensor]);
  const { names, dependencies, cycles } = await read(
    tf.model({ inputs: [left, right], outputs: joined as tf.SymbolicTensor }),
  );
  assert.deepEqual(names, ["in", "out", "in (2)", "out (2)", "join"]);
  assert.deepEqual(dependencies, [
    [0, 1],
    [1, 4],
    [2, 3],
    [3, 4],
  ]);
  assert.deepEqual(cycles, [6, 12, 6, 12, 8]);
});

test("the convolutions of MobileNetV2 have the 300.8 million multiply-adds that are published", async () => {
  const { names, dependencies, dataBytes, inputBytes, outputBytes, cycles } = await read(JSON.parse(mobileNetV2(tf)));
  // 52 convolutions, 10 residual sums, pooling, classes: a chain and 10 shortcuts.
  assert.equal(names?.length, 64);
  assert.equal(dependencies?.length, 63 + 10);
  assert.deepEqual([inputBytes?.[0], outputBytes?.at(-1)], [4 * 224 * 224 * 3, 4000]);
  // The first: 112 x 112 places, 27 x 32 weights; normalised and cut.
  assert.deepEqual([names?.[0], cycles?.[0], dataBytes?.[0]], ["first", 112 * 112 * (864 + 64), 4 * 112 * 112 * 32]);
  // Without the normalisations, cuts, sums and the pooling, which are one for each of their values.
  let side = 112;
  let channels = 32;
  let published = 112 * 112 * 864;
  for (const [expansion, filters, repetitions, stride] of [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ]) {
    for (let k = 0; k < repetitions; k++) {
      const wide = expansion * channels;
      if (expansion > 1) published += side * side * channels * wide;
      if (k === 0) side /= stride;
      published += side * side * wide * (9 + filters);
      channels = filters;
    }
  }
  published += 49 * 320 * 1280 + 1280 * 1000;
  assert.equal(published, 300_774_272);
  const total = cycles?.reduce((sum, work) => sum + work, 0) ?? 0;
  assert.ok(total > published && total < 1.05 * published, String(total));
  const kernels = cycles?.filter((_, task) => /^project|^classes/.test(names?.[task] ?? ""));
  assert.equal(kernels?.at(-1), 1_280_000);
  // The last projection: 7 x 7 places, 960 x 320 weights, and 320 values normalised at each.
  assert.equal(kernels?.at(-2), 49 * (960 * 320 + 320));
});

/** A Keras 2 model's to_json() of two dense layers side by side. */
const KERAS_2 = {
  class_name: "Functional",
  keras_version: "2.15.0",
  backend: "tensorflow",
  config: {
    name: "model",
    layers: [
      {
        class_name: "InputLayer",
        config: { batch_input_shape: [null, 4], dtype: "float32", sparse: false, ragged: false, name: "in" },
        name: "in",
        inbound_nodes: [],
      },
      ...["left", "right"].map((name) => ({
        class_name: "Dense",
        config: { name, dtype: "float32", units: 3, activation: "linear", ...initializers("GlorotUniform") },
        name,
        inbound_nodes: [[["in", 0, 0, {}]]],
      })),
      {
        class_name: "Concatenate",
        config: { name: "both", dtype: "float32", axis: -1 },
        name: "both",
        inbound_nodes: [
          [
            ["left", 0, 0, {}],
            ["right", 0, 0, {}],
          ],
        ],
      },
    ],
    input_layers: [["in", 0, 0]],
    output_layers: [["both", 0, 0]],
  },
};

function initializers(kind: string) {
  return { kernel_initializer: { class_name: kind, config: { seed: null } }, bias_initializer: "zeros" };
}

/** The same as Keras 3 writes it. */
const KERAS_3 = {
  module: "keras",
  class_name: "Functional",
  registered_name: "Functional",
  build_config: { input_shape: null },
  config: {
    name: "model",
    trainable: true,
    layers: KERAS_2.config.layers.map((layer) => ({
      ...layer,
      module: "keras.layers",
      registered_name: null,
      build_config: { input_shape: [null, 4] },
      config: Object.fromEntries(
        Object.entries(layer.config).map(([key, value]) => {
          if (key === "batch_input_shape") return ["batch_shape", value];
          if (key === "dtype") return [key, { module: "keras", class_name: "DTypePolicy", config: { name: value } }];
          return [key, value];
        }),
      ),
      inbound_nodes: (layer.inbound_nodes as [string, number, number, object][][]).map((node) => {
        const tensors = node.map(([name, index, output]) => ({
          class_name: "__keras_tensor__",
          config: { shape: [null, 3], dtype: "float32", keras_history: [name, index, output] },
        }));
        return { args: tensors.length > 1 ? [tensors] : tensors, kwargs: {} };
      }),
    })),
    input_layers: ["in", 0, 0],
    output_layers: ["both", 0, 0],
  },
};

test("models of Keras 2 and Keras 3 mean the same", async () => {
  const expected = {
    names: ["left", "right", "both"],
    dependencies: [
      [0, 2],
      [1, 2],
    ],
    dataBytes: [12, 12],
    inputBytes: [16, 16, 0],
    outputBytes: [0, 0, 24],
    cycles: [12, 12, 6],
    scale: [0.5, 1.5],
  };
  for (const model of [KERAS_2, { model_config: KERAS_2 }, { modelTopology: { model_config: KERAS_2 } }, KERAS_3]) {
    assert.deepEqual(await read(model), expected);
  }
  // The use of a model as a layer is its node 1 in Keras 2, its node 0 in Keras 3.
  const around = (inner: typeof KERAS_2 | typeof KERAS_3, call: unknown, use: number) => ({
    class_name: "Functional",
    config: {
      name: "outer",
      layers: [
        { ...inner.config.layers[0], name: "picture" },
        { class_name: "Functional", config: inner.config, name: "model", inbound_nodes: [call] },
      ],
      input_layers: [["picture", 0, 0]],
      output_layers: [["model", use, 0]],
    },
  });
  const tensor = { class_name: "__keras_tensor__", config: { keras_history: ["picture", 0, 0] } };
  assert.deepEqual(await read(around(KERAS_2, [["picture", 0, 0, {}]], 1)), expected);
  assert.deepEqual(await read(around(KERAS_3, { args: [tensor], kwargs: {} }, 0)), expected);
});

test("reading a model leaves no tensor behind", async () => {
  const before = tf.memory().numTensors;
  await read(KERAS_2);
  assert.equal(tf.memory().numTensors, before);
});

test("a model's weights are not looked for", async () => {
  const elsewhere = [{ paths: ["http://127.0.0.1:9/weights.bin"], weights: [] }];
  assert.equal((await read({ modelTopology: KERAS_2, weightsManifest: elsewhere })).names?.length, 3);
});

function changed(change: (layers: Record<string, Record<string, unknown>>[], config: Record<string, unknown>) => void) {
  const model = structuredClone(KERAS_2);
  change(model.config.layers as never, model.config);
  return model;
}

const WRONG: [what: string, model: unknown, ...parts: string[]][] = [
  ["that is a list", [], "model.json holds []", "modelTopology"],
  ["of no class", { config: {} }, "class_name and config"],
  ["without layers", changed((_, config) => delete config.layers), "has undefined for its layers", "a list"],
  ["with an unknown layer", changed((layers) => Object.assign(layers[1], { class_name: "Quantum" })), "Quantum"],
  [
    "with a layer called like an object's own",
    changed((layers) => Object.assign(layers[1], { class_name: "__proto__" })),
    "TensorFlow.js cannot make a model of model.json",
  ],
  [
    "that reads from a layer that is not there",
    changed((layers) => Object.assign(layers[1], { inbound_nodes: [[["nobody", 0, 0, {}]]] })),
    'layer "left" reads from "nobody", use 0',
  ],
  [
    "that reads from a use that is not there",
    changed((layers) => Object.assign(layers[1], { inbound_nodes: [[["in", 1, 0, {}]]] })),
    'layer "left" reads from "in", use 1',
  ],
  [
    "with a cycle",
    changed((layers) => Object.assign(layers[1], { inbound_nodes: [[["both", 0, 0, {}]]] })),
    'the cycle "left" -> "both" -> "left"',
  ],
  ["with two layers of one name", changed((layers) => Object.assign(layers[1], { name: "in" })), 'called "in"'],
  ["with a text for a layer", changed((layers) => layers.push("x" as never)), 'the layer "x"'],
  ["with units below zero", changed((layers) => Object.assign(layers[1].config, { units: -3 })), "model.json", "units"],
  ["with more units than memory", changed((layers) => Object.assign(layers[1].config, { units: 1e15 })), "model.json"],
  [
    "of no fixed shape",
    changed((layers) => Object.assign(layers[0].config, { batch_input_shape: [null, null, 4] })),
    'layer "in" gives the shape [null, null, 4]',
    "fixed shape",
  ],
  [
    "without the shape of its input",
    {
      class_name: "Sequential",
      config: { name: "s", layers: [{ ...KERAS_2.config.layers[1], inbound_nodes: undefined }] },
    },
    "TensorFlow.js cannot make a model of model.json",
  ],
  [
    "of too many layers",
    changed((layers) => layers.push(...new Array(2000).fill(layers[1]))),
    "has 2004 layers",
    "2000",
  ],
];

for (const [what, model, ...parts] of WRONG) {
  test(`a model ${what} is refused in a sentence`, async () => {
    await assert.rejects(read(model as object), inputError(...parts));
  });
}

test("more than 200 sub-tasks, text cut short and deep nesting are refused", async () => {
  const long = tf.sequential();
  for (let i = 0; i < 201; i++) long.add(tf.layers.dense({ units: 1, ...(i === 0 ? { inputShape: [1] } : {}) }));
  await assert.rejects(read(long), inputError("model.json has 201 sub-tasks", "1 to 200"));
  const text = JSON.stringify(KERAS_2);
  await assert.rejects(readLayers(text.slice(0, 500), "model.json", 1), inputError("model.json is not valid JSON"));
  const deep = text
    .replace('"trainable"', '"x"')
    .replace('"sparse":false', `"x":${"[".repeat(50_000)}${"]".repeat(50_000)}`);
  await assert.rejects(readLayers(deep, "model.json", 1), inputError("model.json, line 1, is nested too deeply"));
});
