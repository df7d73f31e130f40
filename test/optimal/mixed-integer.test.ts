import assert from "node:assert/strict";
import test from "node:test";
import { applicationOf } from "../../src/mec/application";
import { sampleStates } from "../../src/mec/states";
import { costTables } from "../../src/mec/tables";
import { exhaustive } from "../../src/optimal/exhaustive";
import { lpText } from "../../src/optimal/lp-text";
import { minCut } from "../../src/optimal/min-cut";
import { loadSolver, solveMixedInteger } from "../../src/optimal/mixed-integer";
import { oneState } from "../../src/optimal/one-state";
import { loadScenario } from "../../src/scenario/load";
import { bareStates, naiveOptimum, naiveTotal, row } from "../support";
import { grantedStates, graphOf, naiveHeld, naiveLimited, randomFrom, tablesFrom, twoInARow } from "./cases";

test("the program of two sub-tasks in a row, as a file", () => {
  // The cost of x_0_edge is 2 to run and 1 from the device; of x_1_cloud 2 to run and 2 + 1 to the device.
  assert.equal(
    lpText(twoInARow(), { subcarriers: 4, cores: 2 }),
    `\\ Least cost of running the sub-tasks of an application: x_<sub-task>_<site>; r_<a>_<b> and w_<a>_<b> are 1
\\ where the data from a to b crosses the radio link, the wired link.
Minimize
 cost: + 10 x_0_local + 3 x_0_edge + 3 x_0_cloud
  + 8 x_1_local + 5 x_1_edge + 5 x_1_cloud
  + 4 r_0_1 + 1 w_0_1
Subject To
 site_0: + 1 x_0_local + 1 x_0_edge + 1 x_0_cloud = 1
 site_1: + 1 x_1_local + 1 x_1_edge + 1 x_1_cloud = 1
 r_0_1_forth: r_0_1 - x_0_local + x_1_local >= 0
 r_0_1_back: r_0_1 + x_0_local - x_1_local >= 0
 w_0_1_forth: w_0_1 - x_0_cloud + x_1_cloud >= 0
 w_0_1_back: w_0_1 + x_0_cloud - x_1_cloud >= 0
 subcarriers: + 3 x_0_edge + 3 x_0_cloud
  + 2 x_1_edge + 2 x_1_cloud <= 4
 cores: + 1 x_0_edge
  + 1 x_1_edge <= 2
Binary
 x_0_local x_0_edge x_0_cloud
 x_1_local x_1_edge x_1_cloud
End
`,
  );
});

test("costs in the file read back as the same numbers, and no line is longer than the format allows", () => {
  const scenario = loadScenario("paper", { application: { topology: "random", subTasks: 40, density: 0.2 } });
  const states = sampleStates(scenario, "1/test", 0, 1);
  const costs = costTables(scenario, states);
  const text = lpText(oneState(states, costs, 0), { subcarriers: 256, cores: 16 });
  for (const [link, { from, to }] of states.application.dependencies.entries()) {
    if (from < 0 || to < 0) continue;
    assert.equal(Number(new RegExp(`\\+ (\\S+) r_${from}_${to} `).exec(text)?.[1]), costs.radio[link]);
    assert.equal(Number(new RegExp(`\\+ (\\S+) w_${from}_${to}$`, "m").exec(text)?.[1]), costs.wired[link]);
  }
  assert.ok(text.split("\n").every((line) => line.length <= 255));
});

test("HiGHS decides 30 states of 12 sub-tasks as exhaustive search, with and without a capacity", async () => {
  const highs = await loadSolver();
  const scenario = loadScenario("paper", { application: { topology: "random", subTasks: 12, density: 0.3 } });
  const states = sampleStates(scenario, "1/test", 0, 30);
  const costs = costTables(scenario, states);
  const limited = exhaustive(states, costs, { subcarriers: 256, cores: 16 });
  const free = minCut(states, costs);
  for (let k = 0; k < 30; k++) {
    const state = oneState(states, costs, k);
    const { plan, status, lowerBound } = solveMixedInteger(highs, state, 60);
    assert.equal(status, "optimal");
    assert.deepEqual([...(plan ?? [])], row(free, k, 12));
    const cost = naiveTotal(states.application, costs, k, row(free, k, 12));
    assert.ok(Math.abs(lowerBound - cost) < 1e-6);
    const within = solveMixedInteger(highs, state, 60, { subcarriers: 256, cores: 16 });
    assert.deepEqual([...(within.plan ?? [])], row(limited, k, 12));
  }
});

test("with ties it finds a plan of the same cost, one that fits", async () => {
  const highs = await loadSolver();
  for (let seed = 0; seed < 60; seed++) {
    const random = randomFrom(seed);
    const application = graphOf(1 + random(6), () => random(2) === 0);
    const tables = tablesFrom(application, 1, () => random(3));
    const draw = () => Array.from({ length: application.subTasks }, () => 1 + random(4));
    const states = grantedStates(application, draw(), draw());
    const state = { states, costs: tables };
    const free = solveMixedInteger(highs, state, 60).plan;
    assert.equal(naiveTotal(application, tables, 0, [...(free ?? [])]), naiveOptimum(application, tables).cost);
    const capacity = { subcarriers: 1 + random(8), cores: 1 + random(4) };
    const plan = [...(solveMixedInteger(highs, state, 60, capacity).plan ?? [])];
    assert.equal(naiveTotal(application, tables, 0, plan), naiveLimited(states, tables, capacity).cost);
    const held = naiveHeld(states, plan);
    assert.ok(held.subcarriers <= capacity.subcarriers && held.cores <= capacity.cores);
  }
});

test("the decision does not depend on the unit of the costs, be they tiny or huge", async () => {
  const highs = await loadSolver();
  for (const unit of [2 ** -30, 1, 1e22]) {
    const { states, costs } = twoInARow();
    const of = (values: Float64Array) => values.map((value) => unit * value);
    const scaled = { execution: of(costs.execution), radio: of(costs.radio), wired: of(costs.wired) };
    const { plan, lowerBound } = solveMixedInteger(highs, { states, costs: scaled }, 60, { subcarriers: 4, cores: 2 });
    assert.deepEqual([...(plan ?? [])], [1, 0]);
    assert.ok(Math.abs(lowerBound / unit - 15) < 1e-6);
  }
});

test("that no plan fits and that time was up are said in words", async () => {
  const highs = await loadSolver();
  assert.equal(solveMixedInteger(highs, twoInARow(), 60, { subcarriers: -1, cores: 2 }).status, "no plan fits");
  const application = applicationOf(
    loadScenario("paper", { application: { topology: "random", subTasks: 60, density: 0.5 } }),
  );
  const random = randomFrom(1);
  const state = { states: bareStates(application), costs: tablesFrom(application, 1, () => random(1000)) };
  const { plan, status } = solveMixedInteger(highs, state, 1e-6);
  assert.equal(status, "no decision within 0.000001 s");
  assert.equal(plan, undefined);
});
