import assert from "node:assert/strict";
import test from "node:test";
import { generate } from "../../src/demonstrations/generate";
import { trainCostSensitive } from "../../src/learning/aggrevate";
import { sitesOfLeast, trainDagger } from "../../src/learning/dagger";
import { type SequentialPolicy, sequentialDecider } from "../../src/learning/sequential";
import { TRAIN_DEFAULTS } from "../../src/learning/train";
import { costTables, totalsOf } from "../../src/mec/tables";
import { loadScenario } from "../../src/scenario/load";
import { inputError } from "../support";

/** A chain in which data weigh more than work: one sub-task at the wrong side of the radio is dear. */
const scenario = loadScenario("paper", {
  application: { topology: "chain", subTasks: 6, dataBytes: [20e3, 541e3], cyclesPerByte: [50, 500] },
  radio: { bandwidthHz: 10e6 },
  prices: {
    radioPerGrant: 0,
    radioPerSecond: 0,
    edgePerGrant: 0,
    edgePerSecond: 0,
    cloudPerSecond: 0,
    wiredPerSecond: 0,
  },
});
const set = (split: "train" | "validation", count: number) => generate({ scenario, seed: 3, split, count });
const [training, validation] = [set("train", 1200), set("validation", 400)];
const options = { ...TRAIN_DEFAULTS, hidden: [48, 48], batch: 128, epochs: 12 };

function costOf(policy: SequentialPolicy): number {
  const decisions = sequentialDecider(policy)(scenario, validation.states);
  const totals = totalsOf(validation.states, costTables(scenario, validation.states), decisions);
  return totals.reduce((sum, total) => sum + total, 0) / totals.length;
}

test("the site of the least cost wins, the lowest of equal ones", () => {
  assert.deepEqual([...sitesOfLeast(Float64Array.of(3, 2, 1, 5, 4, 4, 0, 0, 9))], [2, 1, 0]);
});

test("each round adds what the policy does on all states, and the policy of the round with the least validation cost is kept", async () => {
  const trained = await trainDagger(training, validation, 3, { ...options, epochs: 1 });
  assert.deepEqual(
    trained.rounds.map(({ decisions }) => decisions),
    [1200 * 6, 2400 * 6, 3600 * 6],
  );
  const least = Math.min(...trained.rounds.map(({ validationCost }) => validationCost));
  assert.ok(Math.abs(costOf(trained) - least) < 1e-9);
});

test("in as many steps, aggregation and costs lose less than cloning on a chain", async () => {
  const cloned = costOf(await trainDagger(training, validation, 1, options));
  // Passes over 1, 2 and 3 times the decisions, two each.
  const aggregated = costOf(await trainDagger(training, validation, 3, { ...options, epochs: 2 }));
  const sensitive = await trainCostSensitive(training, validation, options);
  const optimum = validation.costs.reduce((sum, cost) => sum + cost, 0) / validation.states.count;
  assert.ok(optimum < aggregated && aggregated < cloned, `${optimum}, DAgger ${aggregated}, cloning ${cloned}`);
  assert.ok(costOf(sensitive) < cloned, `costs ${costOf(sensitive)}, cloning ${cloned}`);
  // After the cloning and after each of the other six passes; the least is kept.
  assert.equal(sensitive.validationCosts.length, 7);
  assert.ok(Math.abs(costOf(sensitive) - Math.min(...sensitive.validationCosts)) < 1e-9);
});

test("the same seed gives the same policies, and the stop signal ends training", async () => {
  const short = { ...options, epochs: 2 };
  for (const go of [
    (signal?: AbortSignal) => trainDagger(training, validation, 2, short, signal ? { signal } : {}),
    (signal?: AbortSignal) => trainCostSensitive(training, validation, short, signal ? { signal } : {}),
  ]) {
    assert.deepEqual((await go()).network, (await go()).network);
    await assert.rejects(go(AbortSignal.abort()), { name: "AbortError" });
  }
});

test("no round is refused", async () => {
  await assert.rejects(trainDagger(training, validation, 0, options), inputError("rounds is 0", "1 to 1000"));
});
