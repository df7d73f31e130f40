import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { standardise, statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { evaluate } from "../../src/evaluation/evaluate";
import type { MethodRow } from "../../src/figures/method-families";
import { readSealed, sealed, writeFile } from "../../src/files";
import { type Experiment, MODELS, openExperiment, trainOptionsOf } from "../../src/lab/experiment";
import { runInterruptHandlers } from "../../src/lab/interrupt";
import { Interrupted } from "../../src/lab/long-work";
import { methodFamiliesOf } from "../../src/lab/method-families";
import { policyDecider } from "../../src/learning/inference";
import { train } from "../../src/learning/train";
import { loadScenario } from "../../src/scenario/load";
import { inputError, temporaryFolder } from "../support";

const out = temporaryFolder();
const open = (more: object = {}) => openExperiment({ quick: true, count: 300, out, ...more });
const fileOf = ({ folder }: Experiment) => path.join(folder, "method-families.json");
const named = (rows: readonly MethodRow[], name: string) => rows.filter(({ method }) => method === name);

test("every method is measured at the sizes that it takes, a search is exact, and what was measured is not measured again", async () => {
  const experiment = open();
  const { rows, provenance } = await methodFamiliesOf(experiment, [15, 3]);
  assert.deepEqual(
    rows.map(({ method, subTasks }) => `${method} ${subTasks}`),
    [
      "exhaustive search 3",
      ...["variable elimination", "tabular Q-learning", "deep Q-learning", "DIOS", "message passing"].flatMap(
        (method) => [`${method} 3`, `${method} 15`],
      ),
    ],
  );
  for (const { family, accuracy, costAbove, offlineS } of rows) {
    if (family === "traditional") assert.deepEqual([accuracy.value, costAbove.value, offlineS], [1, 0, 0]);
    else assert.ok(accuracy.value < 1 && costAbove.value > 0 && costAbove.low < costAbove.value && offlineS > 0);
  }
  assert.equal(named(rows, "exhaustive search")[0]?.states, 20);
  // 19 features of T = 3: 6 dependencies with the device, 4 quantities a sub-task, the delay. 4 bytes a parameter, 8 a statistic.
  const parameters = 20 * 256 + 257 * 256 + 257 * 9;
  assert.equal(named(rows, "DIOS")[0]?.memoryBytes, 4 * parameters + 8 * 2 * 19);
  // One plan, and cost tables: 9 executions, 6 transfers over the radio and 6 over the wire.
  assert.equal(named(rows, "exhaustive search")[0]?.memoryBytes, 3 + 8 * (9 + 6 + 6));
  // One and the same for all sizes.
  const [small, large] = named(rows, "message passing");
  assert.deepEqual([large?.offlineS, large?.memoryBytes], [small?.offlineS, small?.memoryBytes]);
  assert.deepEqual([provenance.scenario, provenance.seed], ["paper", 1]);
  // Of its own time, to the bit.
  assert.deepEqual((await methodFamiliesOf(experiment, [3, 15])).rows, rows);
});

test("quality is what `evaluate` finds of the same network", async () => {
  const experiment = open();
  const { rows } = await methodFamiliesOf(experiment, [3, 15]);
  const scenario = loadScenario("paper", { application: { subTasks: 3 } });
  const set = (split: "train" | "validation", count: number) => generate({ scenario, seed: 1, split, count });
  const [training, validation] = [set("train", 300), set("validation", 30)];
  const statistics = statisticsOf(training.features);
  const options = trainOptionsOf(experiment, { ...MODELS.dios, epochs: 4 });
  const { network } = await train(
    { features: standardise(training.features, statistics), decisions: training.decisions },
    { features: standardise(validation.features, statistics), decisions: validation.decisions },
    options,
  );
  const decide = policyDecider({ network, statistics, head: options.head });
  const test = generate({ scenario, seed: 1, split: "test", count: 2000 });
  const own = { name: "DIOS", title: "", decide: () => decide(scenario, test.states) } as const;
  const [result] = evaluate(test, [own]).results;
  const [row] = named(rows, "DIOS");
  assert.deepEqual(row?.accuracy, result?.accuracy);
  assert.equal(row?.costAbove.value, (result?.relativeCost.value as number) - 1);
  assert.equal(row?.costAbove.high, (result?.relativeCost.high as number) - 1);
});

test("an interrupt keeps the rows that are there, and the next run measures the others alone", async () => {
  const experiment = open({ seed: 2 });
  const file = fileOf(experiment);
  const running = methodFamiliesOf(experiment, [3]);
  const watch = setInterval(() => fs.existsSync(file) && runInterruptHandlers(), 5);
  await assert.rejects(running, (error) => error instanceof Interrupted && /is kept/.test(error.message));
  clearInterval(watch);
  const stored = () => readSealed(file) as { about: object; rows: MethodRow[] };
  const before = stored().rows;
  assert.ok(before.length > 0 && before.length < 6, `${before.length} rows`);
  const { rows } = await methodFamiliesOf(experiment, [3]);
  assert.equal(rows.length, 6);
  for (const row of before) assert.deepEqual(named(rows, row.method), [row]);
  // Of something else, or broken, the file is not believed.
  const whole = stored();
  const altered = whole.rows.map((row) => ({ ...row, memoryBytes: 1 }));
  writeFile(file, sealed({ ...whole, rows: altered }));
  assert.equal((await methodFamiliesOf(experiment, [3])).rows[0]?.memoryBytes, 1);
  writeFile(file, sealed({ about: { ...whole.about, version: "0.0.0" }, rows: altered }));
  assert.notEqual((await methodFamiliesOf(experiment, [3])).rows[0]?.memoryBytes, 1);
});

test("sizes that are none, and capacity that is shared, are refused", async () => {
  await assert.rejects(methodFamiliesOf(open(), []), inputError("subTasks is empty"));
  await assert.rejects(methodFamiliesOf(open(), [0]), inputError("subTasks is 0", "1 to 200"));
  const shared = open({ scenario: loadScenario("paper", { capacity: "shared" }) });
  await assert.rejects(methodFamiliesOf(shared, [3]), inputError("capacity is shared; allowed: unlimited"));
});
