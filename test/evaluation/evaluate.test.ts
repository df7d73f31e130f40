import assert from "node:assert/strict";
import test from "node:test";
import { type Demonstrations, generate } from "../../src/demonstrations/generate";
import { evaluate } from "../../src/evaluation/evaluate";
import { costTables } from "../../src/mec/tables";
import { loadScenario } from "../../src/scenario/load";
import { eos, los } from "../../src/schemes/fixed";
import { oos } from "../../src/schemes/oos";
import type { Scheme } from "../../src/schemes/scheme";
import { inputError, naiveTotal, row } from "../support";

const scenario = loadScenario("paper");
const set: Demonstrations = generate({ scenario, seed: 1, split: "test", count: 4 });

/** OOS, but for the first three sub-tasks of state 0, which go to the next site. */
const nearlyOptimal = set.decisions.map((site, i) => (i < 3 ? (site + 1) % 3 : site));
const dios: Scheme = { name: "DIOS", title: "by hand", decide: () => nearlyOptimal };

function resultOf(name: string, schemes: Scheme[] = [oos, dios, los]) {
  const result = evaluate(set, schemes).results.find(({ scheme }) => scheme === name);
  assert.ok(result);
  return result;
}

function assertClose(actual: number | undefined, expected: number): void {
  assert.ok(Math.abs((actual as number) - expected) < 1e-9, `${actual}, expected ${expected}`);
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean cost of decisions, by the naive total. */
function meanCost(decisions: Uint8Array): number {
  const { application } = set.states;
  const tables = costTables(scenario, set.states);
  return mean([0, 1, 2, 3].map((k) => naiveTotal(application, tables, k, row(decisions, k, 6))));
}

test("accuracy is the share of sub-tasks, exact plans that of states, decided as in OOS", () => {
  // State 0 has 3 of 6 right, the other three states all.
  assertClose(resultOf("DIOS").accuracy.value, (0.5 + 1 + 1 + 1) / 4);
  assertClose(resultOf("DIOS").exactPlans.value, 3 / 4);
  assert.deepEqual(resultOf("OOS").accuracy, { value: 1, low: 1, high: 1 });
  const right = [...set.decisions].filter((site) => site === 0).length;
  assertClose(resultOf("LOS").accuracy.value, right / 24);
});

test("cost is the mean total, relative to that of OOS, and DIOS's reduction to that of each scheme", () => {
  const costs = { OOS: meanCost(set.decisions), DIOS: meanCost(nearlyOptimal), LOS: meanCost(new Uint8Array(24)) };
  for (const [name, cost] of Object.entries(costs)) {
    assertClose(resultOf(name).cost.value, cost);
    assertClose(resultOf(name).relativeCost.value, cost / costs.OOS);
  }
  assertClose(resultOf("LOS").costReduction?.value, 1 - costs.DIOS / costs.LOS);
  assertClose(resultOf("OOS").costReduction?.value, 1 - costs.DIOS / costs.OOS);
  assert.ok(resultOf("DIOS").relativeCost.value > 1);
});

test("the execution time of LOS is all workloads over the clock of the device", () => {
  const { dataBytes, cyclesPerByte } = set.states;
  // Branches 0-3, 1-4, 2-5: the first three dependencies bring the input of 3, 4, 5, the next three that of 0, 1, 2.
  const times = [0, 1, 2, 3].map((k) => {
    const d = row(dataBytes, k, 9);
    const rho = row(cyclesPerByte, k, 6);
    const cycles = rho[3] * d[0] + rho[4] * d[1] + rho[5] * d[2] + rho[0] * d[3] + rho[1] * d[4] + rho[2] * d[5];
    return cycles / 1.34e9;
  });
  assertClose(resultOf("LOS").timeS.value, mean(times));
  assertClose(resultOf("LOS").relativeTime.value, mean(times) / resultOf("OOS").timeS.value);
  assertClose(resultOf("LOS").timeReduction?.value, 1 - resultOf("DIOS").timeS.value / mean(times));
});

test("DIOS has no reduction against itself, and without it there is none at all", () => {
  assert.ok(!("costReduction" in resultOf("DIOS")));
  assert.ok(!("timeReduction" in resultOf("LOS", [oos, los])));
});

test("results come in the order of the schemes, with what they were tested on", () => {
  const { results, testedOn } = evaluate(set, [los, dios, oos]);
  assert.deepEqual(
    results.map(({ scheme }) => scheme),
    ["LOS", "DIOS", "OOS"],
  );
  assert.deepEqual(testedOn, set.provenance);
});

test("an empty test set is refused", () => {
  const empty = { ...set, states: { ...set.states, count: 0 } };
  assert.throws(() => evaluate(empty, [oos]), inputError("test set is empty", "at least 1"));
});

test("where capacity is shared, decisions that do not fit are repaired and counted", () => {
  // Three sub-tasks hold 100 of 256 subcarriers and 2 of 16 cores each: two may be offloaded.
  const shared = loadScenario("paper", {
    application: { subTasks: 3 },
    capacity: "shared",
    radio: { subcarriersGranted: [100, 100] },
    edge: { coresGranted: [2, 2] },
  });
  const test = generate({ scenario: shared, seed: 1, split: "test", count: 50 });
  const { results } = evaluate(test, [oos, los, eos]);
  assert.deepEqual(
    results.map(({ repaired }) => repaired),
    [0, 0, 1],
  );
  assert.ok(results.every(({ relativeCost }) => relativeCost.value >= 1));
  assert.equal(resultOf("LOS").repaired, undefined);
});
