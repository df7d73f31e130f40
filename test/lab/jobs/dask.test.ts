import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import { calibrationOf } from "../../../src/lab/calibration";
import { demonstrationsFile, type Experiment, openExperiment } from "../../../src/lab/experiment";
import { demonstrationsInShards, shardJobs } from "../../../src/lab/job-lists";
import { daskPython } from "../../../src/lab/jobs/dask";
import { type Job, jobExperiment } from "../../../src/lab/jobs/job";
import { type DaskProcess, startScheduler, startWorker } from "../../../src/lab/jobs/local-dask";
import { COMMAND_LINE } from "../../../src/lab/jobs/local-workers";
import { JobsFailed, runJobs } from "../../../src/lab/jobs/run-jobs";
import { shardFile, shardsOf } from "../../../src/lab/shards";
import { sweepOf } from "../../../src/lab/sweep";
import { ROOT } from "../../../src/version";
import { inputError, temporaryFolder } from "../../support";

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const never = new AbortController().signal;
// A lost scheduler is noticed soon; results come by content, as from machines without a common file system.
Object.assign(process.env, { DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT: "4s", DIOS_SHARED: "0" });

/** A small experiment that puts its files below a folder of this name. */
const experimentIn = (name: string, count = 160_000): Experiment =>
  openExperiment({ count, quick: true, out: at(name) });

function bytesOf(name: string): Record<string, string> {
  const files = fs.readdirSync(at(name), { recursive: true, encoding: "utf8" }).toSorted();
  const whole = files.filter((file) => fs.statSync(path.join(at(name), file)).isFile());
  return Object.fromEntries(whole.map((file) => [file, fs.readFileSync(path.join(at(name), file)).toString("latin1")]));
}

