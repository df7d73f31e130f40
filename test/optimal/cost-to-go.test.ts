import assert from "node:assert/strict";
import test from "node:test";
import seedrandom from "seedrandom";
import { buildApplication } from "../../src/mec/application";
import { sampleStates } from "../../src/mec/states";
import { costTables } from "../../src/mec/tables";
import { costsToGo } from "../../src/optimal/cost-to-go";
import { loadScenario } from "../../src/scenario/load";
import { bareStates, inputError, naiveTotal, row } from "../support";

test("the costs to go of a chain of two sub-tasks, by hand", () => {
  const states = bareStates(buildApplication(2, [[0, 1]]), 2);
  // Dependencies: 0-1, device-0, 1-device. Both states are the same.
  const tables = {
    execution: Float64Array.of(10, 4, 3, 20, 25, 12, 10, 4, 3, 20, 25, 12),
    radio: Float64Array.of(8, 1, 2, 8, 1, 2),
    wired: Float64Array.of(4, 0.5, 0.25, 4, 0.5, 0.25),
  };
  // With the device 0 comes to 10, 5, 4.5 and 1 to 20, 27, 14.25; between them local-edge is 8, edge-cloud 4, local-cloud 12.
  // 0 local: 10 + min(20, 35, 26.25); edge: 5 + min(28, 27, 18.25); cloud: 4.5 + min(32, 31, 14.25).
  const first = [30, 23.25, 18.75];
  const afterLocal = [30, 45, 36.25];
  const afterEdge = [33, 32, 23.25];
  const costs = costsToGo(loadScenario("paper"), states, tables, Uint8Array.of(0, 2, 1, 2));
  assert.deepEqual([...costs], [...first, ...afterLocal, ...first, ...afterEdge]);
});

// A complete graph has a treewidth that elimination leaves to the minimum cut.
for (const application of [
  { topology: "tree", branches: 2 },
  { topology: "random", density: 1 },
] as const) {
  test(`they are the least of all plans with that beginning, whatever the beginning (${application.topology})`, () => {
    const scenario = loadScenario("paper", { application: { ...application, subTasks: 5 } });
    const states = sampleStates(scenario, "to go", 0, 6);
    const costs = costTables(scenario, states);
    const random = seedrandom.alea("plans");
    const plans = Uint8Array.from({ length: 6 * 5 }, () => Math.floor(3 * random()));
    const toGo = costsToGo(scenario, states, costs, plans);
    const all = Array.from({ length: 3 ** 5 }, (_, number) => [...number.toString(3).padStart(5, "0")].map(Number));
    for (let k = 0; k < 6; k++) {
      const totals = all.map((plan) => naiveTotal(states.application, costs, k, plan));
      for (let task = 0; task < 5; task++) {
        const begun = row(plans, k, 5).slice(0, task).join("");
        const least = [0, 1, 2].map((site) =>
          Math.min(...totals.filter((_, i) => (all[i] as number[]).join("").startsWith(begun + site))),
        );
        assert.deepEqual(row(toGo, 5 * k + task, 3), least);
      }
    }
  });
}

test("a shared capacity is refused", () => {
  const scenario = loadScenario("paper", { capacity: "shared" });
  const states = sampleStates(scenario, "to go", 0, 1);
  const go = () => costsToGo(scenario, states, costTables(scenario, states), new Uint8Array(6));
  assert.throws(go, inputError("capacity is shared", "unlimited"));
});
