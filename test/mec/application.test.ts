import assert from "node:assert/strict";
import test from "node:test";
import { type Application, applicationOf, buildApplication } from "../../src/mec/application";
import { loadScenario } from "../../src/scenario/load";
import type { Scenario } from "../../src/scenario/scenario";
import { inputError } from "../support";

/** The dependencies of a topology as text: "0-1 1-2 | device-0 | 2-device", first inner ones, then inputs, then outputs. */
function textOf(topology: Scenario["application"]["topology"], changes: Partial<Scenario["application"]> = {}): string {
  const { dependencies } = applicationOf(loadScenario("paper", { application: { topology, ...changes } }));
  const part = (wanted: (from: number, to: number) => boolean) =>
    dependencies
      .filter(({ from, to }) => wanted(from, to))
      .map(({ from, to }) => `${from < 0 ? "device" : from}-${to < 0 ? "device" : to}`)
      .join(" ");
  return [part((from, to) => from >= 0 && to >= 0), part((from) => from < 0), part((_, to) => to < 0)].join(" | ");
}

test("a chain hands on from each sub-task to the next", () => {
  assert.equal(textOf("chain", { subTasks: 4 }), "0-1 1-2 2-3 | device-0 | 3-device");
  assert.equal(textOf("chain", { subTasks: 1 }), " | device-0 | 0-device");
});

test("branches are chains beside one another, numbered level by level", () => {
  assert.equal(
    textOf("branches", { branches: 3 }),
    "0-3 1-4 2-5 | device-0 device-1 device-2 | 3-device 4-device 5-device",
  );
  assert.equal(textOf("branches", { branches: 2 }), "0-2 1-3 2-4 3-5 | device-0 device-1 | 4-device 5-device");
  assert.equal(
    textOf("branches", { subTasks: 3, branches: 3 }),
    " | device-0 device-1 device-2 | 0-device 1-device 2-device",
  );
});

test("a fork-join forks from the first sub-task and joins in the last", () => {
  assert.equal(textOf("forkJoin", { subTasks: 5 }), "0-1 1-4 0-2 2-4 0-3 3-4 | device-0 | 4-device");
  assert.equal(textOf("forkJoin", { subTasks: 2 }), "0-1 | device-0 | 1-device");
});

test("a tree gives each sub-task its children in the order of their numbers", () => {
  assert.equal(
    textOf("tree", { subTasks: 6, branches: 2 }),
    "0-1 0-2 1-3 1-4 2-5 | device-0 | 3-device 4-device 5-device",
  );
});

test("a random graph is empty at density 0, complete at 1, and between them the seed's", () => {
  assert.equal(textOf("random", { subTasks: 3, density: 1 }), "0-1 0-2 1-2 | device-0 | 2-device");
  assert.equal(textOf("random", { subTasks: 2, density: 0 }), " | device-0 device-1 | 0-device 1-device");
  const at = (graphSeed: number) => textOf("random", { subTasks: 20, density: 0.3, graphSeed });
  assert.equal(at(1), at(1));
  assert.notEqual(at(1), at(2));
});

test("the share of dependencies in a random graph is its density", () => {
  // 200 sub-tasks have 19,900 pairs; at density 0.3 the standard deviation of the count is sqrt(19900 x 0.21) = 64.6.
  const application = { topology: "random", subTasks: 200, density: 0.3 } as const;
  const { inner } = applicationOf(loadScenario("paper", { application }));
  assert.ok(Math.abs(inner - 5970) < 4 * 64.6, String(inner));
});

test("a layered graph hands on from layer to layer alone, and its first layer reaches all", () => {
  assert.equal(
    textOf("layered", { subTasks: 5, branches: 2, density: 1 }),
    "0-2 1-2 0-3 1-3 2-4 3-4 | device-0 device-1 | 4-device",
  );
  for (const density of [0, 0.1, 0.5]) {
    const application = { topology: "layered", subTasks: 200, branches: 7, density, graphSeed: 3 } as const;
    const { dependencies, inner, inputs } = applicationOf(loadScenario("paper", { application }));
    for (const { from, to } of dependencies.slice(0, inner)) {
      assert.equal(Math.floor(to / 7), Math.floor(from / 7) + 1);
    }
    // Those of the first layer alone get their input from the device, so each other one follows from one of the layer before.
    const fromDevice = inputs.flatMap((links, task) => (links.some((link) => link >= inner) ? [task] : []));
    assert.deepEqual(fromDevice, [0, 1, 2, 3, 4, 5, 6]);
    if (density === 0) assert.equal(inner, 193, "one each");
    // 193 sub-tasks x 7 at density 0.5, and one in 128 gets a first one: mean 677, standard deviation 18.
    if (density === 0.5) assert.ok(Math.abs(inner - 677) < 4 * 18.4, String(inner));
  }
  const at = (graphSeed: number) => textOf("layered", { subTasks: 20, graphSeed });
  assert.equal(at(1), at(1));
  assert.notEqual(at(1), at(2));
  assert.equal(textOf("layered", { subTasks: 2, branches: 3 }), " | device-0 device-1 | 0-device 1-device");
});

