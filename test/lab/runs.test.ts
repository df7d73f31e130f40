import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { Type } from "@sinclair/typebox";
import { evaluate } from "../../src/evaluation/evaluate";
import { readSealed, sealed } from "../../src/files";
import { demonstrationsOf, modelOf, openExperiment } from "../../src/lab/experiment";
import { Interrupted } from "../../src/lab/long-work";
import {
  alone,
  bestEpochOf,
  bestRun,
  type Run,
  type RunOptions,
  runNamed,
  runOf,
  runRows,
  runsOf,
  saveRun,
  trainRun,
} from "../../src/lab/runs";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "../../src/learning/checkpoint";
import { loadModel } from "../../src/learning/model";
import type { Epoch } from "../../src/learning/train";
import { dios } from "../../src/schemes/imitation";
import { inputError, temporaryFolder } from "../support";

const out = temporaryFolder();
const experiment = openExperiment({ count: 400, quick: true, out });
const options: RunOptions = { hidden: [12], batch: 50, epochs: 5, demonstrations: 300, learningRate: 0.01 };

/** The bytes of a run, but for its name and the checksum that has the name in it. */
function bytesOf(name: string): string[] {
  const folder = path.join(experiment.folder, "runs", name);
  return ["run.json", "checkpoint"].map((file) => {
    const text = fs.readFileSync(path.join(folder, file)).toString("latin1");
    return text.replaceAll(`"name": "${name}"`, "").replace(/"sha256": "\w+"/, "");
  });
}

test("a run that is stopped and resumed ends with the bytes of an undisturbed one", async () => {
  const whole = await runOf(experiment, "whole", options);
  assert.equal(whole.status, "done");
  assert.deepEqual(
    whole.history.map(({ epoch }) => epoch),
    [1, 2, 3, 4, 5],
  );
  const stopper = new AbortController();
  const stopped = await trainRun(experiment, "halves", options, {
    signal: stopper.signal,
    onEpoch({ history, status }) {
      assert.equal(status, "running");
      if (history.length === 2) stopper.abort();
    },
  });
  assert.equal(stopped.status, "stopped");
  assert.equal(stopped.history.length, 2);
  // What another kernel would find.
  assert.deepEqual(runNamed(experiment, "halves"), stopped);
  const resumedAt: number[] = [];
  const resumed = await trainRun(experiment, "halves", options, { onResume: (epochs) => resumedAt.push(epochs) });
  assert.deepEqual(resumedAt, [2]);
  assert.deepEqual(resumed.history, whole.history);
  assert.deepEqual(bytesOf("halves"), bytesOf("whole"));
});

test("a run that was killed between its history and its checkpoint does the epoch again", async () => {
  const [, checkpoint] = ["run.json", "checkpoint"].map((file) => path.join(experiment.folder, "runs", "killed", file));
  let before: Buffer | undefined;
  const stopper = new AbortController();
  await trainRun(experiment, "killed", options, {
    signal: stopper.signal,
    onEpoch({ history }) {
      if (history.length === 3) before = fs.readFileSync(checkpoint as string);
      if (history.length === 3) stopper.abort();
    },
  });
  // The history has three epochs, the checkpoint two.
  fs.writeFileSync(checkpoint as string, before as Buffer);
  assert.equal(runNamed(experiment, "killed")?.history.length, 3);
  await runOf(experiment, "killed", options);
  assert.deepEqual(bytesOf("killed"), bytesOf("whole"));
});

/** Trains a run for two epochs, has something done to its folder and trains it to its end; resolves to the epochs that it was resumed from. */
async function disturbed(name: string, disturb: (folder: string) => void): Promise<number[]> {
  const stopper = new AbortController();
  await trainRun(experiment, name, options, {
    signal: stopper.signal,
    onEpoch: ({ history }) => history.length === 2 && stopper.abort(),
  });
  disturb(path.join(experiment.folder, "runs", name));
  const resumedAt: number[] = [];
  await trainRun(experiment, name, options, { onResume: (epochs) => resumedAt.push(epochs) });
  return resumedAt;
}

test("a run whose history another process has overwritten with an older one goes on from its checkpoint", async () => {
  const resumedAt = await disturbed("older", (folder) => {
    const file = path.join(folder, "run.json");
    fs.writeFileSync(file, sealed({ ...readSealed(file), history: [] }));
  });
  assert.deepEqual(resumedAt, [2]);
  assert.deepEqual(bytesOf("older"), bytesOf("whole"));
});

test("a checkpoint without the costs of its epochs, as earlier builds wrote it, is not used", async () => {
  const resumedAt = await disturbed("early", (folder) => {
    const file = path.join(folder, "checkpoint");
    type About = { history: Epoch[] };
    const { about, bytes } = loadCheckpoint<About>(file, Type.Object({})) as Checkpoint<About>;
    const history = about.history.map(({ epoch, validationLoss }) => ({ epoch, validationLoss }));
    saveCheckpoint(file, { ...about, history }, [new Uint8Array(bytes)]);
  });
  assert.deepEqual(resumedAt, []);
  assert.deepEqual(bytesOf("early"), bytesOf("whole"));
});

test("an interrupt stops a run with a sentence, and it goes on when it is run again", async () => {
  const running = runOf(experiment, "interrupted", { ...options, epochs: 500, patience: 500 });
  const caught = assert.rejects(running, (error) => {
    assert.ok(error instanceof Interrupted);
    assert.match(
      error.message,
      /^run interrupted was interrupted; run it again to resume from its last whole epoch\.$/,
    );
    return true;
  });
  while ((runNamed(experiment, "interrupted")?.history.length ?? 0) < 2) await new Promise((r) => setTimeout(r, 10));
  process.emit("SIGINT");
  await caught;
  assert.equal(runNamed(experiment, "interrupted")?.status, "stopped");
});

