import assert from "node:assert/strict";
import test from "node:test";
import { encode, type Matrix, standardise, statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { HEADS } from "../../src/learning/heads";
import { type Forward, plainForward, policyDecider, webassemblyForward } from "../../src/learning/inference";
import { decider, type Model } from "../../src/learning/model";
import { initialNetwork, type Network } from "../../src/learning/network";
import { TRAIN_DEFAULTS } from "../../src/learning/train";
import { loadScenario } from "../../src/scenario/load";
import { inputError } from "../support";
import { tensorflowSums } from "./tensorflow-sums";

const scenario = loadScenario("paper");
const { states, features, provenance } = generate({ scenario, seed: 9, split: "train", count: 500 });
const statistics = statisticsOf(features);
const columns = features.columns;

function matrix(...rows: number[][]): Matrix {
  return { rows: rows.length, columns: rows[0].length, values: Float32Array.from(rows.flat()) };
}

const WAYS: [way: string, make: (network: Network) => Forward][] = [
  ["WebAssembly", webassemblyForward],
  ["plain loops", plainForward],
];

for (const [way, make] of WAYS) {
  test(`a network small enough for hand arithmetic, in ${way}`, () => {
    // Hidden: [2x + y - 1, -x], rectified; output: 3 h0 - h1 + 0.5.
    const forward = make({ sizes: [2, 2, 1], parameters: Float32Array.of(2, -1, 1, 0, -1, 0, 3, -1, 0.5) });
    // (1, 2): h = [3, 0]. (-1, 1): h = [0, 1]. (0, 0): h = [0, 0].
    assert.deepEqual([...forward(matrix([1, 2], [-1, 1], [0, 0]))], [9.5, -0.5, 0.5]);
    assert.deepEqual([...forward(matrix([1, 2]))], [9.5]);
  });

  for (const hidden of [[64, 48], [40], [32, 16, 8], [256, 256], []]) {
    test(`what TensorFlow computes, up to rounding, in ${way}: hidden layers ${hidden.join("-") || "none"}`, async () => {
      const network = initialNetwork([columns, ...hidden, 18], `inference/${hidden}`);
      const inputs = standardise(features, statistics);
      const theirs = await tensorflowSums(network, inputs);
      const ours = make(network)(inputs);
      assert.equal(ours.length, theirs.length);
      const worst = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - (theirs[i] as number))), 0);
      assert.ok(worst < 1e-5, `off by ${worst}`);
    });
  }
}

test("a row gets the same bits alone and among others", () => {
  const network = initialNetwork([columns, 70, 33, 18], "bits");
  const forward = webassemblyForward(network);
  const inputs = standardise(features, statistics);
  const together = forward(inputs);
  for (let row = 0; row < 70; row++) {
    const values = inputs.values.subarray(row * columns, (row + 1) * columns);
    assert.deepEqual(forward({ rows: 1, columns, values }), together.slice(18 * row, 18 * (row + 1)));
  }
});

test("a policy decides as the model it comes from", async () => {
  const network = initialNetwork([columns, 64, 18], "policy");
  const options = { ...TRAIN_DEFAULTS, head: "sigmoid" as const };
  const model: Model = { network, options, statistics, trainedOn: provenance, history: [], bestEpoch: 1 };
  const theirs = decider(model)(states);
  const ours = policyDecider({ network, statistics, head: "sigmoid" })(scenario, states);
  assert.ok(new Set(theirs).size === 3, "all sites occur");
  assert.deepEqual(ours, theirs);
});

test("the rates that a policy sees follow from the scenario of the states", () => {
  const network = initialNetwork([columns, 64, 18], "policy");
  const decide = policyDecider({ network, statistics, head: "sigmoid" });
  const louder = loadScenario("paper", { radio: { meanSnrDb: 25 } });
  const features = standardise(encode(louder, states), statistics);
  assert.deepEqual(decide(louder, states), HEADS.sigmoid.decide(plainForward(network)(features)));
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
