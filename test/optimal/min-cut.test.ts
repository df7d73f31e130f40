import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { applicationOf } from "../../src/mec/application";
import { sampleStates } from "../../src/mec/states";
import { costTables } from "../../src/mec/tables";
import { eliminate } from "../../src/optimal/elimination";
import { exhaustive } from "../../src/optimal/exhaustive";
import { minCut } from "../../src/optimal/min-cut";
import { loadScenario } from "../../src/scenario/load";
import { bareStates, naiveOptimum } from "../support";
import { cases, graphOf, randomFrom, tablesFrom, twoInARow } from "./cases";

test("of the two best plans of two sub-tasks in a row, edge-edge and cloud-cloud, the first one is taken", () => {
  const { states, costs } = twoInARow();
  assert.deepEqual([...minCut(states, costs)], [1, 1]);
});

test("a minimum cut is the lexicographically first of the best plans: 3,000 graphs of up to 6 sub-tasks", () => {
  fc.assert(
    fc.property(cases(6), ({ application, tables }) => {
      assert.deepEqual([...minCut(bareStates(application), tables)], naiveOptimum(application, tables).plan);
    }),
    { numRuns: 3000, seed: 3 },
  );
});

test("it agrees with exhaustive search on complete graphs of 10 sub-tasks, ties and all", () => {
  const application = graphOf(10, () => true);
  for (const below of [1, 2, 3, 50]) {
    const random = randomFrom(below);
    const tables = tablesFrom(application, 3, () => random(below));
    // Executions outweigh the many transfers, so that not all sub-tasks go to one site.
    for (let i = 0; i < tables.execution.length; i++) tables.execution[i] *= 5;
    const states = bareStates(application, 3);
    assert.deepEqual(minCut(states, tables), exhaustive(states, tables), `costs below ${below}`);
  }
});

test("it agrees with elimination on graphs of 60 sub-tasks, ties and all", () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = randomFrom(seed);
    const application = graphOf(60, () => random(100) < 3);
    const tables = tablesFrom(application, 2, () => random(seed % 2 === 0 ? 3 : 1000));
    const states = bareStates(application, 2);
    assert.deepEqual(minCut(states, tables), eliminate(states, tables), `seed ${seed}`);
  }
});

test("it agrees with elimination on states of real scenarios", () => {
  for (const preset of ["paper", "paper-selective", "literature"]) {
    for (const application of [{}, { topology: "random", subTasks: 14, density: 0.3 } as const]) {
      const scenario = loadScenario(preset, { application });
      const states = sampleStates(scenario, "1/test", 0, 200);
      const costs = costTables(scenario, states);
      assert.deepEqual(minCut(states, costs), eliminate(states, costs));
    }
  }
});

test("where all plans cost the same, all is local", () => {
  const application = applicationOf(loadScenario("paper", { application: { topology: "tree", subTasks: 200 } }));
  const plan = minCut(
    bareStates(application),
    tablesFrom(application, 1, () => 0),
  );
  assert.ok(plan.every((site) => site === 0));
});
