import assert from "node:assert/strict";
import test from "node:test";
import { encode, type Matrix, standardise, statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { HEADS, type HeadName } from "../../src/learning/heads";
import { inferenceOf, policyDecider } from "../../src/learning/inference";
import { decider, type Model } from "../../src/learning/model";
import { initialNetwork, predict } from "../../src/learning/network";
import { loadTensorflow } from "../../src/learning/tensorflow";
import { TRAIN_DEFAULTS } from "../../src/learning/train";
import { loadScenario } from "../../src/scenario/load";
import { inputError } from "../support";

const scenario = loadScenario("paper");
const { states, features, provenance } = generate({ scenario, seed: 9, split: "train", count: 500 });
const statistics = statisticsOf(features);
const columns = features.columns;

function matrix(...rows: number[][]): Matrix {
  return { rows: rows.length, columns: rows[0].length, values: Float32Array.from(rows.flat()) };
}

test("a network small enough for hand arithmetic", () => {
  // Hidden: [2x + y - 1, -x], rectified; output: 3 h0 - h1 + 0.5.
  const network = { sizes: [2, 2, 1], parameters: Float32Array.of(2, -1, 1, 0, -1, 0, 3, -1, 0.5) };
  const infer = inferenceOf(network, HEADS.sigmoid);
  const sigmoid = (sum: number) => 1 / (1 + Math.exp(-sum));
  // (1, 2): h = [3, 0], sum 9.5. (-1, 1): h = [0, 1], sum -0.5. (0, 0): h = [0, 0], sum 0.5.
  const expected = [9.5, -0.5, 0.5].map(sigmoid);
  for (const [i, output] of infer(matrix([1, 2], [-1, 1], [0, 0])).entries()) {
    assert.ok(Math.abs(output - expected[i]) < 1e-7, `row ${i}: ${output}`);
  }
});

test("softmax is over the three sites of a sub-task, and large sums do not overflow", () => {
  const network = {
    sizes: [1, 6],
    parameters: Float32Array.of(0, 0, 0, 0, 0, 0, 0, Math.log(2), Math.log(5), 900, 900, 0),
  };
  const outputs = inferenceOf(network, HEADS.softmax)(matrix([1]));
  const expected = [1 / 8, 2 / 8, 5 / 8, 0.5, 0.5, 0];
  for (const [i, output] of outputs.entries()) assert.ok(Math.abs(output - expected[i]) < 1e-7, `${i}: ${output}`);
});

const SHAPES: [head: HeadName, hidden: number[]][] = [
  ["sigmoid", [64, 48]],
  ["softmax", [40]],
  ["literal", [32, 16, 8]],
  ["sigmoid", []],
];

for (const [head, hidden] of SHAPES) {
  test(`what TensorFlow computes, up to rounding: ${head} head, hidden layers ${hidden.join("-") || "none"}`, async () => {
    const tf = await loadTensorflow();
    const network = initialNetwork([columns, ...hidden, HEADS[head].units(6)], `inference/${head}`);
    const inputs = standardise(features, statistics);
    const theirs = predict(tf, network, HEADS[head], inputs);
    const ours = inferenceOf(network, HEADS[head])(inputs);
    assert.equal(ours.length, theirs.length);
    const worst = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i])), 0);
    assert.ok(worst < 2e-6, `off by ${worst}`);
  });
}

test("a policy decides as the model it comes from", async () => {
  const network = initialNetwork([columns, 64, 18], "policy");
  const options = { ...TRAIN_DEFAULTS, head: "sigmoid" as const };
  const model: Model = { network, options, statistics, trainedOn: provenance, history: [], bestEpoch: 1 };
  const theirs = (await decider(model))(states);
  const ours = policyDecider({ network, statistics, head: "sigmoid" })(scenario, states);
  assert.ok(new Set(theirs).size === 3, "all sites occur");
  // Two outputs may be equal up to rounding; that they are for one of 3,000 sub-tasks would be rare.
  assert.ok(ours.filter((site, i) => site !== theirs[i]).length <= 1);
});

test("the rates that a policy sees follow from the scenario of the states", () => {
  const network = initialNetwork([columns, 64, 18], "policy");
  const decide = policyDecider({ network, statistics, head: "sigmoid" });
  const louder = loadScenario("paper", { radio: { meanSnrDb: 25 } });
  const features = standardise(encode(louder, states), statistics);
  const outputs = inferenceOf(network, HEADS.sigmoid)(features);
  assert.deepEqual(decide(louder, states), HEADS.sigmoid.decide(outputs));
  assert.notDeepEqual(decide(louder, states), decide(scenario, states));
});

test("states of another application and an unknown head are refused", () => {
  const network = initialNetwork([columns, 8, 18], "policy");
  const chain = loadScenario("paper", { application: { topology: "chain", subTasks: 4 } });
  const other = generate({ scenario: chain, seed: 1, split: "test", count: 2 });
  const decide = policyDecider({ network, statistics, head: "sigmoid" });
  assert.throws(() => decide(chain, other.states), inputError("the states have 22 features; allowed: 34"));
  assert.throws(
    () => policyDecider({ network, statistics, head: "tanh" }),
    inputError('head is "tanh"; allowed: literal'),
  );
});