test("a run on the first demonstrations has the weights of a model that learned from a set of so many", async () => {
  const few = openExperiment({ count: 300, quick: true, out });
  const model = await modelOf(few, "few", { hidden: [12], batch: 50, epochs: 5, learningRate: 0.01 });
  const folder = saveRun(experiment, await runOf(experiment, "whole", options), "few");
  const saved = loadModel(folder);
  assert.deepEqual(saved.network, model.network);
  assert.deepEqual(saved.trainedOn, model.trainedOn);
  assert.deepEqual(saved.statistics, model.statistics);
  assert.equal(saved.bestEpoch, model.bestEpoch);
});

test("accuracy and cost gap of the best epoch are those of the saved model as a scheme, on the validation set", async () => {
  const run = await runOf(experiment, "literal", { ...options, head: "literal" });
  const validation = await demonstrationsOf(experiment, "validation");
  const scheme = dios(loadModel(saveRun(experiment, run, "saved")));
  const [result] = evaluate(validation, [scheme]).results;
  const best = bestEpochOf(run);
  const near = (a = Number.NaN, b = Number.NaN) => assert.ok(Math.abs(a - b) < 1e-9, `${a} and ${b}`);
  near(best?.costGap, (result?.relativeCost.value as number) - 1);
  near(best?.validationAccuracy, result?.accuracy.value);
});

test("kept runs are listed by name with what became of them, and those of other folders are not", async () => {
  fs.mkdirSync(path.join(experiment.folder, "runs", "no run"), { recursive: true });
  assert.deepEqual(
    runsOf(experiment).map(({ name, status }) => `${name} ${status}`),
    ["early done", "halves done", "interrupted stopped", "killed done", "literal done", "older done", "whole done"],
  );
  const [row] = runRows([runNamed(experiment, "whole") as Run]);
  assert.equal(row?.epochs, "5 of 5");
  assert.equal(row?.demonstrations, 300);
  assert.ok(row && !("seed" in row));
  const other = runNamed(experiment, "literal") as Run;
  const rows = runRows([runNamed(experiment, "whole") as Run, { ...other, options: { ...other.options, seed: 7 } }]);
  assert.deepEqual(
    rows.map(({ seed }) => seed),
    [1, 7],
  );
});

test("a finished run is loaded, and its name is refused for other options", async () => {
  const file = path.join(experiment.folder, "runs", "whole", "run.json");
  const written = fs.statSync(file).mtimeMs;
  assert.deepEqual(await runOf(experiment, "whole", options), runNamed(experiment, "whole"));
  assert.equal(fs.statSync(file).mtimeMs, written);
  await assert.rejects(
    runOf(experiment, "whole", { ...options, epochs: 6 }),
    inputError("name is whole", "other options"),
  );
  await assert.rejects(
    runOf(experiment, "whole", { ...options, demonstrations: 200 }),
    inputError("name is whole", "other options"),
  );
});

test("one thing trains at a time: a second is refused by name", async () => {
  await alone("run first", async () => {
    await assert.rejects(
      runOf(experiment, "second", options),
      inputError("run second cannot start while run first is training"),
    );
  });
  assert.equal(runNamed(experiment, "second"), undefined);
});

const best = (name: string, validationLoss: number, costGap: number): Run => {
  const epoch = { epoch: 1, trainLoss: 1, trainAccuracy: 0.5, validationLoss, validationAccuracy: 0.5, costGap };
  // A later epoch of greater loss does not count, however small its gap.
  const later = { ...epoch, epoch: 2, validationLoss: validationLoss + 1, costGap: 0 };
  return { ...(runNamed(experiment, "whole") as Run), name, history: [epoch, later] };
};

test("the best run is that of the least cost gap, or of the least loss, at the epoch whose weights are kept", () => {
  const runs = [best("a", 0.3, 0.02), best("b", 0.2, 0.03), { ...best("c", 0.1, 0.01), history: [] }];
  assert.equal(bestRun(runs, "costGap")?.name, "a");
  assert.equal(bestRun(runs, "validationLoss")?.name, "b");
  assert.equal(bestRun([]), undefined);
});

test("names and options that cannot be are refused in one sentence, before anything is kept", async () => {
  for (const name of ["", "a b", "../up", "a/b", ".hidden", "x".repeat(61)]) {
    await assert.rejects(runOf(experiment, name, options), inputError("name is", "letters, digits"));
  }
  await assert.rejects(runOf(experiment, "wrong", { ...options, hidden: [] }), inputError("hidden has 0 layers"));
  await assert.rejects(
    runOf(experiment, "wrong", { ...options, demonstrations: 401 }),
    inputError("demonstrations is 401", "from 10 to 400"),
  );
  assert.equal(runNamed(experiment, "wrong"), undefined);
  const run = runNamed(experiment, "whole") as Run;
  for (const name of ["dios", "dros", "runs", "train.arrow"]) {
    assert.throws(() => saveRun(experiment, run, name), inputError(`name is ${name}`));
  }
});

test("runs do not touch the test set", () => {
  assert.ok(fs.existsSync(path.join(experiment.folder, "validation.arrow")));
  assert.ok(!fs.existsSync(path.join(experiment.folder, "test.arrow")));
});
