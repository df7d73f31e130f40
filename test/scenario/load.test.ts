import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import fc from "fast-check";
import { loadScenario, presetNames, type ScenarioChanges, scenarioHash } from "../../src/scenario/load";
import { type Scenario, scenarioSchema } from "../../src/scenario/scenario";
import { inputError, temporaryFolder } from "../support";

const folder = temporaryFolder();

/** A scenario file with this text in it. */
function fileWith(text: string): string {
  const file = path.join(folder, "mine.json");
  fs.writeFileSync(file, text);
  return file;
}

test("the presets load, by name, and paper is the default", () => {
  assert.deepEqual(presetNames, ["paper", "paper-selective", "literature"]);
  for (const name of presetNames) assert.equal(loadScenario(name).name, name);
  assert.deepEqual(loadScenario(), loadScenario("paper"));
  assert.equal(loadScenario("paper").radio.fading, "flat");
  assert.equal(loadScenario("paper-selective").radio.fading, "selective");
});

test("the preset paper has the paper's T = 6, N = 256, M = 16 and W in [0.01, 0.02] s", () => {
  const { application, radio, edge, wired } = loadScenario("paper");
  assert.deepEqual([application.subTasks, radio.subcarriers, edge.cores, wired.delayS], [6, 256, 16, [0.01, 0.02]]);
});

test("a file and an object mean the same, with or without a byte-order mark", () => {
  const object = { name: "mine", device: { clockHz: 2e9 } };
  for (const mark of ["", "\uFEFF"]) {
    assert.deepEqual(loadScenario(fileWith(mark + JSON.stringify(object))), loadScenario(object));
  }
});

test("what is left out gets its default, in groups that are there, absent or undefined", () => {
  const scenario = loadScenario({ name: "mine", device: { clockHz: 2e9, capacitance: undefined }, wired: undefined });
  assert.deepEqual(scenario.device, { clockHz: 2e9, capacitance: 1e-27 });
  assert.deepEqual(scenario.wired, { rateBitPerS: 0.51e9, delayS: [0.01, 0.02] });
  assert.equal(scenario.description, "");
  assert.equal(scenario.radio.linkBudget, undefined);
  assert.equal(loadScenario({ name: "mine", radio: { linkBudget: {} } }).radio.linkBudget?.transmitPowerDbm, 23);
});

test("changes are laid over a scenario group by group, and leave it as it was", () => {
  const mine = { name: "mine", device: { clockHz: 2e9, capacitance: 2e-27 } };
  const before = structuredClone(mine);
  const scenario = loadScenario(mine, { device: { clockHz: 3e9 }, application: { dataBytes: [1, 2] } });
  assert.deepEqual(scenario.device, { clockHz: 3e9, capacitance: 2e-27 });
  assert.deepEqual(scenario.application.dataBytes, [1, 2]);
  assert.deepEqual(mine, before);
  scenario.application.dataBytes[0] = 5;
  assert.deepEqual(loadScenario(mine).application.dataBytes, [81_400, 541_000], "the default is not shared");
});

const MEASURED = {
  dataBytes: [100],
  inputBytes: [10, 0, 10, 10, 10, 10],
  outputBytes: [0, 0, 0, 0, 0, 0],
  cycles: [10, 20, 30, 40, 50, 60],
};

/** Changes to a graph with one dependency, 0 - 1, and sizes and work of its own. */
function measured(changes: object): { application: object } {
  return { application: { topology: "graph", dependencies: [[0, 1]], measured: { ...MEASURED, ...changes } } };
}

