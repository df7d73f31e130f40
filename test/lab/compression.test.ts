import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { evaluate } from "../../src/evaluation/evaluate";
import { readSealed, sealed, writeFile } from "../../src/files";
import { type CompressedRow, compressionOf } from "../../src/lab/compression";
import { demonstrationsOf, MODELS, modelOf, openExperiment } from "../../src/lab/experiment";
import { runInterruptHandlers } from "../../src/lab/interrupt";
import { Interrupted } from "../../src/lab/long-work";
import { compressedDecider, loadCompressed } from "../../src/learning/compressed-policy";
import { dios } from "../../src/schemes/imitation";
import { temporaryFolder } from "../support";

const out = temporaryFolder();
const open = (seed: number) => openExperiment({ quick: true, count: 300, seed, out });
const named = (rows: readonly CompressedRow[], technique: string, precision = "float32") =>
  rows.find((row) => row.technique === technique && row.precision === precision) as CompressedRow;

test("every way is measured with both precisions, from its file, and what is there is not made again", async () => {
  const experiment = open(1);
  const { rows, trials, provenance } = await compressionOf(experiment);
  assert.deepEqual(
    rows.map(({ technique, detail, precision }) => `${technique} ${detail} ${precision}`),
    [
      "DIOS 256-256",
      "DIOS trained further",
      "weights pruned, all layers 80 %",
      "weights pruned, each layer 80 %",
      "units pruned 64-64",
      "small, on labels 64-64",
      "small, distilled 64-64",
    ].flatMap((name) => [`${name} float32`, `${name} int8`]),
  );
  for (const { file, bytes, latencyS } of rows) {
    assert.equal(fs.statSync(file).size, bytes);
    assert.ok(latencyS > 0 && latencyS < 1);
  }
  const weights = 34 * 256 + 256 * 256 + 256 * 18;
  assert.equal(named(rows, "DIOS").weights, weights);
  for (const scope of ["all layers", "each layer"]) {
    const left = named(rows, `weights pruned, ${scope}`).weights;
    assert.ok(Math.abs(left - 0.2 * weights) <= 2, `${left} of ${weights}`);
    assert.ok(named(rows, `weights pruned, ${scope}`).bytes < 0.3 * named(rows, "DIOS").bytes);
  }
  for (const [i, row] of rows.entries()) {
    const { precision, accuracy } = row;
    if (precision === "int8")
      assert.ok(accuracy.value > (rows[i - 1] as CompressedRow).accuracy.value - 0.01, row.file);
  }
  assert.equal(named(rows, "units pruned").weights, 34 * 64 + 64 * 64 + 64 * 18);
  assert.deepEqual(
    trials.map(({ temperature }) => temperature),
    [1, 2],
  );
  assert.equal(provenance.seed, 1);

  const test = await demonstrationsOf(experiment, "test");
  const [whole] = evaluate(test, [dios(await modelOf(experiment, "dios", MODELS.dios))]).results;
  assert.deepEqual(named(rows, "DIOS").accuracy, whole?.accuracy);
  assert.deepEqual(named(rows, "DIOS").relativeCost, whole?.relativeCost);
  const small = named(rows, "small, distilled", "int8");
  const decisions = compressedDecider(loadCompressed(small.file))(experiment.scenario, test.states);
  const right = decisions.filter((site, i) => site === test.decisions[i]).length / decisions.length;
  assert.ok(Math.abs(small.accuracy.value - right) < 1e-12);

  // Of its own time, to the bit.
  assert.deepEqual((await compressionOf(experiment)).rows, rows);
});

test("an interrupt keeps what was made, and the next run makes the rest", async () => {
  const experiment = open(2);
  await modelOf(experiment, "dios", MODELS.dios);
  const file = path.join(experiment.folder, "compression", "compression.json");
  const running = compressionOf(experiment);
  const stored = () => readSealed(file) as { trials: object[]; rows: { bytes: number }[] };
  const watch = setInterval(() => fs.existsSync(file) && stored().rows.length > 0 && runInterruptHandlers(), 5);
  await assert.rejects(running, (error) => error instanceof Interrupted && /are kept/.test(error.message));
  clearInterval(watch);
  const before = stored();
  assert.ok(before.rows.length > 0 && before.rows.length < 14, `${before.rows.length} rows`);
  // Marked, to be told from rows made anew.
  const marked = { ...before, rows: before.rows.map((row) => ({ ...row, bytes: 1 })) };
  writeFile(file, sealed(marked));
  const { rows } = await compressionOf(experiment);
  assert.equal(rows.length, 14);
  assert.equal(rows.filter(({ bytes }) => bytes === 1).length, before.rows.length);
  // Without one of its files nothing that is kept is believed.
  fs.rmSync(named(rows, "small, distilled").file);
  const again = compressionOf(experiment);
  const watchAgain = setInterval(() => stored().rows.length < 14 && runInterruptHandlers(), 5);
  await assert.rejects(again, Interrupted);
  clearInterval(watchAgain);
  assert.equal(stored().rows.filter(({ bytes }) => bytes === 1).length, 0);
});
