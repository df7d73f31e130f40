import assert from "node:assert/strict";
import test from "node:test";
import { statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { type Confidence, ensembleJudge, judged } from "../../src/learning/ensemble";
import { policyDecider } from "../../src/learning/inference";
import { initialNetwork } from "../../src/learning/network";
import { buildApplication } from "../../src/mec/application";
import { loadScenario } from "../../src/scenario/load";
import { bareStates, inputError } from "../support";

const near = (actual: ArrayLike<number>, expected: readonly number[]) => {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of expected.entries())
    assert.ok(Math.abs((actual[i] as number) - value) < 1e-6, `${actual[i]}, ${value}`);
};

test("the mean of the outputs decides; margin and agreement are those of the least sure sub-task, by hand", () => {
  const states = bareStates(buildApplication(2, [[0, 1]]), 2);
  const outputs = [
    // State 0: sub-tasks 0 and 1; state 1.
    Float32Array.of(0.9, 0.1, 0, 0.5, 0.2, 0.3, 0, 0, 1, 0, 1, 0),
    Float32Array.of(0.5, 0.4, 0.1, 0.1, 0.8, 0.1, 0, 0, 1, 0, 1, 0),
  ];
  // Means of state 0: (0.7, 0.25, 0.05) and (0.3, 0.5, 0.2).
  const margin = judged(outputs, states, "margin");
  assert.deepEqual([...margin.decisions], [0, 1, 2, 1]);
  near(margin.confidence, [0.2, 1]);
  // Deviations of two are half their difference: 0.2 + 0.15 + 0.05 and 0.2 + 0.3 + 0.1.
  const agreement = judged(outputs, states, "agreement");
  assert.deepEqual(agreement.decisions, margin.decisions);
  near(agreement.confidence, [-0.6, 0]);
  near(judged([outputs[1] as Float32Array], states, "margin").confidence, [0.1, 1]);
});

const scenario = loadScenario("paper");
const { states, features } = generate({ scenario, seed: 1, split: "test", count: 50 });
const statistics = statisticsOf(features);
const policy = (seed: string, head: string) => ({
  network: initialNetwork([features.columns, 16, head === "literal" ? 6 : 18], seed),
  statistics,
  head,
});

test("one network alone decides as it does by itself", () => {
  for (const head of ["sigmoid", "softmax"]) {
    const one = policy("a", head);
    assert.deepEqual(ensembleJudge([one], "margin")(scenario, states).decisions, policyDecider(one)(scenario, states));
  }
});

test("no network, a head without an output a site and an unknown confidence are refused", () => {
  assert.throws(() => ensembleJudge([], "margin"), inputError("members is empty"));
  assert.throws(() => ensembleJudge([policy("a", "literal")], "margin"), inputError("head is literal", "softmax"));
  assert.throws(() => ensembleJudge([policy("a", "softmax")], "mood" as Confidence), inputError("confidence is mood"));
});
