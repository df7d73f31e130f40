import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import seedrandom from "seedrandom";
import { encode, standardise, statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { forwardOf } from "../../src/learning/inference";
import {
  addedCost,
  decideQ,
  Q_DEFAULTS,
  type QOptions,
  type QTrainingSet,
  trainQ,
} from "../../src/learning/q-learning";
import { loadQModel, qDecider, saveQModel } from "../../src/learning/q-model";
import { sampleStates } from "../../src/mec/states";
import { costTables, delayTables, totalOf, totalsOf } from "../../src/mec/tables";
import { exhaustive } from "../../src/optimal/exhaustive";
import { loadScenario } from "../../src/scenario/load";
import { greedy } from "../../src/schemes/gos";

for (const application of [{ topology: "branches" }, { topology: "forkJoin" }, { topology: "random" }] as const) {
  test(`the costs that the decisions add, one after another, sum up to the total cost (${application.topology})`, () => {
    const scenario = loadScenario("paper", { application, prices: { radioPerSecond: 2, wiredPerSecond: 3 } });
    const states = sampleStates(scenario, "added", 0, 20);
    const costs = costTables(scenario, states);
    const random = seedrandom.alea("plans");
    for (let k = 0; k < states.count; k++) {
      const plans = Uint8Array.from({ length: 20 * 6 }, () => Math.floor(3 * random()));
      const plan = plans.subarray(6 * k, 6 * (k + 1));
      let sum = 0;
      for (let task = 0; task < 6; task++) sum += addedCost(states, costs, k, plan, task);
      assert.equal(sum, totalOf(states, costs, plans, k));
    }
  });
}

/** A chain of three sub-tasks; greedy is far from the optimum in it. */
const scenario = loadScenario("paper", { application: { topology: "chain", subTasks: 3 } });
const demonstrations = generate({ scenario, seed: 11, split: "train", count: 40 });
const statistics = statisticsOf(demonstrations.features);
const set: QTrainingSet = {
  states: demonstrations.states,
  features: standardise(encode(scenario, demonstrations.states), statistics),
  costs: costTables(scenario, demonstrations.states),
};
const options: QOptions = {
  ...Q_DEFAULTS,
  hidden: [64, 64],
  learningRate: 2e-3,
  batch: 128,
  environments: 64,
  learnEvery: 2,
  memory: 20_000,
  targetEvery: 50,
  epsilon: [1, 0.1, 20_000],
  steps: 90_000,
  evaluateEvery: 5_000,
  patience: 100,
};
const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

test("forty states are learned to within 1 % of the optimum, from rewards alone", async () => {
  const { network, history } = await trainQ(set, set, options);
  const decisions = decideQ(forwardOf(network), set.features, set.states.application);
  const learned = sum(totalsOf(set.states, set.costs, decisions));
  const optimum = sum(totalsOf(set.states, set.costs, exhaustive(set.states, set.costs)));
  const byTime = sum(totalsOf(set.states, set.costs, greedy(set.states, delayTables(scenario, set.states))));
  assert.ok(byTime / optimum > 1.05, "otherwise greedy would do");
  assert.ok(learned / optimum < 1.01, `it costs ${learned / optimum} times the optimum`);
  // The best look at the validation set is the one that is kept.
  assert.ok(Math.abs(Math.min(...history.map(({ validationCost }) => validationCost)) - learned / 40) < 1e-9);
});

test("the same seed gives the same network, and the stop signal ends training", async () => {
  const short = { ...options, steps: 6_000, evaluateEvery: 2_000 };
  const once = await trainQ(set, set, short);
  const again = await trainQ(set, set, short);
  assert.deepEqual(once.network.parameters, again.network.parameters);
  const controller = new AbortController();
  const stopped = await trainQ(set, set, options, { signal: controller.signal, onReport: () => controller.abort() });
  assert.equal(stopped.stopped, true);
  assert.equal(stopped.history.length, 1);
});

test("training that is stopped and resumed ends with the network of an undisturbed one", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-q-"));
  try {
    const checkpoint = path.join(folder, "dros.checkpoint");
    // The memory is overwritten and the target renewed in both halves.
    const short = { ...options, steps: 16_000, evaluateEvery: 2_000, memory: 3_000, epsilon: [1, 0.1, 8_000] as const };
    const whole = await trainQ(set, set, short);
    const controller = new AbortController();
    const stopped = await trainQ(set, set, short, {
      checkpoint,
      signal: controller.signal,
      onStep: (steps) => {
        if (steps > 9_000) controller.abort();
      },
    });
    assert.equal(stopped.stopped, true);
    assert.equal(stopped.history.length, 4);
    const resumedAt: number[] = [];
    const resumed = await trainQ(set, set, short, { checkpoint, onResume: (steps) => resumedAt.push(steps) });
    // A look comes after the first whole episode past a multiple of 2,000: 42 x 64 x 3 = 8,064.
    assert.deepEqual(resumedAt, [8_064]);
    assert.deepEqual(resumed.network, whole.network);
    const looks = ({ history }: typeof whole) => history.map(({ steps, validationCost }) => [steps, validationCost]);
    assert.deepEqual(looks(resumed), looks(whole));
    const seconds = resumed.history.map((report) => report.seconds);
    assert.deepEqual(
      seconds,
      seconds.toSorted((a, b) => a - b),
    );
    // One of other options, or cut short, is not resumed from.
    const bytes = fs.readFileSync(checkpoint);
    const resumes = async (changes: object): Promise<boolean> => {
      let resumes = false;
      await trainQ(set, set, { ...short, ...changes }, { checkpoint, onResume: () => (resumes = true) });
      return resumes;
    };
    assert.equal(await resumes({ steps: 2_000 }), false);
    fs.writeFileSync(checkpoint, bytes.subarray(0, bytes.length - 1));
    assert.equal(await resumes({}), false);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test("a saved Q-network decides as it did", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-q-"));
  try {
    const { network, history } = await trainQ(set, set, { ...options, steps: 3_000, evaluateEvery: 1_000 });
    const model = { network, options, statistics, trainedOn: demonstrations.provenance, history };
    saveQModel(path.join(folder, "dros"), model);
    const loaded = loadQModel(path.join(folder, "dros"));
    assert.deepEqual(loaded, model);
    const decisions = qDecider(loaded)(set.states);
    assert.deepEqual(decisions, decideQ(forwardOf(network), set.features, set.states.application));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
