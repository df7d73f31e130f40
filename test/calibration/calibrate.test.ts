import assert from "node:assert/strict";
import test from "node:test";
import {
  bestOf,
  type CalibrationOptions,
  type CalibrationState,
  calibrationProgress,
  closedFormTargets,
  deviationOf,
  scenarioOf,
  startCalibration,
  stepCalibration,
} from "../../src/calibration/calibrate";
import { judge, startJudges } from "../../src/calibration/judges";
import { SPACE, scenarioAt, TOPOLOGIES, valuesAt } from "../../src/calibration/space";
import { sampleStates } from "../../src/mec/states";
import { costTables, totalsOf } from "../../src/mec/tables";
import { exhaustive } from "../../src/optimal/exhaustive";
import { loadScenario } from "../../src/scenario/load";

const options: CalibrationOptions = {
  seed: 3,
  rounds: [
    { structures: 3, generations: 2, states: 20 },
    { structures: 1, generations: 3, states: 30 },
  ],
};

async function run(state: CalibrationState, steps = Number.POSITIVE_INFINITY): Promise<CalibrationState> {
  let now = state;
  for (let i = 0; i < steps; i++) {
    const next = await stepCalibration(now, async (orders) => orders.map((order) => judge(...order)));
    if (next === now) break;
    now = next;
  }
  return now;
}

test("the deviation is the mean of the absolute differences, in percentage points", () => {
  // |0.20 - 0.25| = 0.05 and |0.10 - 0.07| = 0.03: 4 points on average.
  const targets = [
    { metric: "cost", scheme: "ROS", published: 0.2, measured: 0.25 },
    { metric: "time", scheme: "ROS", published: 0.1, measured: 0.07 },
  ] as const;
  assert.ok(Math.abs(deviationOf(targets) - 4) < 1e-12);
});

test("the reductions are those of the optimum against the schemes, on the validation stream", () => {
  const scenario = loadScenario("paper");
  const states = sampleStates(scenario, "8/validation", 0, 50);
  const costs = costTables(scenario, states);
  const sum = (decisions: Uint8Array) => totalsOf(states, costs, decisions).reduce((total, cost) => total + cost, 0);
  const expected = 1 - sum(exhaustive(states, costs)) / sum(new Uint8Array(50 * 6).fill(2));
  const targets = closedFormTargets(scenario, 8, 50);
  assert.equal(targets.length, 11);
  const cloud = exhaustive(states, costs).filter((site) => site === 2).length / 300;
  assert.ok(Math.abs((targets[0]?.measured as number) - (1 - cloud - 0.02)) < 1e-12);
  const cos = targets.find(({ metric, scheme }) => metric === "cost" && scheme === "COS");
  assert.ok(Math.abs((cos?.measured as number) - expected) < 1e-12);
  assert.equal(cos?.published, 0.1361);
});

test("both ends of every range give a scenario that is valid, for every topology and rule", () => {
  for (const topology of Object.keys(TOPOLOGIES) as (keyof typeof TOPOLOGIES)[]) {
    for (const at of [0, 1]) {
      const point = SPACE.map(() => at);
      const scenario = loadScenario(scenarioAt(point, { topology, greedyBy: "cost" }));
      assert.equal(scenario.greedy.by, "cost");
      assert.equal(scenario.device.clockHz, at === 0 ? 0.5e9 : 2.5e9);
    }
  }
});

test("a point half-way on a logarithmic scale is the geometric mean of its ends, to three digits", () => {
  // sqrt(0.5e9 * 2.5e9) = 1.118e9
  assert.equal(valuesAt(SPACE.map(() => 0.5)).deviceHz, 1.12e9);
});

test("rounds go on with the best, and progress counts every generation", async () => {
  const start = startCalibration(options);
  assert.deepEqual(calibrationProgress(start), [0, 9]);
  const middle = await run(start, 6);
  assert.deepEqual(calibrationProgress(middle), [6, 9]);
  const done = await run(middle);
  assert.deepEqual(calibrationProgress(done), [9, 9]);
  assert.equal(done.searches.length, 1);
  assert.equal(done.ranking.length, 3);
  const deviations = done.ranking.map(({ deviation }) => deviation);
  assert.deepEqual(
    deviations,
    deviations.toSorted((a, b) => a - b),
  );
  assert.deepEqual(done.searches[0]?.structure, done.ranking[0]?.structure);
});

test("the best scenario has the deviation that the search says", async () => {
  const done = await run(startCalibration(options));
  const best = bestOf(done);
  assert.equal(deviationOf(closedFormTargets(scenarioOf(best), options.seed, 30)), best.state.best.value);
});

test("a calibration that goes on from its JSON at any step ends as an undisturbed one", async () => {
  const whole = await run(startCalibration(options));
  for (const steps of [1, 5, 6, 7, 8]) {
    const stored = JSON.parse(JSON.stringify(await run(startCalibration(options), steps)));
    assert.deepEqual(await run(stored), whole, `after ${steps} steps`);
  }
});

test("judges side by side find what one finds, in the order of the points", async () => {
  const structure = { topology: "chain", greedyBy: "time" } as const;
  const points = [0.2, 0.4, 0.5, 0.6, 0.8].map((at) => SPACE.map(() => at));
  const { judge: judgeAll, close } = startJudges();
  try {
    const found = await judgeAll(points.map((point) => [point, structure, 1, 50]));
    assert.deepEqual(
      found,
      points.map((point) => judge(point, structure, 1, 50)),
    );
    assert.equal(new Set(found).size, points.length);
  } finally {
    await close();
  }
});