/** What is wrong, and what the message must hold: field, value and what is allowed. */
const WRONG: [what: string, changes: unknown, ...parts: string[]][] = [
  ["a text for a number", { device: { clockHz: "fast" } }, "device.clockHz", '"fast"', "from 1000 to", "(Hz)"],
  ["not a number", { device: { clockHz: Number.NaN } }, "device.clockHz", "NaN", "a number"],
  ["a number below its range", { prices: { perSecond: -1 } }, "prices.perSecond", "-1", "from 0 to", "(cost/s)"],
  ["a number above its range", { application: { density: 1.5 } }, "application.density", "1.5", "from 0 to 1"],
  [
    "half a sub-task",
    { application: { subTasks: 6.5 } },
    "application.subTasks",
    "6.5",
    "a whole number from 1 to 200",
  ],
  ["a number for a group", { device: 5 }, "device is 5", "clockHz, capacitance"],
  [
    "an unknown topology",
    { application: { topology: "ring" } },
    '"ring"',
    "chain, branches, forkJoin, tree, random, layered, seriesParallel, graph",
  ],
  ["an unknown group", { devices: {} }, "devices is not a parameter", "application, device, edge, cloud, radio"],
  ["an unknown parameter", { device: { clock: 1 } }, "device.clock is not a parameter", "clockHz, capacitance"],
  [
    "one in the link budget",
    { radio: { linkBudget: { power: 1 } } },
    "radio.linkBudget.power is not",
    "transmitPowerDbm",
  ],
  ["a number for a range", { wired: { delayS: 0.1 } }, "wired.delayS", "0.1", "[least, most]", "(s)"],
  ["half a range", { application: { dataBytes: [1] } }, "application.dataBytes", "[1]", "[least, most]", "(bytes)"],
  ["a range of three", { application: { dataBytes: [1, 2, 3] } }, "application.dataBytes", "[1,2,3]", "[least, most]"],
  ["a text in a range", { wired: { delayS: [0, "a"] } }, "wired.delayS.1", '"a"', "a number from 0"],
  [
    "a reversed range",
    { application: { dataBytes: [9, 3] } },
    "application.dataBytes",
    "[9, 3]",
    "least not above most",
  ],
  [
    "a grant above the band",
    { radio: { subcarriersGranted: [1, 300] } },
    "radio.subcarriersGranted",
    "300",
    "at most",
    "256",
  ],
  ["a grant above the cores", { edge: { coresGranted: [1, 17] } }, "edge.coresGranted", "17", "at most edge.cores, 16"],
  ["branches that do not divide", { application: { branches: 4 } }, "application.branches is 4", "divisor of", "6"],
  ["an object for a list", { application: { dependencies: {} } }, "application.dependencies is {}", "each [from, to]"],
  ["half a pair", { application: { dependencies: [[0]] } }, "application.dependencies.0", "[0]", "[from, to]"],
  [
    "a dependency to itself",
    {
      application: {
        topology: "graph",
        dependencies: [
          [0, 1],
          [2, 2],
        ],
      },
    },
    "application.dependencies[1] is [2, 2]",
    "from < to < 6",
  ],
  [
    "a dependency on no sub-task",
    { application: { topology: "graph", dependencies: [[0, 6]] } },
    "application.dependencies[0] is [0, 6]",
    "from < to < 6",
  ],
  [
    "a dependency given twice",
    {
      application: {
        topology: "graph",
        dependencies: [
          [0, 1],
          [0, 1],
        ],
      },
    },
    "application.dependencies[1] is [0, 1]",
    "each pair once",
  ],
  [
    "measured sizes for another topology",
    { application: { measured: MEASURED } },
    "application.measured is given for topology branches",
    "graph alone",
  ],
  ["measured sizes in part", measured({ cycles: undefined }), "application.measured.cycles is missing", "at most 200"],
  ["work of too few sub-tasks", measured({ cycles: [1, 2] }), "measured.cycles has 2 entries", "sub-task, 6"],
  ["a name too many", measured({ names: new Array(7).fill("a") }), "measured.names has 7 entries", "sub-task, 6"],
  ["data of too many dependencies", measured({ dataBytes: [1, 2] }), "dataBytes has 2 entries", "dependencies, 1"],
  ["negative work", measured({ cycles: [1, 2, -3, 4, 5, 6] }), "measured.cycles.2 is -3", "from 0 to", "(cycles)"],
  ["a reversed scale", measured({ scale: [2, 1] }), "measured.scale is [2, 1]", "least not above most"],
  [
    "work without input",
    measured({ dataBytes: [0] }),
    "measured.cycles[1] is 20 for a sub-task with 0 bytes of input",
    "a byte",
  ],
  ["a fading trace that is not there", { radio: { fading: "trace" } }, "radio.trace is missing", "bit/s"],
  [
    "a trace shorter than the application",
    { radio: { fading: "trace", trace: [1, 2, 3, 4, 5] } },
    "radio.trace has 5 entries",
    "6",
  ],
  [
    "a trace beyond all radios",
    { radio: { fading: "trace", trace: [1, 2, 3, 4, 5, 1.1e9] } },
    "radio.trace[5] is 1100000000",
    "1000000000 bit/s",
  ],
  [
    "a trace with a link budget",
    { radio: { fading: "trace", trace: [1, 2, 3, 4, 5, 6], linkBudget: {} } },
    "radio.linkBudget is given with fading trace",
  ],
  ["a trace of texts", { radio: { trace: ["1"] } }, 'radio.trace.0 is "1"', "(bit/s)"],
  ["a name with a slash", { name: "../x" }, 'name is "../x"', "letters, digits"],
  ["a long description", { description: "x".repeat(2001) }, "description", '"xxx', "at most 2000 characters"],
  ["a source that is no text", { sources: { "device.clockHz": 1 } }, "sources", "1", "a text"],
];

for (const [what, changes, ...parts] of WRONG) {
  test(`${what} is refused with its field, value and what is allowed`, () => {
    assert.throws(() => loadScenario("paper", changes as ScenarioChanges), inputError("scenario paper: ", ...parts));
  });
}

test("a scenario needs a name", () => {
  assert.throws(() => loadScenario({ device: {} }), inputError("name is missing"));
});

test("an unknown preset is refused with the list of presets", () => {
  for (const name of ["papper", "", "__proto__", "toString"]) {
    assert.throws(() => loadScenario(name), inputError(JSON.stringify(name), "paper, paper-selective", ".json"));
  }
});