test("a series-parallel graph comes down to one dependency by joining series and parallels", () => {
  for (const density of [0, 0.3, 0.7, 1]) {
    for (const [subTasks, graphSeed] of [
      [1, 1],
      [2, 1],
      [3, 1],
      [40, 1],
      [200, 2],
    ] as const) {
      const application = { topology: "seriesParallel", subTasks, density, graphSeed } as const;
      const { dependencies, inner } = applicationOf(loadScenario("paper", { application }));
      const edges = dependencies.slice(0, inner);
      assert.equal(dependencies.length, inner + 2, "one source and one sink");
      assert.ok(isSeriesParallel(subTasks, edges), `${subTasks} sub-tasks, density ${density}`);
      if (subTasks > 2 && density === 0) assert.equal(inner, subTasks - 1, "a chain");
      if (subTasks > 2 && density === 1) assert.equal(inner, 2 * subTasks - 3, "two for each beside another");
    }
  }
  const at = (graphSeed: number) => textOf("seriesParallel", { subTasks: 20, graphSeed });
  assert.equal(at(1), at(1));
  assert.notEqual(at(1), at(2));
});

/** Whether taking out what stands in a row, and one of two between the same ends, leaves one dependency (Valdes et al., 1982). */
function isSeriesParallel(subTasks: number, edges: readonly { from: number; to: number }[]): boolean {
  const left = new Set(edges.map(({ from, to }) => `${from}-${to}`));
  for (let changed = true; changed; ) {
    changed = false;
    for (let task = 0; task < subTasks; task++) {
      const before = [...left].filter((edge) => edge.endsWith(`-${task}`));
      const after = [...left].filter((edge) => edge.startsWith(`${task}-`));
      if (before.length !== 1 || after.length !== 1) continue;
      left.delete(before[0]);
      left.delete(after[0]);
      left.add(`${before[0].split("-")[0]}-${after[0].split("-")[1]}`);
      changed = true;
    }
  }
  return subTasks === 1 ? left.size === 0 : left.size === 1;
}

test("with sizes of its own a sub-task in the middle also reads from the device and hands to it", () => {
  const dependencies: [number, number][] = [
    [0, 1],
    [1, 2],
  ];
  const measured = {
    dataBytes: [1, 1],
    inputBytes: [0, 5, 0],
    outputBytes: [7, 0, 0],
    cycles: [0, 0, 0],
    scale: [1, 1] as [number, number],
  };
  assert.equal(
    textOf("graph", { subTasks: 3, dependencies, measured }),
    "0-1 1-2 | device-0 device-1 | 0-device 2-device",
  );
  const { inputs, output } = buildApplication(3, dependencies, measured);
  assert.deepEqual(inputs, [[2], [0, 3], [1]]);
  assert.deepEqual(output, [4, -1, 5]);
});

test("a given graph keeps the order of its dependencies", () => {
  assert.equal(
    textOf("graph", {
      subTasks: 4,
      dependencies: [
        [1, 3],
        [0, 3],
      ],
    }),
    "1-3 0-3 | device-0 device-1 device-2 | 2-device 3-device",
  );
});

test("inputs and outputs of a sub-task are indices of its dependencies", () => {
  // 0: 0-2, 1: 1-2, 2: device-0, 3: device-1, 4: 2-device
  const expected: Application = {
    subTasks: 3,
    inner: 2,
    dependencies: [
      { from: 0, to: 2 },
      { from: 1, to: 2 },
      { from: -1, to: 0 },
      { from: -1, to: 1 },
      { from: 2, to: -1 },
    ],
    inputs: [[2], [3], [0, 1]],
    output: [-1, -1, 4],
  };
  assert.deepEqual(
    buildApplication(3, [
      [0, 2],
      [1, 2],
    ]),
    expected,
  );
});

test("a dependency that goes back, to itself, outside or twice is refused", () => {
  for (const [from, to] of [
    [1, 0],
    [1, 1],
    [-1, 1],
    [0, 3],
    [0.5, 7],
    [Number.NaN, 1],
  ] as const) {
    assert.throws(() => buildApplication(3, [[from, to]]), inputError(`[${from}, ${to}]`, "0 <= from < to < 3"));
  }
  assert.throws(
    () =>
      buildApplication(3, [
        [0, 1],
        [1, 2],
        [0, 1],
      ]),
    inputError("[0, 1]", "once"),
  );
});
