import assert from "node:assert/strict";
import test from "node:test";
import { breakdown } from "../../src/evaluation/breakdown";
import type { Breakdown } from "../../src/evaluation/state-breakdown";
import { loadScenario } from "../../src/scenario/load";
import { inputError, roundScenario } from "../support";

// test/cli/recompute.py recomputes whole breakdowns; here is what it does not look at.

const request = { scenario: roundScenario(), seed: 7, split: "train", index: 3 } as const;

function sumOfTerms({ subTasks, transfers }: Breakdown): number {
  return [...subTasks, ...transfers].flatMap(({ cost }) => Object.values(cost)).reduce((sum, term) => sum + term, 0);
}

test("the terms add up to the cost, and terms of nothing are left out", () => {
  const told = breakdown({ ...request, decisions: [0, 1, 2, 0, 1, 2] });
  assert.ok(Math.abs(sumOfTerms(told) - told.cost) < 1e-6);
  assert.deepEqual(Object.keys(told.subTasks[0].cost), ["perSecond", "localPerJoule"]);
  assert.deepEqual(Object.keys(told.subTasks[1].cost), ["perSecond", "radioPerGrant"]);
  assert.deepEqual(told.transfers[3].cost, {}, "from the device to a sub-task on it");
});

test("without decisions the optimal ones are broken down", () => {
  const told = breakdown(request);
  assert.deepEqual(told.decisions, told.optimal.decisions);
  assert.deepEqual([told.cost, told.executionTimeS], [told.optimal.cost, told.optimal.executionTimeS]);
});

test("a sub-task of no cycles still has its input bytes", () => {
  const scenario = loadScenario("paper", { application: { cyclesPerByte: [0, 0], dataBytes: [500, 500] } });
  const [first] = breakdown({ ...request, scenario }).subTasks;
  assert.deepEqual([first.inputBytes, first.workloadCycles], [500, 0]);
});

test("decisions that are not one site a sub-task are refused", () => {
  for (const decisions of [[], [0, 1], [0, 1, 2, 0, 1, 3], [0, 1, 2, 0, 1, 0.5], [0, 0, 0, 0, 0, 0, 0]]) {
    assert.throws(
      () => breakdown({ ...request, decisions }),
      inputError(`decisions is ${decisions.join(",")};`, "6 numbers"),
    );
  }
  assert.throws(() => breakdown({ ...request, index: -1 }), inputError("index is -1", "whole number"));
  assert.throws(() => breakdown({ ...request, seed: 0.5 }), inputError("seed is 0.5", "whole number"));
});
