import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { encode, standardise, statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { headNamed } from "../../src/learning/heads";
import { forwardOf } from "../../src/learning/inference";
import { decider, loadModel, type Model, saveModel } from "../../src/learning/model";
import { loadTensorflow } from "../../src/learning/tensorflow";
import { TRAIN_DEFAULTS, train } from "../../src/learning/train";
import { loadScenario } from "../../src/scenario/load";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-model-"));
test.after(() => fs.rmSync(folder, { recursive: true }));

const scenario = loadScenario("paper");
const demonstrations = generate({ scenario, seed: 5, split: "train", count: 400 });

async function trained(head: "literal" | "sigmoid" | "softmax"): Promise<Model> {
  const statistics = statisticsOf(demonstrations.features);
  const set = { features: standardise(demonstrations.features, statistics), decisions: demonstrations.decisions };
  const options = { ...TRAIN_DEFAULTS, head, hidden: [12, 8], epochs: 2, batch: 50 };
  const { network, history, bestEpoch } = await train(set, set, options);
  return { network, options, statistics, trainedOn: demonstrations.provenance, history, bestEpoch };
}

for (const head of ["literal", "sigmoid", "softmax"] as const) {
  test(`a saved model with the ${head} head loads as it was, decides the same, and TensorFlow.js reads it too`, async () => {
    const model = await trained(head);
    const saved = path.join(folder, head);
    saveModel(saved, model);
    const loaded = loadModel(saved);
    assert.deepEqual(loaded, model);
    assert.deepEqual(decider(loaded)(demonstrations.states), decider(model)(demonstrations.states));

    const tf = await loadTensorflow();
    const json = JSON.parse(fs.readFileSync(path.join(saved, "model.json"), "utf8"));
    const layers = await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        weightSpecs: json.weightsManifest[0].weights,
        weightData: Uint8Array.from(fs.readFileSync(path.join(saved, "weights.bin"))).buffer,
      }),
    );
    const features = standardise(encode(scenario, demonstrations.states), model.statistics);
    const theirs = layers.predict(tf.tensor2d(features.values, [features.rows, features.columns]));
    const values = (Array.isArray(theirs) ? theirs[0] : theirs)?.dataSync() as Float32Array;
    const ours = headNamed(head).outputs(forwardOf(model.network)(features));
    assert.equal(values.length, ours.length);
    assert.ok(values.every((value, i) => Math.abs(value - (ours[i] as number)) < 1e-5));
  });
}

test("a model whose weights are cut short or changed is refused by name, and so is one without a field", async () => {
  const saved = path.join(folder, "broken");
  saveModel(saved, await trained("sigmoid"));
  const file = path.join(saved, "weights.bin");
  const whole = fs.readFileSync(file);
  fs.writeFileSync(file, whole.subarray(0, 100));
  assert.throws(() => loadModel(saved), {
    name: "InputError",
    message: /weights\.bin has 100 bytes, not \d+: it is cut short/,
  });
  const flipped = Buffer.from(whole);
  flipped[7] = (flipped[7] as number) ^ 1;
  fs.writeFileSync(file, flipped);
  assert.throws(() => loadModel(saved), { name: "InputError", message: /weights\.bin has changed since it was saved/ });
  fs.rmSync(file);
  assert.throws(() => loadModel(saved), {
    name: "InputError",
    message: /cannot read .*weights\.bin: there is no such file\.$/,
  });

  const about = path.join(saved, "dios.json");
  const text = fs.readFileSync(about, "utf8");
  fs.writeFileSync(about, text.slice(0, 50));
  assert.throws(() => loadModel(saved), { name: "InputError", message: /dios\.json is not valid JSON/ });
  // Without its checksum too, or that would be what is wrong.
  const { statistics: _, sha256: __, ...rest } = JSON.parse(text);
  fs.writeFileSync(about, JSON.stringify(rest));
  assert.throws(() => loadModel(saved), {
    name: "InputError",
    message: /dios\.json: statistics is missing; allowed: an object with mean, deviation\./,
  });
});

test("a model that cannot be written leaves the old one whole", async () => {
  const model = await trained("sigmoid");
  const saved = path.join(folder, "kept");
  saveModel(saved, model);
  const before = loadModel(saved);
  // A file where the folder for writing aside would be made.
  const blocked = path.join(folder, "file");
  fs.writeFileSync(blocked, "");
  assert.throws(() => saveModel(path.join(blocked, "model"), model), {
    name: "InputError",
    message: /^cannot write the folder .*: a part of the path is a file, not a folder\.$/,
  });
  assert.deepEqual(loadModel(saved), before);
  assert.deepEqual(fs.readdirSync(saved).sort(), ["dios.json", "model.json", "weights.bin"]);
  assert.equal(fs.readdirSync(folder).filter((name) => /\.(tmp|old)$/.test(name)).length, 0);
});

test("states of another application are refused", async () => {
  const decide = decider(await trained("sigmoid"));
  const other = generate({
    scenario: loadScenario("paper", { application: { topology: "chain", subTasks: 4 } }),
    seed: 1,
    split: "test",
    count: 2,
  });
  assert.throws(() => decide(other.states), {
    name: "InputError",
    message: /^the states have \d+ features; allowed: 34,/,
  });
});
