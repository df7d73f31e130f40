import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { COMPARED, demonstrationsFile, isTrained, MODELS, modelOf, openExperiment } from "../../src/lab/experiment";
import { demonstrationsInShards, trainCompared } from "../../src/lab/job-lists";
import { shardFile, shardsOf } from "../../src/lab/shards";
import { inputError, temporaryFolder } from "../support";

const folder = temporaryFolder();
const at = (name: string, seed = 1, count = 300) =>
  openExperiment({ seed, count, quick: true, out: path.join(folder, name) });

test("shards are whole chunks that cover all states once, as equal as that allows", () => {
  assert.deepEqual(shardsOf(45_000, 2), [
    { first: 0, count: 20_000 },
    { first: 20_000, count: 25_000 },
  ]);
  // No more than there are chunks of 10,000.
  assert.deepEqual(shardsOf(15_000, 16), [
    { first: 0, count: 10_000 },
    { first: 10_000, count: 5_000 },
  ]);
  // 250,000 at most where nothing is said.
  assert.equal(shardsOf(1_000_000).length, 4);
  assert.throws(() => shardsOf(15_000, 0), inputError("shards is 0", "allowed"));
});

test("shards made on worker processes join to the bytes of one process, and a shard that is stored is not made again", async () => {
  const whole = await demonstrationsFile(at("whole", 1, 45_000), "train");
  const experiment = at("joined", 1, 45_000);
  const [first] = shardsOf(45_000, 4);
  // A shard of another seed in the place of the first is not taken for it.
  const other = at("other", 2, 45_000);
  await demonstrationsInShards(other, "validation", { workers: 1 }, 1);
  const file = shardFile(experiment, "train", first as NonNullable<typeof first>);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.copyFileSync(await demonstrationsFile(other, "validation"), file);
  const joined = await demonstrationsInShards(experiment, "train", { workers: 2 }, 4);
  assert.ok(fs.readFileSync(joined).equals(fs.readFileSync(whole)), "the bytes differ");
  assert.ok(!fs.existsSync(path.dirname(file)), "the shards are left");
});

test("models of several seeds that are trained side by side are those that are trained alone, and are trained once", async () => {
  const experiments = [at("side by side", 1), at("side by side", 2)] as const;
  await trainCompared(experiments, { workers: 2 });
  for (const experiment of experiments) {
    for (const name of COMPARED) assert.ok(await isTrained(experiment, name), `${name} of seed ${experiment.seed}`);
  }
  const [, second] = experiments;
  const alone = at("alone", 2);
  await modelOf(alone, "sos", MODELS.sos);
  const files = ["dios.json", "weights.bin"];
  const bytes = (of: typeof alone) => files.map((file) => fs.readFileSync(path.join(of.folder, "sos", file), "latin1"));
  const unmeasured = (all: string[]) => all.map((text) => text.replaceAll(/"(seconds|sha256)": ?[^,\n}]+/g, ""));
  assert.deepEqual(unmeasured(bytes(second)), unmeasured(bytes(alone)));
  const before = fs.statSync(path.join(second.folder, "sos", "dios.json")).mtimeMs;
  await trainCompared(experiments, { workers: 2 });
  assert.equal(fs.statSync(path.join(second.folder, "sos", "dios.json")).mtimeMs, before);
});
