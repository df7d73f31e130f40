import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";
import * as lab from "../../src/index";
import { inputError, temporaryFolder } from "../support";

// What a cell of a notebook can give by mistake: its types are right, or would be but for a cast.

const out = temporaryFolder();
const scenario = lab.loadScenario("paper");
const experiment = lab.openExperiment({ out, count: 100, quick: true });
const states = lab.sampleStates(scenario, "1/train", 0, 2);
const set = lab.generate({ scenario, seed: 1, split: "train", count: 20 });
const training = { features: set.features, decisions: set.decisions };
const costs = lab.costTables(scenario, states);
const opened = (options: object) => lab.openExperiment({ out, ...options });
const trained = (options: object) => lab.train(training, training, { ...lab.TRAIN_DEFAULTS, ...options });
const tabular = (options: object) =>
  lab.trainTabularQ({ scenario, states, costs }, { ...lab.TABULAR_Q_DEFAULTS, ...options });
const brokenDown = (options: object) => lab.breakdown({ scenario, seed: 1, split: "train", index: 0, ...options });
const any = (value: unknown) => value as never;

const CALLS: [what: string, call: () => unknown, ...parts: string[]][] = [
  ["a scenario that is a number", () => opened({ scenario: 5 }), "holds 5", "a JSON object"],
  [
    "a scenario with a function",
    () => opened({ scenario: { name: "x", device: { clockHz: () => 1 } } }),
    "device.clockHz",
    "a number",
  ],
  [
    "a scenario that holds itself",
    () => {
      const mine: Record<string, unknown> = { name: "x" };
      mine.device = mine;
      return lab.loadScenario(mine);
    },
    "device.name is not a parameter",
  ],
  [
    "a scenario of a preset's prototype",
    () => lab.loadScenario("constructor"),
    '"constructor"',
    "paper, paper-selective",
  ],
  [
    "changes that are NaN",
    () => lab.loadScenario("paper", { device: { clockHz: Number.NaN } }),
    "device.clockHz is NaN",
  ],
  [
    "changes of __proto__",
    () => lab.loadScenario("paper", JSON.parse('{"device":{"__proto__":{"a":1}}}')),
    "device.__proto__",
  ],
  ["a seed of NaN", () => opened({ seed: Number.NaN }), "seed is NaN", "from 0"],
  ["a seed below zero", () => opened({ seed: -1 }), "seed is -1", "from 0"],
  ["half a seed", () => opened({ seed: 0.5 }), "seed is 0.5", "a whole number"],
  ["a seed that is a text", () => opened({ seed: "1" }), 'seed is "1"', "a whole number"],
  ["a count of nine", () => opened({ count: 9 }), "count is 9", "from 10"],
  ["an endless count", () => opened({ count: Number.POSITIVE_INFINITY }), "count is Infinity", "from 10"],
  ["no hidden layer", () => trained({ hidden: [] }), "hidden has 0 layers", "1 to 20"],
  ["a hidden layer of a million", () => trained({ hidden: [1e6] }), "hidden is 1000000", "from 1 to 16384"],
  ["a learning rate of NaN", () => trained({ learningRate: Number.NaN }), "learningRate is NaN", "above 0, at most 1"],
  ["an unknown head", () => trained({ head: "tanh" }), 'head is "tanh"', "literal, sigmoid, softmax"],
  ["an unknown engine", () => trained({ engine: "abacus" }), "engine is abacus", "webassembly, tensorflow"],
  ["an empty batch", () => trained({ batch: 0 }), "batch is 0", "from 1"],
  ["endless epochs", () => trained({ epochs: Number.POSITIVE_INFINITY }), "epochs is Infinity", "from 1"],
  ["no patience", () => trained({ patience: 0 }), "patience is 0", "from 1"],
  ["a model of wrong options", () => lab.modelOf(experiment, "mine", { epochs: -1 }), "epochs is -1", "from 1"],
  ["no bins", () => tabular({ bins: 0 }), "bins is 0"],
  ["endless episodes", () => tabular({ episodes: Number.POSITIVE_INFINITY }), "episodes is Infinity"],
  ["a state below zero", () => brokenDown({ index: -1 }), "index is -1", "from 0"],
  [
    "decisions that are texts",
    () => brokenDown({ decisions: ["0", "1", "2", "0", "1", "2"] }),
    "decisions is",
    "6 numbers",
  ],
  [
    "decisions of a hundred thousand",
    () => brokenDown({ decisions: new Array(1e5).fill(1) }),
    "decisions is",
    "...",
    "6 numbers",
  ],
  [
    "an unknown method",
    () => lab.optimal(scenario, states, { method: any("magic") }),
    "method is magic",
    "auto, exhaustive",
  ],
  [
    "a method of the prototype",
    () => lab.optimal(scenario, states, { method: any("constructor") }),
    "method is constructor",
  ],
  ["no time", () => lab.optimal(scenario, states, { timeLimitS: 0 }), "time limit is 0", "above 0"],
  [
    "a time that is NaN",
    () => lab.optimal(scenario, states, { timeLimitS: Number.NaN }),
    "time limit is NaN",
    "above 0",
  ],
  ["a calibration of no seed", () => lab.calibrationOf({ out, seed: -1 }), "seed is -1", "from 0"],
  ["a sweep without a space", () => lab.sweepOf(experiment, "s", any({})), "space is undefined", "layers, width"],
  ["a sweep of null", () => lab.sweepOf(experiment, "s", any(null)), "the sweep is null", "an object"],
  [
    "a sweep outside",
    () => lab.sweepOf(experiment, "../s", { space: { layers: [1] } }),
    'name is "../s"',
    "up to 60 letters",
  ],
  ["a run outside", () => lab.runOf(experiment, "../../run", {}), 'name is "../../run"', "up to 60 letters"],
  [
    "a run of more than there are",
    () => lab.runOf(experiment, "run", { demonstrations: 1000 }),
    "demonstrations is 1000",
    "from 10 to 100",
  ],
  ["a run to look up outside", () => lab.runNamed(experiment, "../x"), 'name is ".."', "up to 60 letters"],
  [
    "a model saved outside",
    () => lab.saveRun(experiment, any({ name: "x" }), "../../x"),
    'name is "../../x"',
    "up to 60 letters",
  ],
  ["a model in DIOS's place", () => lab.saveRun(experiment, any({ name: "x" }), "dios"), "name is dios", "other than"],
  [
    "an import of an unknown kind",
    () => lab.importText("{}", "x", { as: any("picture") }),
    'kind is "picture"',
    "workflow, dot, layers, trace",
  ],
  [
    "an import with half a cycle below zero",
    () => lab.importText("{}", "x", { as: "layers", cyclesPerMultiplyAdd: -0.5 }),
    "cyclesPerMultiplyAdd is -0.5",
  ],
  [
    "an import on no scenario",
    () => lab.importText("digraph { a }", "x", { base: "nowhere" }),
    '"nowhere"',
    "paper, paper-selective",
  ],
  [
    "an import of a name that climbs",
    () => lab.importText("digraph { a -> a }", "../../x.dot", {}),
    "x.dot has the cycle",
  ],
  [
    "an application that waits for itself",
    () => lab.buildApplication(2, [[1, 1]]),
    "dependency [1, 1]",
    "0 <= from < to < 2",
  ],
];

for (const [what, call, ...parts] of CALLS) {
  test(`a cell with ${what} gets one sentence`, async () => {
    await assert.rejects(async () => call(), inputError(...parts));
  });
}

test("none of these calls has written anything or changed a prototype", () => {
  assert.deepEqual(fs.readdirSync(out), []);
  assert.deepEqual(Object.keys(Object.prototype), []);
  assert.equal(({} as Record<string, unknown>).a, undefined);
});