/** The command line in a process of its own; resolves to its exit code and what it wrote. */
async function dios(out: string, options: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [COMMAND_LINE, ...options, "--out", at(out)], {
    env: { ...process.env, ...environment },
  });
  let stderr = "";
  child.stderr.on("data", (data: Buffer) => {
    stderr += data;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  return { code, stderr };
}

/** Whether a worker with its files in a folder of this name has begun a job: only then one of our processes has a folder in it. */
function hasWorked(name: string): boolean {
  const names = fs.readdirSync(at(name), { recursive: true, encoding: "utf8" });
  return names.some((file) => path.basename(file).startsWith("dios-worker-"));
}

let one: string;
let cluster: Awaited<ReturnType<typeof startScheduler>>;
let workers: DaskProcess[];

before(async () => {
  const experiment = experimentIn("one");
  one = fs.readFileSync(await demonstrationsFile(experiment, "train")).toString("latin1");
  cluster = await startScheduler();
  workers = await Promise.all([1, 2, 3].map((i) => startWorker(cluster.address, at(`worker ${i}`))));
});

test("16 shards on three workers, one of them killed midway and another joining late, are the bytes of one process", async () => {
  const experiment = experimentIn("killed");
  let late: Promise<DaskProcess> | undefined;
  let done = 0;
  await runJobs(
    shardJobs(experiment, "train", 16),
    { dask: cluster.address },
    {
      out: experiment.out,
      signal: never,
      onDone() {
        if (++done !== 3) return;
        workers[0]?.child.kill("SIGKILL");
        late = startWorker(cluster.address, at("late worker"));
      },
    },
  );
  assert.equal(done, 16);
  await late;
  const file = await demonstrationsInShards(experiment, "train", { dask: cluster.address }, 16);
  assert.ok(one === fs.readFileSync(file).toString("latin1"), "the bytes differ");
  assert.deepEqual(fs.readdirSync(experiment.folder), ["train.arrow"]);
  // What came late takes part in what comes next.
  const next = openExperiment({ count: 160_000, seed: 2, quick: true, out: at("next") });
  await runJobs(shardJobs(next, "train", 16), { dask: cluster.address }, { out: next.out, signal: never });
  assert.ok(hasWorked("late worker"), "the worker that joined late did nothing");
});

test("a worker that sees the folder puts its files there itself", async () => {
  const own = await startScheduler();
  await startWorker(own.address, at("sharing worker"), { DIOS_SHARED: "1" });
  const experiment = experimentIn("shared", 20_000);
  await runJobs(shardJobs(experiment, "train", 2), { dask: own.address }, { out: experiment.out, signal: never });
  assert.ok(!hasWorked("sharing worker"), "it has used a folder of its own");
  const file = await demonstrationsInShards(experiment, "train", { dask: own.address }, 2);
  const alone = await demonstrationsFile(experimentIn("alone", 20_000), "train");
  assert.ok(fs.readFileSync(file).equals(fs.readFileSync(alone)), "the bytes differ");
});

test("sweeps, models and calibrations on Dask have the files that they have here", async () => {
  const where = { dask: cluster.address };
  const sweep = { space: { width: [4, 6, 8] }, options: { layers: 1, epochs: 2, hidden: [4] } } as const;
  const { layers: _, ...options } = sweep.options;
  const rounds = [{ structures: 2, generations: 2, states: 50 }];
  for (const [name, place] of [
    ["here", { workers: 1 }],
    ["there", where],
  ] as const) {
    const experiment = experimentIn(name, 1_000);
    await sweepOf(experiment, "widths", { space: sweep.space, options }, place);
    await calibrationOf({ seed: 4, rounds, out: at(name), ...("dask" in place ? place : {}) });
  }
  const here = bytesOf("here");
  const there = bytesOf("there");
  // Where trials are trained elsewhere, their data sets are made there.
  const made = Object.keys(here).filter((file) => !file.endsWith(".arrow"));
  assert.deepEqual(Object.keys(there), made);
  for (const file of made) assert.ok(here[file] === there[file], `${file} differs`);
  assert.equal(made.filter((file) => file.endsWith("run.json")).length, 3);
});

test("a job that always fails is reported with its cause, and the others are done", async () => {
  const experiment = experimentIn("failing", 20_000);
  const bad: Job = { kind: "points", orders: [null as never] };
  const [first, second] = shardJobs(experiment, "train", 2) as [Job, Job];
  await assert.rejects(
    runJobs([first, bad, second], { dask: cluster.address }, { out: experiment.out, signal: never }),
    (error) => {
      assert.ok(error instanceof JobsFailed, String(error));
      assert.match(
        error.message,
        /^1 of 3 jobs failed, the first of them \(points of a calibration\) because [^\n]+\.$/,
      );
      return true;
    },
  );
  for (const shard of shardsOf(20_000, 2)) assert.ok(fs.existsSync(shardFile(experiment, "train", shard)));
  // What the user gave is not tried again, and said as everywhere.
  const [kind, options] = ["model", { hidden: [0] }] as const;
  const wrong: Job = { kind, experiment: jobExperiment(experiment), name: "wrong", options };
  await assert.rejects(
    runJobs([wrong], { dask: cluster.address }, { out: experiment.out, signal: never }),
    inputError("hidden"),
  );
});

test("a worker with another version is not used, and is named with both versions", async () => {
  const other = at("other lab");
  fs.cpSync(path.join(ROOT, "build", "src"), path.join(other, "build", "src"), { recursive: true });
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(other, "node_modules"));
  const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
  fs.writeFileSync(path.join(other, "package.json"), JSON.stringify({ ...manifest, version: "0.0.1" }));
  const own = await startScheduler();
  await startWorker(own.address, at("other worker"), { DIOS_LAB: other });
  const options = ["generate", "--count", "20000", "--quick", "--shards", "2", "--dask", own.address];
  const refused = await dios("refused", options);
  const sentence =
    /^the Dask worker tcp:\S+ is not used: it has dios-lab 0\.0\.1 with code \w+; allowed: \S+ with code \w+\.$/m;
  assert.match(refused.stderr, sentence);
  assert.match(refused.stderr, /^no worker can be used \(Dask scheduler tcp:[^\n]+\.$/m);
  assert.equal(refused.code, 2);
  await startWorker(own.address, at("right worker"));
  const done = await dios("refused", options);
  assert.match(done.stderr, sentence);
  assert.equal(done.code, 0, done.stderr);
  const alone = await demonstrationsFile(experimentIn("as alone", 20_000), "train");
  const file = path.join(experimentIn("refused", 20_000).folder, "train.arrow");
  assert.ok(fs.readFileSync(file).equals(fs.readFileSync(alone)), "the bytes differ");
});

test("when the scheduler goes what was done stays, and a new one goes on to the same bytes", async () => {
  const own = await startScheduler();
  await startWorker(own.address, at("orphan"));
  const experiment = experimentIn("gone");
  let done = 0;
  const lost = runJobs(
    shardJobs(experiment, "train", 16),
    { dask: own.address },
    {
      out: experiment.out,
      signal: never,
      onDone() {
        if (++done === 2) own.child.kill("SIGKILL");
      },
    },
  );
  await assert.rejects(lost, inputError("the scheduler is gone", own.address, "what was done before is kept"));
  const kept = shardsOf(160_000, 16).filter((shard) => fs.existsSync(shardFile(experiment, "train", shard)));
  assert.ok(kept.length >= 2 && kept.length < 16, `${kept.length} shards are kept`);
  const times = kept.map((shard) => fs.statSync(shardFile(experiment, "train", shard)).mtimeMs);
  const file = await demonstrationsInShards(experiment, "train", { dask: cluster.address }, 16);
  assert.ok(one === fs.readFileSync(file).toString("latin1"), "the bytes differ");
  assert.equal(times.length, kept.length);
});

test("no scheduler, no address and no Python are said in a sentence", async () => {
  const run = (dask: string) =>
    runJobs(shardJobs(experimentIn("none"), "train", 2), { dask }, { out: at("none"), signal: never });
  await assert.rejects(run("here"), inputError("dask is here; allowed: the address of a scheduler"));
  await assert.rejects(run("tcp://127.0.0.1:9"), inputError("dask is tcp://127.0.0.1:9", "no scheduler answers"));
  process.env.DIOS_PYTHON = at("no python");
  try {
    await assert.rejects(run(cluster.address), inputError("no python", "DIOS_PYTHON"));
  } finally {
    delete process.env.DIOS_PYTHON;
  }
});

test("Dask's own settings of TLS are used, and without them a scheduler with TLS is not reached", async () => {
  const made = spawnSync(daskPython(), ["-c", CERTIFICATE, folder], { encoding: "utf8" });
  assert.equal(made.status, 0, made.stderr);
  const files = [at("ca.pem"), at("cert.pem"), at("key.pem")] as const;
  const options = ["--tls-ca-file", files[0], "--tls-cert", files[1], "--tls-key", files[2]];
  const own = await startScheduler(["--protocol", "tls", ...options]);
  assert.match(own.address, /^tls:/);
  await startWorker(own.address, at("tls worker"), {}, ["--protocol", "tls", ...options]);
  const command = ["generate", "--count", "20000", "--quick", "--shards", "2", "--dask", own.address];
  const without = await dios("tls", command);
  assert.equal(without.code, 2);
  assert.match(without.stderr, /^dask is tls:\S+ where no scheduler answers: [^\n]+\.$/m);
  const tls = "DASK_DISTRIBUTED__COMM__TLS__";
  const settings = {
    [`${tls}CA_FILE`]: files[0],
    [`${tls}CLIENT__CERT`]: files[1],
    [`${tls}CLIENT__KEY`]: files[2],
  };
  const done = await dios("tls", command, settings);
  assert.equal(done.code, 0, done.stderr);
});

/** Writes a certificate that signs itself, and its key. */
const CERTIFICATE = `
import os, sys
from distributed import Security
folder = sys.argv[1]
made = Security.temporary()
parts = {"ca.pem": made.tls_ca_file, "cert.pem": made.tls_client_cert, "key.pem": made.tls_client_key}
for name, text in parts.items():
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)
`;
