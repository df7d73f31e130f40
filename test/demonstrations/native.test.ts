import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import seedrandom from "seedrandom";
import { encode } from "../../src/demonstrations/features";
import { type Demonstrations, generate, generateChunks } from "../../src/demonstrations/generate";
import { ratesOf, type States, sampleStates } from "../../src/mec/states";
import { costTables, emptyTables } from "../../src/mec/tables";
import { native } from "../../src/native/kernels";
import { eliminate } from "../../src/optimal/elimination";
import { loadScenario, type ScenarioChanges } from "../../src/scenario/load";
import type { Scenario } from "../../src/scenario/scenario";
import { buildWithoutNative } from "../support";

// Where there are no native kernels there is nothing to compare.
const skip = native ? false : "there are no native kernels here";

const folder = buildWithoutNative();
const plainly = <Module>(name: string): Module => require(path.join(folder, "build/src", name)) as Module;
const plain = {
  ...plainly<typeof import("../../src/demonstrations/features")>("demonstrations/features"),
  ...plainly<typeof import("../../src/demonstrations/generate")>("demonstrations/generate"),
  ...plainly<typeof import("../../src/mec/states")>("mec/states"),
  ...plainly<typeof import("../../src/mec/tables")>("mec/tables"),
  ...plainly<typeof import("../../src/native/kernels")>("native/kernels"),
  ...plainly<typeof import("../../src/optimal/elimination")>("optimal/elimination"),
};

const traced = { fading: "trace", trace: Array.from({ length: 40 }, (_, second) => 1e5 * (second % 7)) } as const;
const measured = {
  dataBytes: [2e5, 3e5, 0],
  inputBytes: [4e5, 0, 0, 1e3],
  outputBytes: [0, 0, 0, 5e4],
  cycles: [1e9, 0, 2e9, 3e8],
  scale: [0.5, 1.5],
} as const;
const dependencies: [number, number][] = [
  [0, 1],
  [0, 2],
  [1, 3],
];

const SCENARIOS: Record<string, Scenario> = {
  paper: loadScenario("paper"),
  "selective fading": loadScenario("paper-selective"),
  literature: loadScenario("literature"),
  "a trace": loadScenario("paper", { radio: traced }),
  "one sub-task": loadScenario("paper", { application: { topology: "chain", subTasks: 1 } }),
  "a long chain": loadScenario("paper", { application: { topology: "chain", subTasks: 37 } }),
  "as many sub-tasks as there may be": loadScenario("paper", {
    application: { topology: "branches", subTasks: 200, branches: 200 },
  }),
  "a tree": loadScenario("paper", { application: { topology: "tree", subTasks: 11 } }),
  "a graph of treewidth 2": loadScenario("paper", { application: { topology: "forkJoin", subTasks: 6 } }),
  "measured work": loadScenario("paper", {
    application: { topology: "graph", subTasks: 4, dependencies, measured },
  } as unknown as ScenarioChanges),
  "no data and a fast channel": loadScenario("paper", {
    application: { dataBytes: [0, 10], cyclesPerByte: [0, 1e5] },
    radio: { meanSnrDb: 60 },
  }),
  "a channel that carries next to nothing": loadScenario("paper", { radio: { meanSnrDb: -60 } }),
  "capacity that is shared": loadScenario("paper", { capacity: "shared" }),
};

function assertSame(found: Demonstrations, wanted: Demonstrations, about: string): void {
  const arrays = ({ states, features, decisions, costs }: Demonstrations) => {
    return { ...arraysOf(states), features: features.values, decisions, costs };
  };
  assertSameArrays(arrays(found), arrays(wanted), about);
}

function arraysOf({ application: _, count: __, ...arrays }: States): Arrays {
  return arrays;
}

type Arrays = Record<string, NodeJS.TypedArray>;

