import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test, { after, before } from "node:test";
import { standardise, statisticsOf } from "../../src/demonstrations/features";
import { type Demonstrations, generate, generateChunks, provenanceOf } from "../../src/demonstrations/generate";
import {
  loadDemonstrations,
  openDemonstrations,
  type StoredDemonstrations,
  storeDemonstrations,
} from "../../src/demonstrations/store";
import { storedStatistics, storedTrainingSet } from "../../src/learning/stored-training-set";
import { ENGINES, rowsFrom, TRAIN_DEFAULTS, type TrainingSource, train, trainingSetOf } from "../../src/learning/train";
import { inputError, roundScenario, temporaryFolder } from "../support";

const folder = temporaryFolder();
const file = path.join(folder, "train.arrow");
// Chunks of 5,000, 10,000 and 6,001 rows.
const request = { scenario: roundScenario(), seed: 1, split: "train" as const, first: 5_000, count: 21_001 };

let inMemory: Demonstrations;
let stored: StoredDemonstrations;
before(async () => {
  await storeDemonstrations(file, provenanceOf(request), generateChunks(request));
  inMemory = loadDemonstrations(file);
  stored = openDemonstrations(file);
});
after(() => stored.close());

/** All batches joined: features, decisions and how many rows each has. */
function joined(source: TrainingSource, order: readonly number[], batch: number) {
  const [features, decisions, rows]: [number[], number[], number[]] = [[], [], []];
  for (const set of source.batches(Uint32Array.from(order), batch)) {
    features.push(...set.features.values);
    decisions.push(...set.decisions);
    rows.push(set.features.rows);
  }
  return { features, decisions, rows };
}

test("the statistics of what is stored are those of it in memory, to the bit, also of its first rows", () => {
  assert.deepEqual(storedStatistics(stored), statisticsOf(inMemory.features));
  const first = rowsFrom(inMemory, 0, 12_345);
  assert.deepEqual(storedStatistics(stored, 12_345), statisticsOf(first.features));
});

test("rows come in the order asked for, whether few or many of them are read at a time", () => {
  const statistics = statisticsOf(inMemory.features);
  const { features, decisions } = inMemory;
  const { values, columns } = standardise(features, statistics);
  const few = [21_000, 0, 9_999, 10_000, 4_999, 5_000, 0];
  const many = Array.from({ length: 2_000 }, (_, k) => (k * 7_919) % 21_001);
  for (const order of [few, many]) {
    // 4 * 34 + 6 = 142 bytes a row: all rows ahead, 6 batches of 3, and one batch, which is the least.
    for (const ahead of [1e9, 142 * 20, 1]) {
      const source = storedTrainingSet(stored, statistics, 21_001, ahead);
      const { rows, ...got } = joined(source, order, 3);
      assert.deepEqual(
        got.features,
        order.flatMap((row) => [...values.subarray(row * columns, (row + 1) * columns)]),
      );
      assert.deepEqual(
        got.decisions,
        order.flatMap((row) => [...decisions.subarray(row * 6, (row + 1) * 6)]),
      );
      const full = Math.floor(order.length / 3);
      assert.deepEqual(rows, [...new Array(full).fill(3), order.length - 3 * full].filter(Boolean));
    }
  }
});

const options = { ...TRAIN_DEFAULTS, hidden: [12], batch: 500, epochs: 2 };
const validation = generate({ ...request, split: "validation", count: 1_000 });

for (const engine of ENGINES) {
  test(`training from a file gives the bits of training in memory with ${engine}`, async () => {
    const statistics = storedStatistics(stored);
    const checked = trainingSetOf(validation, statistics);
    const short = { ...options, engine };
    const expected = await train(trainingSetOf(inMemory, statistics), checked, short);
    for (const ahead of [undefined, 142 * 3_000]) {
      assert.deepEqual(await train(storedTrainingSet(stored, statistics, 21_001, ahead), checked, short), expected);
    }
    const fewer = trainingSetOf(rowsFrom(inMemory, 0, 11_111), statistics);
    assert.deepEqual(
      await train(storedTrainingSet(stored, statistics, 11_111), checked, short),
      await train(fewer, checked, short),
    );
  });
}

test("training from a file that is stopped in the middle of an epoch and resumed gives the same bits", async () => {
  const statistics = storedStatistics(stored);
  const checked = trainingSetOf(validation, statistics);
  const set = storedTrainingSet(stored, statistics, 21_001, 142 * 3_000);
  const undisturbed = await train(set, checked, options);
  const stopper = new AbortController();
  const checkpoint = path.join(folder, "checkpoint");
  const onStep = (epochs: number) => epochs > 1.5 && stopper.abort();
  const before = await train(set, checked, options, { checkpoint, onStep, signal: stopper.signal });
  assert.deepEqual([before.stopped, before.history.length], [true, 1]);
  const resumed = await train(set, checked, options, { checkpoint });
  assert.deepEqual(resumed, undisturbed);
});

test("a file that is replaced while it is read stays as it was, one that is cut short is refused", async () => {
  const again = path.join(folder, "again.arrow");
  fs.copyFileSync(file, again);
  const open = openDemonstrations(again);
  const other = { ...request, seed: 2 };
  await storeDemonstrations(again, provenanceOf(other), generateChunks(other));
  const decisions = new Uint8Array(6);
  open.readDecisions(21_000, decisions);
  assert.deepEqual(decisions, inMemory.decisions.slice(-6));
  open.close();
  const cut = openDemonstrations(again);
  fs.truncateSync(again, 1_000_000);
  assert.throws(() => cut.readDecisions(21_000, decisions), inputError("again.arrow", "generate it again"));
  cut.close();
});

test("the memory of training does not grow with the demonstrations", {
  skip: process.platform !== "linux",
}, async () => {
  const large = path.join(folder, "large.arrow");
  const many = { ...request, count: 200_000 };
  await storeDemonstrations(large, provenanceOf(many), generateChunks(many));
  const built = (module: string) => JSON.stringify(require.resolve(`../../src/${module}`));
  const script = `
    const { openDemonstrations } = require(${built("demonstrations/store")});
    const { storedStatistics, storedTrainingSet } = require(${built("learning/stored-training-set")});
    const { train, TRAIN_DEFAULTS } = require(${built("learning/train")});
    const peak = () => Number(/VmHWM:\\s*(\\d+)/.exec(require("node:fs").readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
    async function trained(file, epochs) {
      const stored = openDemonstrations(file);
      const set = storedTrainingSet(stored, storedStatistics(stored), stored.provenance.count, 2 ** 21);
      const [validation] = set.batches(Uint32Array.from({ length: 1000 }, (_, row) => row), 1000);
      await train(set, validation, { ...TRAIN_DEFAULTS, hidden: [8], epochs });
      stored.close();
      return peak();
    }
    trained(process.argv[1], 10).then(async (few) => console.log(JSON.stringify([few, await trained(process.argv[2], 1)])));`;
  const told = execFileSync(process.execPath, ["--max-old-space-size=64", "-e", script, file, large], {
    encoding: "utf8",
  });
  const [few, most] = JSON.parse(told);
  // In memory, the features alone would take 27 MB, twice.
  assert.ok(most - few < 30, `${few} MB, then ${most} MB`);
});
