import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { exhaustive } from "../../src/optimal/exhaustive";
import { fitToCapacity } from "../../src/optimal/fit-to-capacity";
import { relaxed } from "../../src/optimal/lagrangian";
import { lpText } from "../../src/optimal/lp-text";
import { loadSolver } from "../../src/optimal/mixed-integer";
import { loadScenario } from "../../src/scenario/load";
import { naiveTotal, row } from "../support";
import {
  grantedStates,
  graphOf,
  limitedCases,
  naiveHeld,
  naiveLimited,
  randomFrom,
  tablesFrom,
  twoInARow,
} from "./cases";

const CASES: [subcarriers: number, cores: number, plan: number[], why: string][] = [
  [5, 2, [1, 1], "all fits: 8"],
  [4, 2, [1, 0], "not both can be offloaded: 15, against 16 and at least 18"],
  [5, 1, [2, 2], "not both can be at the edge: 8 in the cloud"],
  [2, 2, [0, 0], "the first cannot be offloaded: 18, against 19 and 20"],
];

for (const [subcarriers, cores, plan, why] of CASES) {
  test(`two sub-tasks in a row with ${subcarriers} subcarriers and ${cores} cores: ${why}`, () => {
    const { states, costs } = twoInARow();
    assert.deepEqual([...exhaustive(states, costs, { subcarriers, cores })], plan);
  });
}

test("with a capacity exhaustive search finds the lexicographically first of the best plans that fit", () => {
  fc.assert(
    fc.property(limitedCases(6), ({ states, tables, capacity }) => {
      assert.deepEqual([...exhaustive(states, tables, capacity)], naiveLimited(states, tables, capacity).plan);
    }),
    { numRuns: 1000, seed: 4 },
  );
});

const sharing = (subcarriers: number, cores: number) =>
  loadScenario("paper", {
    capacity: "shared",
    radio: { subcarriers, subcarriersGranted: [1, 1] },
    edge: { cores, coresGranted: [1, 1] },
  });

test("of two sub-tasks at the edge that hold too many subcarriers, the one comes home that sets them free at least cost", () => {
  const { states, costs } = twoInARow();
  // The first: 19 - 8 for 3/4 of the band, 14.7 the whole; the second: 15 - 8 for 2/4, 14 the whole.
  const { decisions, repaired } = fitToCapacity(sharing(4, 2), states, costs, Uint8Array.of(1, 1));
  assert.deepEqual([...decisions], [1, 0]);
  assert.equal(repaired, 1);
});

test("a sub-task that costs more to bring home comes home before one that sets much less free", () => {
  const states = grantedStates(
    graphOf(2, () => false),
    [3, 1],
    [1, 1],
  );
  const nothing = new Float64Array(4);
  // 9 for the whole band of 3, against 4 for a third of it, 12 the whole.
  const costs = { execution: Float64Array.of(9, 0, 0, 4, 0, 0), radio: nothing, wired: nothing };
  const { decisions } = fitToCapacity(sharing(3, 2), states, costs, Uint8Array.of(2, 2));
  assert.deepEqual([...decisions], [0, 2]);
});

test("where only cores are too few, none comes home that holds none", () => {
  const states = grantedStates(
    graphOf(3, () => false),
    [1, 1, 1],
    [1, 1, 1],
  );
  const nothing = new Float64Array(6);
  // Coming home costs 9, 5 and 1; the last is in the cloud.
  const costs = { execution: Float64Array.of(9, 0, 0, 5, 0, 0, 1, 0, 0), radio: nothing, wired: nothing };
  const { decisions } = fitToCapacity(sharing(3, 1), states, costs, Uint8Array.of(1, 1, 2));
  assert.deepEqual([...decisions], [1, 0, 2]);
});

test("repaired decisions fit and only bring sub-tasks home; those that fit stay, and those given are not written to", () => {
  fc.assert(
    fc.property(limitedCases(8), fc.integer(), ({ states, tables, capacity }, seed) => {
      const random = randomFrom(seed);
      const given = Uint8Array.from({ length: states.application.subTasks }, () => random(3));
      const before = given.slice();
      const fitted = fitToCapacity(sharing(capacity.subcarriers, capacity.cores), states, tables, given);
      assert.deepEqual(given, before);
      const fits = (plan: Uint8Array) => {
        const { subcarriers, cores } = naiveHeld(states, plan);
        return subcarriers <= capacity.subcarriers && cores <= capacity.cores;
      };
      assert.ok(fits(fitted.decisions));
      assert.equal(fitted.repaired, fits(given) ? 0 : 1);
      for (const [task, site] of fitted.decisions.entries())
        assert.ok(site === given[task] || (site === 0 && !fits(given)));
    }),
    { numRuns: 1000, seed: 5 },
  );
});

test("each state of a batch is repaired on its own, and none where capacity is unlimited", () => {
  const application = graphOf(2, () => true);
  const states = grantedStates(application, [3, 2, 1, 1], [1, 1, 1, 1]);
  const costs = tablesFrom(application, 2, () => 1);
  costs.execution.set([9, 0, 0, 1, 0, 0, 9, 0, 0, 1, 0, 0]);
  const all = new Uint8Array(4).fill(2);
  const { decisions, repaired } = fitToCapacity(sharing(4, 4), states, costs, all);
  assert.deepEqual(row(decisions, 0, 2), [2, 0]);
  assert.deepEqual(row(decisions, 1, 2), [2, 2]);
  assert.equal(repaired, 1);
  assert.deepEqual(fitToCapacity(loadScenario("paper"), states, costs, all), { decisions: all, repaired: 0 });
});

test("the Lagrangian bound is at most the optimum, and its plan fits and costs what it says: 500 cases", () => {
  fc.assert(
    fc.property(limitedCases(6), ({ states, tables, capacity }) => {
      const optimum = naiveLimited(states, tables, capacity).cost;
      const { lowerBound, plan, total } = relaxed({ states, costs: tables }, capacity);
      assert.ok(lowerBound <= optimum);
      assert.ok(total >= optimum);
      assert.equal(total, naiveTotal(states.application, tables, 0, [...plan]));
      const held = naiveHeld(states, plan);
      assert.ok(held.subcarriers <= capacity.subcarriers && held.cores <= capacity.cores);
    }),
    { numRuns: 500, seed: 6 },
  );
});

test("it is the bound of the linear relaxation, as HiGHS solves it", async () => {
  const highs = await loadSolver();
  for (let seed = 0; seed < 20; seed++) {
    const random = randomFrom(seed);
    const application = graphOf(15, () => random(10) < 3);
    const draw = () => Array.from({ length: 15 }, () => 1 + random(5));
    const state = {
      states: grantedStates(application, draw(), draw()),
      costs: tablesFrom(application, 1, () => random(100)),
    };
    const capacity = { subcarriers: 5 + random(20), cores: 2 + random(10) };
    const [withoutBinary] = lpText(state, capacity).split("Binary\n");
    const { ObjectiveValue } = highs.solve(`${withoutBinary}End\n`, { output_flag: false });
    const { lowerBound } = relaxed(state, capacity);
    assert.ok(lowerBound <= ObjectiveValue + 1e-6);
    assert.ok(lowerBound >= ObjectiveValue * (1 - 2e-6) - 1e-6, `seed ${seed}: ${lowerBound}, ${ObjectiveValue}`);
  }
});
