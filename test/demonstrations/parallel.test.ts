import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { CHUNK, type Demonstrations, generate, generateChunks, provenanceOf } from "../../src/demonstrations/generate";
import { generateParallel, threadsFor } from "../../src/demonstrations/parallel";
import type { Split } from "../../src/demonstrations/split";
import { storeDemonstrations } from "../../src/demonstrations/store";
import { capacityOf, fits } from "../../src/mec/capacity";
import { costTables, totalsOf } from "../../src/mec/tables";
import { optimal } from "../../src/optimal/optimal";
import { loadScenario } from "../../src/scenario/load";
import { inputError, temporaryFolder } from "../support";

const folder = temporaryFolder();
const inFolder = (name: string) => path.join(folder, name);

/** Four chunks, the first and the last of them not whole. */
const request = {
  scenario: loadScenario("paper"),
  seed: 1,
  split: "train" as Split,
  first: CHUNK - 300,
  count: 2 * CHUNK + 700,
};

async function hashWith(threads: number, reuse: boolean): Promise<string> {
  const file = inFolder(`${threads}.arrow`);
  const long = { ...request, count: 12 * CHUNK };
  await storeDemonstrations(file, provenanceOf(long), generateParallel(long, threads, reuse));
  return createHash("sha256").update(fs.readFileSync(file)).digest("hex");
}

test("any number of threads gives the same bytes as one", async () => {
  const file = inFolder("one.arrow");
  const long = { ...request, count: 12 * CHUNK };
  await storeDemonstrations(file, provenanceOf(long), generateChunks(long));
  const expected = createHash("sha256").update(fs.readFileSync(file)).digest("hex");
  for (const threads of [1, 2, 3, 7]) {
    for (const reuse of [false, true]) assert.equal(await hashWith(threads, reuse), expected, `${threads} threads`);
  }
});

test("chunks come in order, with the provenance of each", async () => {
  const chunks = [];
  for await (const chunk of generateParallel(request, 2)) chunks.push(chunk);
  const expected = [...generateChunks(request)];
  assert.equal(chunks.length, 4);
  assert.deepEqual(chunks, expected);
});

for (const threads of [1, 2, 3]) {
  test(`a signal stops ${threads} threads, and nothing is left of the set`, async () => {
    const stop = new AbortController();
    const file = inFolder(`stopped-${threads}.arrow`);
    const told: number[] = [];
    const storing = storeDemonstrations(
      file,
      provenanceOf(request),
      generateParallel(request, threads),
      (done) => {
        told.push(done);
        if (told.length === 2) stop.abort(new Error("stop"));
      },
      stop.signal,
    );
    await assert.rejects(storing, /^Error: stop$/);
    assert.deepEqual(told, [300, CHUNK + 300]);
    assert.deepEqual(
      fs.readdirSync(folder).filter((name) => name.startsWith("stopped")),
      [],
    );
  });
}

test("many sub-tasks that share a capacity are solved too: the plans fit, and none that fits is known to cost less", async () => {
  const scenario = loadScenario("paper", { capacity: "shared", application: { topology: "chain", subTasks: 18 } });
  const few = { scenario, seed: 1, split: "test", count: 3 } as const;
  const { value: made } = await generateParallel(few, 1).next();
  const { states, decisions, costs } = made as Demonstrations;
  const tables = costTables(scenario, states);
  assert.deepEqual(totalsOf(states, tables, decisions), costs);
  const annealed = await optimal(scenario, states, { method: "annealing", timeLimitS: 0.2 });
  for (let k = 0; k < states.count; k++) {
    assert.ok(fits(capacityOf(scenario), states, decisions, k));
    assert.ok((costs[k] as number) <= (annealed.totals[k] as number) + 1e-6);
    assert.ok((costs[k] as number) >= (annealed.lowerBounds[k] as number) - 1e-6);
  }
  assert.throws(() => generate(few), inputError("capacity is shared by 18 sub-tasks", "at most 16"));
});

test("few demonstrations are made without workers", () => {
  assert.equal(threadsFor(0), 1);
  assert.equal(threadsFor(10_000), 1);
  assert.ok(threadsFor(100_000_000) <= 8);
});
