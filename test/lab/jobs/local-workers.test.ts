import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { openExperiment } from "../../../src/lab/experiment";
import { type Job, jobExperiment } from "../../../src/lab/jobs/job";
import { onLocalWorkers, workersFor } from "../../../src/lab/jobs/local-workers";
import { JobsFailed, runJobs } from "../../../src/lab/jobs/run-jobs";
import { shardsOf } from "../../../src/lab/shards";
import { childrenOf, contents, isRunning, until } from "../../faults/processes";
import { inputError, roundScenario, temporaryFolder } from "../../support";

const folder = temporaryFolder();
const { signal } = new AbortController();

const structure = { topology: "3-branches", greedyBy: "time" } as const;
const middle = new Array<number>(20).fill(0.5);

function experimentIn(out: string, count = 30_000) {
  return openExperiment({ scenario: roundScenario(), seed: 5, count, quick: true, out: path.join(folder, out) });
}

/** Three shards, a training, and a point: each kind of job but that of a whole model. */
function jobsOf(experiment: ReturnType<typeof experimentIn>): Job[] {
  const about = jobExperiment(experiment);
  const shards = shardsOf(experiment.counts.train, 3);
  const options = { hidden: [8], epochs: 2, demonstrations: 500 };
  return [
    ...shards.map((shard): Job => ({ kind: "shard", experiment: about, split: "train", shard })),
    { kind: "run", experiment: { ...about, count: 500 }, name: "net", options },
    POINT,
  ];
}

const POINT: Job = {
  kind: "points",
  orders: [
    [middle, { topology: "chain", greedyBy: "cost" }, 1, 50],
    [middle, structure, 1, 50],
  ],
};

/** Does nothing but fail, and not by what a user gave. */
const HOPELESS = { kind: "points", orders: "none" } as unknown as Job;

const workers = () => childrenOf(process.pid);

/** A training that is never done. */
const ENDLESS = (out: string): Job => ({
  kind: "run",
  experiment: jobExperiment(experimentIn(out, 500)),
  name: "endless",
  options: { hidden: [8], epochs: 100_000, patience: 100_000 },
});

test("jobs give the same files and values in this process and on two worker processes", async () => {
  const values = async (out: string, count: number) => {
    const experiment = experimentIn(out);
    const found: unknown[] = [];
    const onDone = (index: number, value: unknown) => {
      found[index] = value;
    };
    await runJobs(jobsOf(experiment), { workers: count }, { out: experiment.out, signal, onDone });
    return found;
  };
  const here = await values("here", 1);
  const onTwo = await values("on-two", 2);
  assert.deepEqual(onTwo, here);
  const [point] = here.slice(-1) as [number[]];
  assert.ok(point.length === 2 && point.every((deviation) => deviation > 0), "a deviation for each order");
  const files = contents(path.join(folder, "here"));
  assert.deepEqual(contents(path.join(folder, "on-two")), files);
  assert.equal([...files.keys()].filter((name) => /train\.shards.\d+\.arrow$/.test(name)).length, 3);
  await until("the workers to end", () => workers().length === 0);
});

test("there are as many workers as are asked for or cores, but no more than jobs", () => {
  assert.equal(workersFor(5, 3), 3);
  assert.equal(workersFor(2, 3), 2);
  assert.throws(() => workersFor(2, 0), inputError("workers is 0", "from 1 to 256"));
});

test("a worker that is killed in the middle is replaced, its job done, and progress does not run backwards", async () => {
  const job = (out: string): Job => ({
    kind: "run",
    experiment: jobExperiment(experimentIn(out, 500)),
    name: "net",
    options: { hidden: [8], epochs: 60, batch: 16, patience: 60 },
  });
  const out = path.join(folder, "killed");
  const shares: number[] = [];
  let killed = false;
  const failures = await onLocalWorkers([job("killed")], 1, {
    out,
    signal,
    onProgress(_, share) {
      shares.push(share);
      if (killed || share === 0) return;
      killed = true;
      for (const pid of workers()) process.kill(pid, "SIGKILL");
    },
  });
  assert.deepEqual(failures, []);
  assert.ok(killed);
  assert.ok(shares.length > 1, "it told more after it was killed");
  assert.deepEqual(
    shares,
    shares.toSorted((a, b) => a - b),
  );
  const undisturbed = path.join(folder, "undisturbed");
  await runJobs([job("undisturbed")], { workers: 1 }, { out: undisturbed, signal });
  assert.deepEqual(contents(out), contents(undisturbed));
});

test("a job whose worker dies each time is given up after three, with the cause, and the others are done", async () => {
  const dead = new Set<number>();
  const done: number[] = [];
  await assert.rejects(
    runJobs(
      [ENDLESS("deadly"), POINT, POINT],
      { workers: 2 },
      {
        out: path.join(folder, "deadly"),
        signal,
        onDone: (index) => done.push(index),
        onProgress(index) {
          if (index !== 0 || done.length < 2) return;
          for (const pid of workers().filter((pid) => !dead.has(pid))) {
            dead.add(pid);
            process.kill(pid, "SIGKILL");
          }
        },
      },
    ),
    (error) => {
      assert.ok(error instanceof JobsFailed);
      assert.equal(
        error.message,
        "1 of 3 jobs failed, the first of them (endless of seed 5) because its worker process ended 3 times (SIGKILL); the others are done and kept, run it again for the rest.",
      );
      return true;
    },
  );
  assert.deepEqual(done.toSorted(), [1, 2]);
  await until("the workers to end", () => workers().length === 0);
});

for (const count of [1, 2]) {
  test(`a job that always fails is reported with its cause and the others are done, with ${count} workers`, async () => {
    const done: number[] = [];
    const hooks = { out: path.join(folder, "failing"), signal, onDone: (index: number) => done.push(index) };
    await assert.rejects(runJobs([POINT, HOPELESS, POINT, HOPELESS], { workers: count }, hooks), (error) => {
      assert.ok(error instanceof JobsFailed);
      assert.match(
        error.message,
        /^2 of 4 jobs failed, the first of them \(points of a calibration\) because .*map.*; the others are done and kept, run it again for the rest\.$/,
      );
      return true;
    });
    assert.deepEqual(done.toSorted(), [0, 2]);
  });

  test(`what the user gave wrong in a job comes out as an InputError, with ${count} workers`, async () => {
    const experiment = jobExperiment(experimentIn("wrong", 500));
    const wrong: Job = { kind: "run", experiment, name: "net", options: { hidden: [8], batch: 0 } };
    const hooks = { out: path.join(folder, "wrong"), signal };
    await assert.rejects(runJobs([POINT, wrong], { workers: count }, hooks), inputError("batch is 0; allowed: "));
  });
}

test("an abort ends all workers soon, and its reason is thrown", async () => {
  const stop = new AbortController();
  const begun = new Set<number>();
  let pids: number[] = [];
  const running = runJobs(
    [ENDLESS("one"), ENDLESS("two"), POINT],
    { workers: 2 },
    {
      out: path.join(folder, "aborted"),
      signal: stop.signal,
      onProgress(index) {
        begun.add(index);
        if (begun.size < 2 || stop.signal.aborted) return;
        pids = workers();
        stop.abort(new Error("enough"));
      },
    },
  );
  await assert.rejects(running, { message: "enough" });
  assert.ok(pids.length >= 2);
  await until("the workers to end", () => !pids.some(isRunning));
});
