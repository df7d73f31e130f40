import assert from "node:assert/strict";
import { once } from "node:events";
import path from "node:path";
import test from "node:test";
import { Worker } from "node:worker_threads";
import { COUNTERS, teamOf } from "../../src/learning/team";
import { ROOT } from "../../src/version";

const PARTS = 7;
const JOBS = 3000;

/** A helper that counts in `done` how often each part was done, and in `by` how many it did itself. */
const HELPER = `
  const { workerData } = require("node:worker_threads");
  const { help } = require(workerData.team);
  help(workerData.counters, (job, part, thread) => {
    Atomics.add(workerData.done, ${PARTS} * job + part, 1);
    Atomics.add(workerData.by, thread, 1);
  });
`;

test("each part of each job is done once and before the job is finished, whoever comes when, and helpers leave at the end", async () => {
  const shared = (length: number) => new Int32Array(new SharedArrayBuffer(4 * length));
  const [counters, done, by] = [shared(COUNTERS), shared(PARTS * JOBS), shared(4)];
  const doPart = (job: number, part: number, thread: number) => {
    Atomics.add(done, PARTS * job + part, 1);
    Atomics.add(by, thread, 1);
  };
  const team = teamOf(counters, doPart);
  const workerData = { counters, done, by, team: path.join(ROOT, "build/src/learning/team") };
  const helpers: Worker[] = [];
  for (let job = 0; job < JOBS; job++) {
    // One comes after the other, while the team is at work.
    if (job % 500 === 0 && helpers.length < 3) helpers.push(new Worker(HELPER, { eval: true, workerData }));
    if (job % 500 === 499) while (team.helpers() < helpers.length) await new Promise(setImmediate);
    const parts = job % (PARTS + 1);
    team.start(job, parts);
    team.finish();
    team.finish();
    const found = [...done.subarray(PARTS * job, PARTS * (job + 1))];
    assert.deepEqual(found, [...Array(parts).fill(1), ...Array(PARTS - parts).fill(0)], `job ${job}`);
  }
  const ended = helpers.map((helper) => once(helper, "exit"));
  team.end();
  assert.deepEqual(await Promise.all(ended), [[0], [0], [0]]);
  const all = Array.from({ length: JOBS }, (_, job) => job % (PARTS + 1)).reduce((sum, parts) => sum + parts, 0);
  assert.equal(
    by.reduce((sum, each) => sum + each, 0),
    all,
  );
  for (const [thread, parts] of by.entries()) assert.ok(parts > 0, `thread ${thread} did nothing`);
});

test("a helper that comes after the end leaves at once", async () => {
  const counters = new Int32Array(new SharedArrayBuffer(4 * COUNTERS));
  const team = teamOf(counters, () => {});
  team.start(0, 1);
  team.finish();
  team.end();
  const workerData = { counters, done: counters, by: counters, team: path.join(ROOT, "build/src/learning/team") };
  const late = new Worker(HELPER, { eval: true, workerData });
  assert.deepEqual(await once(late, "exit"), [0]);
});