function assertSameArrays(found: Arrays, wanted: Arrays, about: string): void {
  for (const [name, ours] of Object.entries(found)) {
    assert.equal(Buffer.compare(bytesOf(ours), bytesOf(wanted[name] as NodeJS.TypedArray)), 0, `${name}, ${about}`);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

test("the build without the add-on has no native kernels", () => {
  assert.equal(plain.native, undefined);
});

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  test(`natively demonstrations have the same bytes: ${name}`, { skip }, () => {
    // Single states, blocks that are not whole, and numbers of states that get another digit.
    for (const [first, count] of [
      [0, 1],
      [3, 7],
      [0, 8],
      [95, 15],
      [99_985, 257],
      [2 ** 53 - 40, 33],
      [0, 5003],
    ] as const) {
      const request = { scenario, seed: 5, split: "train", first, count } as const;
      assertSame(generate(request), plain.generate(request), `${count} from ${first}`);
    }
  });
}

test("natively millions of gains of a state are sampled", { skip }, () => {
  const scenario = loadScenario("paper-selective", {
    application: { topology: "chain", subTasks: 200, branches: 1 },
    radio: { subcarriers: 65_535, subcarriersGranted: [1, 65_535] },
  });
  const { gains } = sampleStates(scenario, "gains", 0, 9);
  assert.equal(Buffer.compare(bytesOf(gains), bytesOf(plain.sampleStates(scenario, "gains", 0, 9).gains)), 0);
});

test("natively logarithms are those of JavaScript, in all bits", { skip }, () => {
  const random = seedrandom.alea("logarithms");
  const values = Float64Array.from({ length: 300_000 }, (_, i) => {
    if (i % 3 === 0) return Math.floor(2 ** 32 * random()) / 2 ** 32 + 2 ** -33;
    if (i % 3 === 1) return 1 + (random() - 0.5) * 10 ** (-12 * random());
    return 10 ** (300 * (random() - 0.5));
  });
  for (const [i, value] of [1, 2, 0.5, 2 ** -33, Math.SQRT2, Math.SQRT1_2, 1 + 2 ** -52, 1 - 2 ** -53].entries())
    values[i] = value;
  const logs = new Float64Array(3 * values.length);
  native?.logsOf(values, logs);
  for (const [l, log] of [Math.log, Math.log2, Math.log10].entries()) {
    for (const [i, value] of values.entries()) {
      // The decimal ones are for numbers from 1 on.
      if (log === Math.log10 && value < 1) continue;
      assert.ok(Object.is(logs[l * values.length + i], log(value)), `${log.name} ${value}`);
    }
  }
});

test("natively what is done in steps has the same bytes too", { skip }, () => {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    const states = plain.sampleStates(scenario, "steps", 95, 37);
    assertSameArrays(arraysOf(sampleStates(scenario, "steps", 95, 37)), arraysOf(states), name);
    const rates = plain.ratesOf(scenario, states);
    const costs = plain.costTables(scenario, states, rates);
    assertSameArrays(
      { rates: ratesOf(scenario, states), features: encode(scenario, states).values, sites: eliminate(states, costs) },
      { rates, features: plain.encode(scenario, states, rates).values, sites: plain.eliminate(states, costs) },
      name,
    );
  }
});

test("natively cost tables have the same bytes, those that go into tables with more rows too", { skip }, () => {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    const states = sampleStates(scenario, "tables", 0, 21);
    const room = emptyTables(sampleStates(scenario, "tables", 0, 30));
    const wanted = plain.costTables(scenario, states);
    for (const found of [costTables(scenario, states), costTables(scenario, states, undefined, room)]) {
      for (const part of ["execution", "radio", "wired"] as const) {
        const some = found[part].subarray(0, wanted[part].length);
        assert.equal(Buffer.compare(bytesOf(some), bytesOf(wanted[part])), 0, `${part}, ${name}`);
      }
    }
  }
});

test("memory that is used again holds the right chunk, and the one before stays until the next but one", () => {
  const request = { scenario: loadScenario("paper"), seed: 2, split: "test", count: 43_000 } as const;
  const expected = [...generateChunks(request)];
  let before: Demonstrations | undefined;
  let index = 0;
  for (const chunk of generateChunks(request, undefined, true)) {
    assertSame(chunk, expected[index] as Demonstrations, `chunk ${index}`);
    assert.deepEqual(chunk.provenance, expected[index]?.provenance);
    if (before) assertSame(before, expected[index - 1] as Demonstrations, `chunk ${index - 1}`);
    before = chunk;
    index++;
  }
  assert.equal(index, expected.length);
});

test("arrays that do not belong together are refused natively, and nothing is read beyond them", { skip }, () => {
  const scenario = loadScenario("paper");
  const states = sampleStates(scenario, "refused", 0, 50);
  const refused = /RangeError: the arrays are not those of one batch/;
  // As from a notebook, where types are not checked.
  const costs = costTables as (...given: unknown[]) => unknown;
  const rates = ratesOf(scenario, states);
  for (const wrong of [costTables(scenario, states), rates.subarray(1), Float32Array.from(rates)]) {
    assert.throws(() => costs(scenario, states, wrong), refused);
  }
  const few = emptyTables(sampleStates(scenario, "refused", 0, 49));
  assert.throws(() => costTables(scenario, states, rates, few), refused);
  for (const name of ["dataBytes", "cyclesPerByte", "subcarriers", "cores", "wiredDelayS"] as const) {
    const short = { ...states, [name]: states[name].subarray(1) };
    assert.throws(() => costTables(scenario, short, rates), refused, name);
    assert.throws(() => encode(scenario, short, rates), refused, name);
  }
  assert.throws(() => ratesOf(scenario, { ...states, gains: states.gains.subarray(1) }), refused);
  assert.throws(() => eliminate({ ...states, count: 51 }, costTables(scenario, states)), refused);
});