test("a file that is missing, a folder, not JSON or not an object is refused by its name", () => {
  assert.throws(() => loadScenario(path.join(folder, "none.json")), inputError("none.json", "no such file"));
  fs.mkdirSync(path.join(folder, "folder.json"));
  assert.throws(() => loadScenario(path.join(folder, "folder.json")), inputError("folder.json", "it is a folder"));
  assert.throws(() => loadScenario(fileWith('{\n"name": "mine",\n}')), inputError("mine.json", "not valid JSON"));
  assert.throws(() => loadScenario(fileWith("")), inputError("mine.json", "not valid JSON"));
  for (const text of ['[{"name":"mine"}]', "null", "7", '"paper"']) {
    assert.throws(() => loadScenario(fileWith(text)), inputError("mine.json", text, "allowed: a JSON object"));
  }
  assert.throws(
    () => loadScenario(fileWith('{"name":"mine","device":{"clockHz":1}}')),
    inputError("mine.json", "device.clockHz is 1;"),
  );
});

test("a scenario that is nested deeply is refused", () => {
  const deep = JSON.parse(`{"name":"mine","device":${"[".repeat(100_000)}${"]".repeat(100_000)}}`);
  assert.throws(() => loadScenario(deep), inputError("nested too deeply"));
});

test("sizes, work and traces are there when they are given, and change no hash when they are not", () => {
  const { application, radio } = loadScenario("paper");
  assert.ok(!("measured" in application) && !("trace" in radio));
  assert.equal(scenarioHash(loadScenario("paper")), "fb26a9702dd0");
  assert.deepEqual(loadScenario("paper", measured({}) as ScenarioChanges).application.measured?.scale, [0.5, 1.5]);
});

test("a __proto__ key is refused wherever it stands, and pollutes nothing", () => {
  for (const text of [
    '{"name":"mine","__proto__":{"clockHz":5e9}}',
    '{"name":"mine","device":{"__proto__":{"clockHz":5e9}}}',
    '{"name":"mine","radio":{"linkBudget":{"__proto__":{"distanceM":5}}}}',
  ]) {
    assert.throws(() => loadScenario(JSON.parse(text)), inputError("__proto__ is not a parameter"));
  }
  assert.throws(
    () => loadScenario("paper", JSON.parse('{"device":{"__proto__":{"clockHz":5e9}}}')),
    inputError("__proto__ is not a parameter"),
  );
  assert.equal(({} as { clockHz?: number }).clockHz, undefined);
});

test("the hash does not depend on the order of keys, the name, the description or the sources", () => {
  const scenario = loadScenario("paper");
  const reversed = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, content]) => [key, reversed(content)]),
        )
      : value;
  const renamed = { ...scenario, name: "other", description: "another", sources: { "device.clockHz": "me" } };
  assert.match(scenarioHash(scenario), /^[0-9a-f]{12}$/);
  assert.equal(scenarioHash(reversed(scenario) as Scenario), scenarioHash(scenario));
  assert.equal(scenarioHash(renamed), scenarioHash(scenario));
  assert.equal(
    scenarioHash(loadScenario({ ...(reversed(scenario) as Scenario), name: "other" })),
    scenarioHash(scenario),
  );
});

test("the hash depends on every parameter", () => {
  const scenario = loadScenario("paper", {
    radio: { linkBudget: {} as never, trace: [1e6] },
    ...(measured({}) as ScenarioChanges),
  });
  const numbers = numericPaths(scenario);
  assert.equal(numbers.length, 39 + 1 + 6 + 6 + 6 + 2 + 1);
  fc.assert(
    fc.property(fc.constantFrom(...numbers), fc.double({ noNaN: true }), (field, value) => {
      const changed = structuredClone(scenario);
      const holder = field.slice(0, -1).reduce((at, key) => at[key] as Holder, changed as unknown as Holder);
      const last = field.at(-1) as string;
      fc.pre(holder[last] !== value && Number.isFinite(value));
      holder[last] = value;
      assert.notEqual(scenarioHash(changed), scenarioHash(scenario), field.join("."));
    }),
    { numRuns: 2000, seed: 1 },
  );
  for (const changes of [
    { application: { topology: "chain" } },
    { radio: { fading: "selective" } },
    { greedy: { by: "cost" } },
  ]) {
    assert.notEqual(
      scenarioHash(loadScenario("paper", changes as ScenarioChanges)),
      scenarioHash(loadScenario("paper")),
    );
  }
});

interface Holder {
  [key: string]: unknown;
}

/** The path of every number in a scenario. */
function numericPaths(value: unknown, at: string[] = []): string[][] {
  if (typeof value === "number") return [at];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, content]) => numericPaths(content, [...at, key]));
}

test("every parameter says its meaning, unit and source, and its default unless it is optional", () => {
  const check = (properties: Record<string, { properties?: object; [key: string]: unknown }>, at: string): void => {
    for (const [name, schema] of Object.entries(properties)) {
      assert.equal(typeof schema.description, "string", at + name);
      if (schema.properties) check(schema.properties as typeof properties, `${at}${name}.`);
      else if (at) assert.ok(schema.unit && schema.source, at + name);
      const isOptional = /^(application\.measured|radio\.trace)/.test(at + name);
      if (at && !schema.properties && !isOptional) assert.notEqual(schema.default, undefined, at + name);
    }
  };
  check(scenarioSchema.properties as never, "");
});
