import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { type Application, applicationOf, buildApplication } from "../../src/mec/application";
import { sampleStates } from "../../src/mec/states";
import { costTables, type Tables } from "../../src/mec/tables";
import { eliminate } from "../../src/optimal/elimination";
import { hasTreewidth2 } from "../../src/optimal/elimination-plan";
import { exhaustive } from "../../src/optimal/exhaustive";
import { loadScenario } from "../../src/scenario/load";
import type { Scenario } from "../../src/scenario/scenario";
import { bareStates, inputError, naiveOptimum, naiveTotal, row } from "../support";
import { cases, graphOf, randomFrom, tablesFrom } from "./cases";

test("exhaustive search and elimination find the lexicographically first of the best plans: 4,000 graphs of up to 5 sub-tasks", () => {
  fc.assert(
    fc.property(cases(5), ({ application, tables }) => {
      const { plan } = naiveOptimum(application, tables);
      assert.deepEqual([...exhaustive(bareStates(application), tables)], plan);
      assert.deepEqual([...eliminate(bareStates(application), tables)], plan);
    }),
    { numRuns: 4000, seed: 1 },
  );
});

test("they do so on graphs of up to 7 sub-tasks", () => {
  fc.assert(
    fc.property(cases(7), ({ application, tables }) => {
      const { plan } = naiveOptimum(application, tables);
      assert.deepEqual([...exhaustive(bareStates(application), tables)], plan);
      assert.deepEqual([...eliminate(bareStates(application), tables)], plan);
    }),
    { numRuns: 300, seed: 2 },
  );
});

test("exhaustive search and elimination agree on sparse graphs of up to 12 sub-tasks", () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = randomFrom(seed);
    const application = graphOf(9 + (seed % 4), () => random(10) < 2);
    const tables = tablesFrom(application, 1, () => random(6));
    assert.deepEqual(
      eliminate(bareStates(application), tables),
      exhaustive(bareStates(application), tables),
      `${seed}`,
    );
  }
});

const TOPOLOGIES: Partial<Scenario["application"]>[] = [
  { topology: "branches" },
  { topology: "chain" },
  { topology: "forkJoin" },
  { topology: "tree", branches: 2 },
  { topology: "random", density: 0.5 },
];

for (const application of TOPOLOGIES) {
  test(`on states of a real scenario, topology ${application.topology}, all three agree`, () => {
    for (const preset of ["paper", "paper-selective"]) {
      const scenario = loadScenario(preset, { application });
      const states = sampleStates(scenario, "1/test", 0, 400);
      const costs = costTables(scenario, states);
      const decisions = eliminate(states, costs);
      assert.deepEqual(exhaustive(states, costs), decisions);
      assert.equal(new Set(decisions).size, 3, "every site is best somewhere");
      for (let k = 0; k < 10; k++) {
        assert.deepEqual(row(decisions, k, 6), naiveOptimum(states.application, costs, k).plan);
      }
    }
  });
}

/** Least cost of a forest (each sub-task has at most one predecessor): from the last sub-task up, the least below each site. */
function forestOptimum(application: Application, tables: Tables): number {
  const { subTasks, dependencies } = application;
  const below = Array.from({ length: subTasks }, (_, task) =>
    [0, 1, 2].map((site) => tables.execution[3 * task + site]),
  );
  const moving = (link: number, a: number, b: number) => {
    if (a === b) return 0;
    if (a !== 0 && b !== 0) return tables.wired[link];
    return a + b === 1 ? tables.radio[link] : tables.radio[link] + tables.wired[link];
  };
  let total = 0;
  for (const [link, { from, to }] of dependencies.entries()) {
    if (to < 0) for (const site of [0, 1, 2]) below[from][site] += moving(link, site, 0);
  }
  for (let task = subTasks - 1; task >= 0; task--) {
    const link = dependencies.findIndex(({ to }) => to === task);
    const { from } = dependencies[link];
    const least = (at: number) => Math.min(...[0, 1, 2].map((site) => below[task][site] + moving(link, at, site)));
    if (from < 0) total += least(0);
    else for (const at of [0, 1, 2]) below[from][at] += least(at);
  }
  return total;
}

test("elimination finds the optimum of a chain of 60 and a tree of 80 sub-tasks", () => {
  const shapes = [
    { topology: "chain", subTasks: 60 },
    { topology: "tree", subTasks: 80, branches: 3 },
    { topology: "branches", subTasks: 60, branches: 4 },
  ] as const;
  for (const shape of shapes) {
    const application = applicationOf(loadScenario("paper", { application: shape }));
    for (let seed = 0; seed < 20; seed++) {
      const random = randomFrom(seed);
      const tables = tablesFrom(application, 1, () => random(50));
      const plan = [...eliminate(bareStates(application), tables)];
      assert.equal(naiveTotal(application, tables, 0, plan), forestOptimum(application, tables));
    }
  }
});

test("where all plans cost the same, all is local", () => {
  const application = applicationOf(loadScenario("paper", { application: { topology: "chain", subTasks: 60 } }));
  assert.ok(
    eliminate(
      bareStates(application),
      tablesFrom(application, 1, () => 0),
    ).every((site) => site === 0),
  );
});

test("each state of a batch has its own optimum", () => {
  const application = applicationOf(loadScenario("paper"));
  const random = randomFrom(5);
  const tables = tablesFrom(application, 30, () => random(9));
  const states = bareStates(application, 30);
  for (const solve of [exhaustive, eliminate]) {
    const decisions = solve(states, tables);
    for (let k = 0; k < 30; k++) assert.deepEqual(row(decisions, k, 6), naiveOptimum(application, tables, k).plan);
  }
});

test("elimination refuses a graph that is too dense, and says why", () => {
  const states = bareStates(graphOf(14, () => true));
  const tables = tablesFrom(states.application, 1, () => 1);
  assert.throws(() => eliminate(states, tables), inputError("treewidth 13", "at most 12"));
});

test("exhaustive search refuses 17 sub-tasks", () => {
  const states = bareStates(graphOf(17, () => false));
  const tables = tablesFrom(states.application, 1, () => 1);
  assert.throws(() => exhaustive(states, tables), inputError("17", "from 1 to 16"));
});

test("rings and triangles have treewidth 2; four sub-tasks that all exchange data have not, nor has a grid of 3 by 3", () => {
  const graphs: [subTasks: number, edges: [number, number][], treewidth2: boolean][] = [
    [3, [], true],
    [
      5,
      [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
        [0, 4],
      ],
      true,
    ],
    [
      5,
      [
        [0, 1],
        [0, 2],
        [1, 2],
        [2, 3],
        [2, 4],
        [3, 4],
      ],
      true,
    ],
    [
      4,
      [
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 2],
        [1, 3],
        [2, 3],
      ],
      false,
    ],
    // The same with sub-task 4 on the way from 0 to 1, and a chain that hangs on it.
    [
      6,
      [
        [0, 4],
        [1, 4],
        [0, 2],
        [0, 3],
        [1, 2],
        [1, 3],
        [2, 3],
        [4, 5],
      ],
      false,
    ],
    [
      9,
      [
        [0, 1],
        [1, 2],
        [3, 4],
        [4, 5],
        [6, 7],
        [7, 8],
        [0, 3],
        [3, 6],
        [1, 4],
        [4, 7],
        [2, 5],
        [5, 8],
      ],
      false,
    ],
  ];
  for (const [subTasks, edges, treewidth2] of graphs) {
    assert.equal(hasTreewidth2(buildApplication(subTasks, edges)), treewidth2, JSON.stringify(edges));
  }
});
