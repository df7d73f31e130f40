import assert from "node:assert/strict";
import test from "node:test";
import { capacityOf } from "../../src/mec/capacity";
import { sampleStates } from "../../src/mec/states";
import { costTables, totalsOf } from "../../src/mec/tables";
import { optimalDecisions } from "../../src/optimal/exact";
import { exhaustive } from "../../src/optimal/exhaustive";
import { METHODS, type Method, type OptimalOptions, optimal } from "../../src/optimal/optimal";
import { loadScenario, type ScenarioChanges } from "../../src/scenario/load";
import { inputError, roundScenario } from "../support";
import { layeredGraph, naiveHeld } from "./cases";

function setting(changes: ScenarioChanges, count: number, preset = "paper") {
  const scenario = loadScenario(preset, changes);
  const states = sampleStates(scenario, "1/test", 0, count);
  return { scenario, states, costs: costTables(scenario, states) };
}

const EXACT: Method[] = ["exhaustive", "elimination", "minCut", "mixedInteger"];

test("exhaustive search, elimination, minimum cut and HiGHS decide the same, and prove it", async () => {
  for (const application of [{}, { topology: "random", subTasks: 8, density: 0.5 }] as const) {
    const { scenario, states, costs } = setting({ application }, 20);
    const [first, ...others] = await Promise.all(EXACT.map((method) => optimal(scenario, states, { method })));
    assert.ok(first.certified.every(Boolean));
    assert.deepEqual(first.totals, totalsOf(states, costs, first.decisions));
    assert.deepEqual(first.lowerBounds, first.totals);
    for (const other of others) {
      assert.deepEqual(other.decisions, first.decisions, other.method);
      assert.ok(other.certified.every(Boolean));
    }
  }
});

test("the choice follows treewidth, capacity and size, and is said in words", async () => {
  const random = { topology: "random", subTasks: 30, density: 0.5 } as const;
  const choices: [ScenarioChanges, Method, RegExp][] = [
    [{}, "elimination", /^elimination, since capacity is unlimited and the treewidth at most 2\.$/],
    [{ application: { topology: "forkJoin", subTasks: 50 } }, "elimination", /at most 2/],
    [{ application: random }, "minCut", /^minCut, since capacity is unlimited and the treewidth above 2\.$/],
    [{ capacity: "shared" }, "exhaustive", /^exhaustive, since 6 sub-tasks that share a capacity are few enough/],
    [
      { capacity: "shared", application: random },
      "mixedInteger",
      /^mixedInteger, since 30 sub-tasks share a capacity\.$/,
    ],
  ];
  for (const [changes, method, reason] of choices) {
    const { scenario, states } = setting(changes, 2);
    const optimum = await optimal(scenario, states);
    assert.equal(optimum.method, method);
    assert.match(optimum.reason, reason);
    assert.ok(optimum.certified.every(Boolean));
  }
});

test("of equal plans the first one is taken, whichever exact method, and so it is by OOS", async () => {
  // All clocks alike and nothing else to pay: every plan without transfers between sites costs the same but for the radio.
  const scenario = roundScenario({
    application: { topology: "random", subTasks: 8, density: 0.4, dataBytes: [1e6, 1e6], cyclesPerByte: [1000, 1000] },
    device: { clockHz: 1e9, capacitance: 0 },
    edge: { coreHz: 1e9, coresGranted: [1, 1] },
    cloud: { clockHz: 1e9 },
    prices: { radioPerGrant: 0 },
  });
  const states = sampleStates(scenario, "1/test", 0, 5);
  for (const method of ["auto", "exhaustive", "elimination", "minCut"] as const) {
    const { decisions } = await optimal(scenario, states, { method });
    assert.ok(
      decisions.every((site) => site === 0),
      method,
    );
  }
  assert.ok(optimalDecisions(scenario, states, costTables(scenario, states)).every((site) => site === 0));
});

test("with a shared capacity auto and OOS decide as exhaustive search, where the free optimum fits and where not", async () => {
  const { scenario, states, costs } = setting({ capacity: "shared" }, 300);
  const { decisions, certified } = await optimal(scenario, states);
  assert.deepEqual(decisions, exhaustive(states, costs, capacityOf(scenario)));
  assert.deepEqual(optimalDecisions(scenario, states, costs), decisions);
  assert.ok(certified.every(Boolean));
  const free = exhaustive(states, costs);
  const same = Array.from({ length: 300 }, (_, k) => k).filter((k) =>
    decisions.subarray(6 * k, 6 * k + 6).every((site, t) => site === free[6 * k + t]),
  ).length;
  assert.ok(same > 50 && same < 250, `the capacity binds in ${300 - same} of 300`);
});

