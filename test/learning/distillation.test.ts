import assert from "node:assert/strict";
import test from "node:test";
import { standardise, statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { distil, softTargets } from "../../src/learning/distillation";
import { headNamed } from "../../src/learning/heads";
import { plainForward } from "../../src/learning/inference";
import { parameterCount } from "../../src/learning/network";
import { TRAIN_DEFAULTS, train } from "../../src/learning/train";
import { loadScenario } from "../../src/scenario/load";
import { inputError } from "../support";

const scenario = loadScenario("paper");
const learnedFrom = generate({ scenario, seed: 9, split: "train", count: 8000 });
const unseen = generate({ scenario, seed: 9, split: "validation", count: 2000 });
const statistics = statisticsOf(learnedFrom.features);
const set = ({ features, decisions }: typeof unseen) => ({ features: standardise(features, statistics), decisions });
const [training, validation] = [set(learnedFrom), set(unseen)];
const options = { ...TRAIN_DEFAULTS, hidden: [256, 256], batch: 128, epochs: 10 };
const teacher = train(training, validation, options);

test("soft targets are the outputs of sums over the temperature", () => {
  // For x = 1 the sums are ln 4, 0, -ln 4; at temperature 2 their halves are the logarithms of 2, 1 and 1/2.
  const network = { sizes: [1, 3], parameters: Float32Array.of(Math.log(4), 0, -Math.log(4), 0, 0, 0) };
  const one = { features: { rows: 1, columns: 1, values: Float32Array.of(1) } };
  const near = (values: Float32Array, wanted: number[]) => {
    assert.equal(values.length, wanted.length);
    for (const [i, value] of wanted.entries()) assert.ok(Math.abs((values[i] as number) - value) < 1e-6);
  };
  near(softTargets(network, "sigmoid", one, 2), [2 / 3, 1 / 2, 1 / 3]);
  near(softTargets(network, "softmax", one, 2), [4 / 7, 2 / 7, 1 / 7]);
  near(softTargets(network, "softmax", one, 1), [16 / 21, 4 / 21, 1 / 21]);
  for (const temperature of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => softTargets(network, "sigmoid", one, temperature), inputError(`temperature is ${temperature}`));
  }
});

test("a student learns what its teacher decides, not the labels, and is as sure as it is", async () => {
  const { network } = await teacher;
  const wrong = { ...training, decisions: new Uint8Array(training.decisions.length) };
  const student = await distil(network, wrong, validation, { ...options, hidden: [64, 64] }, 4);
  assert.deepEqual(student.network.sizes, [34, 64, 64, 18]);
  const theirs = plainForward(network)(validation.features);
  const own = plainForward(student.network)(validation.features);
  const head = headNamed(options.head);
  const [taught, decided] = [head.decide(theirs), head.decide(own)];
  const agreement = taught.filter((site, i) => site === decided[i]).length / taught.length;
  assert.ok(agreement > 0.88, `agrees on ${agreement}`);
  // Least squares of the student's sums by the teacher's: without the temperature put back the slope would be near 1/4.
  const [across, squares] = [0, 1].map((power) =>
    theirs.reduce((sum, value, i) => sum + value * (power ? value : (own[i] as number)), 0),
  ) as [number, number];
  assert.ok(across / squares > 0.7 && across / squares < 1.2, `slope ${across / squares}`);
});

test("a student of a tenth of the size is within two points of its teacher", async () => {
  const { network, history, bestEpoch } = await teacher;
  const student = await distil(network, training, validation, { ...options, hidden: [64, 64], epochs: 24 }, 2);
  const before = history[bestEpoch - 1]?.validationAccuracy as number;
  const after = student.history[student.bestEpoch - 1]?.validationAccuracy as number;
  assert.ok(parameterCount(student.network.sizes) < 0.1 * parameterCount(network.sizes));
  assert.ok(before > 0.9, `trained to ${before}`);
  assert.ok(after > before - 0.02, `${before} became ${after}`);
});
