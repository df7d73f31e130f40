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
    "chain, branches, forkJoin, tree, random, graph",
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
  ["an object for a list", { application: { dependencies: {} } }, "application.dependencies is {}", "pairs [from, to]"],
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
    radio: { linkBudget: {} as never },
    application: { dependencies: [[0, 1]] },
  });
  const numbers = numericPaths(scenario);
  assert.equal(numbers.length, 39);
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
    assert.notEqual(scenarioHash(loadScenario(scenario, changes as ScenarioChanges)), scenarioHash(scenario));
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

test("every parameter says its meaning, unit, source, default and range", () => {
  const check = (properties: Record<string, { properties?: object; [key: string]: unknown }>, at: string): void => {
    for (const [name, schema] of Object.entries(properties)) {
      assert.equal(typeof schema.description, "string", at + name);
      if (schema.properties) check(schema.properties as typeof properties, `${at}${name}.`);
      else if (at) assert.ok(schema.unit && schema.source && schema.default !== undefined, at + name);
    }
  };
  check(scenarioSchema.properties as never, "");
});