for (const capacity of ["unlimited", "shared"] as const) {
  test(`a layered graph of 100 sub-tasks is solved within 1 % of its bound, capacity ${capacity}`, async () => {
    const { scenario, states } = setting({ application: layeredGraph(100, 10), capacity }, 1);
    const gap = async (options: OptimalOptions) => {
      const { totals, lowerBounds, decisions } = await optimal(scenario, states, options);
      const held = naiveHeld(states, decisions);
      if (capacity === "shared") assert.ok(held.subcarriers <= 256 && held.cores <= 16);
      return totals[0] / lowerBounds[0] - 1;
    };
    assert.ok((await gap({})) < 1e-6);
    assert.ok((await gap({ method: "mixedInteger" })) < 1e-6);
    assert.ok((await gap({ method: "annealing" })) < 0.01);
    assert.ok((await gap({ method: "beam" })) < 0.02);
  });
}

test("approximate searches tell their gap and their curve, and certify what meets the bound", async () => {
  const { scenario, states, costs } = setting({}, 5);
  const optimum = totalsOf(states, costs, exhaustive(states, costs));
  for (const method of ["annealing", "beam"] as const) {
    const { lowerBounds, certified, curves, totals, reason } = await optimal(scenario, states, { method });
    assert.equal(reason, `${method}, asked for.`);
    assert.deepEqual(lowerBounds, optimum);
    for (const [k, curve] of curves.entries()) {
      assert.equal(curve.at(-1)?.cost, totals[k]);
      assert.equal(certified[k], totals[k] === optimum[k]);
    }
  }
});

test("a state that branch and cut does not settle in time has a plan all the same, and the reason says so", async () => {
  const { scenario, states } = setting({ application: layeredGraph(100, 10), capacity: "shared" }, 1);
  const asked = await optimal(scenario, states, { method: "mixedInteger", timeLimitS: 1e-6 });
  assert.match(asked.reason, /; 1 of 1 states: no decision within 0.000001 s, so that of Lagrangian relaxation\.$/);
  const auto = await optimal(scenario, states, { timeLimitS: 1e-6 });
  assert.match(auto.reason, /; 1 of 1 states: no decision within 0.000001 s, annealed as well\.$/);
  for (const { totals, lowerBounds, certified } of [asked, auto]) {
    assert.ok(totals[0] < 1.05 * lowerBounds[0]);
    assert.deepEqual(certified, [false]);
  }
});

const WRONG: [OptimalOptions, ScenarioChanges, string][] = [
  [{ method: "simplex" as Method }, {}, `method is simplex; allowed: auto, ${METHODS.join(", ")}.`],
  [{ timeLimitS: 0 }, {}, "time limit is 0; allowed: seconds above 0."],
  [{ timeLimitS: Number.NaN }, {}, "time limit is NaN"],
  [{ seed: 1.5 }, {}, "seed is 1.5"],
  [{ method: "minCut" }, { capacity: "shared" }, "method is minCut and capacity is shared; allowed: auto, exhaustive,"],
  [{ method: "elimination" }, { capacity: "shared" }, "method is elimination and capacity is shared"],
  [{ method: "exhaustive" }, { application: { topology: "chain", subTasks: 17 } }, "is 17; allowed:"],
  [{ method: "elimination" }, { application: { topology: "random", subTasks: 20, density: 1 } }, "treewidth 19"],
];

for (const [options, changes, message] of WRONG) {
  test(`refused: ${JSON.stringify(options)} with ${JSON.stringify(changes)}`, async () => {
    const { scenario, states } = setting(changes, 1);
    await assert.rejects(optimal(scenario, states, options), inputError(message));
  });
}

test("OOS refuses 17 sub-tasks that share a capacity, and says what takes them", () => {
  const { scenario, states, costs } = setting(
    { capacity: "shared", application: { topology: "chain", subTasks: 17 } },
    1,
  );
  assert.throws(
    () => optimalDecisions(scenario, states, costs),
    inputError("capacity is shared by 17 sub-tasks", "dios optimal"),
  );
});
