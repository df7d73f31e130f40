import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { openExperiment } from "../../src/lab/experiment";
import { Interrupted } from "../../src/lab/long-work";
import {
  bestTrial,
  isDone,
  plannedSweep,
  sweepCoordinates,
  sweepNamed,
  sweepOf,
  sweepRows,
  trainSweep,
} from "../../src/lab/sweep";
import type { SweepOptions } from "../../src/lab/sweep-space";
import { inputError, temporaryFolder } from "../support";

const out = temporaryFolder();
const experiment = openExperiment({ count: 200, quick: true, out });
const options: SweepOptions = {
  space: { width: { low: 4, high: 16 }, batch: [20, 50], demonstrations: [100, 200] },
  trials: 4,
  seed: 5,
  options: { epochs: 3, learningRate: 0.01 },
};

/** All files of a sweep, with its name left out. */
function filesOf(name: string): Record<string, string> {
  const folder = path.join(experiment.folder, "runs", name);
  const files = (fs.readdirSync(folder, { recursive: true }) as string[]).filter((file) =>
    fs.statSync(path.join(folder, file)).isFile(),
  );
  const text = (file: string) => fs.readFileSync(path.join(folder, file)).toString("latin1");
  return Object.fromEntries(
    files.sort().map((file) => [
      file,
      text(file)
        .replaceAll(`"${name}/`, '"')
        .replace(/"sha256": "\w+"/, ""),
    ]),
  );
}

const never = new AbortController().signal;
const noBar = { resume() {}, update() {} };

test("a sweep that is stopped in a trial and goes on has the bytes of an undisturbed one, and trains no trial twice", async () => {
  const whole = await sweepOf(experiment, "whole", options);
  assert.equal(whole.trials.length, 4);
  assert.ok(isDone(whole));
  // Stopped by the bar in the second epoch of the third trial.
  const stopper = new AbortController();
  const bar = {
    resume() {},
    update(done: number, note?: string) {
      const [first, second, third] = plannedSweep(experiment, "parts", options).trials.map(({ work }) => work);
      if (done > (first as number) + (second as number) + 0.5 * (third as number)) stopper.abort();
      if (!stopper.signal.aborted) assert.match(note as string, /^trial [123] of 4/);
    },
  };
  const stopped = await trainSweep(experiment, plannedSweep(experiment, "parts", options), bar, stopper.signal);
  assert.deepEqual(
    stopped.trials.map(({ run }) => run && `${run.status} ${run.history.length}`),
    ["done 3", "done 3", "stopped 1", undefined],
  );
  const before = fs.statSync(path.join(experiment.folder, "runs", "parts", "1", "run.json")).mtimeMs;
  const ends: number[] = [];
  const planned = plannedSweep(experiment, "parts", options);
  const went = await trainSweep(experiment, planned, noBar, never, ({ trials }) =>
    ends.push(trials.filter(({ run }) => run?.status === "done").length),
  );
  assert.deepEqual(ends, [3, 4]);
  assert.equal(fs.statSync(path.join(experiment.folder, "runs", "parts", "1", "run.json")).mtimeMs, before);
  assert.deepEqual(filesOf("parts"), filesOf("whole"));
  assert.deepEqual(
    sweepRows(went).map(({ trial: _, ...row }) => row),
    sweepRows(whole).map(({ trial: _, ...row }) => row),
  );
});

test("the bar counts demonstrations, from those of earlier sessions on to those of all trials", async () => {
  // Two trials of 3 epochs over 100 demonstrations are done; to the second grid come two over 200.
  const grid = (demonstrations: number[]): SweepOptions => ({
    space: { demonstrations, batch: [20, 50] },
    options: { epochs: 3, hidden: [4] },
  });
  await sweepOf(experiment, "counted", grid([100]));
  const said: number[] = [];
  const bar = { resume: (done: number) => said.push(-done), update: (done: number) => said.push(done) };
  await trainSweep(experiment, plannedSweep(experiment, "counted", grid([100, 200])), bar, never);
  assert.equal(said[0], -600);
  assert.equal(said.at(-1), 600 + 1200);
  assert.deepEqual(
    said.slice(1),
    said.slice(1).toSorted((a, b) => a - b),
  );
});

test("an interrupt stops a sweep with a sentence, and what is trained stays", async () => {
  const long: SweepOptions = { ...options, options: { epochs: 500, patience: 500 } };
  const caught = assert.rejects(sweepOf(experiment, "long", long, { workers: 1 }), (error) => {
    assert.ok(error instanceof Interrupted);
    assert.match(error.message, /^sweep long was interrupted; run it again to resume [^\n]+\.$/);
    return true;
  });
  const begun = () => sweepNamed(experiment, "long")?.trials[0]?.run?.history.length ?? 0;
  while (begun() < 1) await new Promise((resolve) => setTimeout(resolve, 10));
  process.emit("SIGINT");
  await caught;
  assert.ok(begun() >= 1);
});

test("a kept sweep is found by its name, its best trial is that of the least cost gap", () => {
  const sweep = sweepNamed(experiment, "whole");
  assert.ok(sweep && isDone(sweep));
  assert.equal(sweepNamed(experiment, "none"), undefined);
  const rows = sweepRows(sweep);
  const gaps = rows.map((row) => row["cost gap (%)"] as number);
  assert.equal(bestTrial(sweep)?.name, rows[gaps.indexOf(Math.min(...gaps))]?.trial);
});

test("another sweep under the same name is refused before it changes anything", async () => {
  const before = filesOf("whole");
  const other = { ...options, options: { ...options.options, epochs: 4 } };
  await assert.rejects(sweepOf(experiment, "whole", other), inputError("name is whole/1", "other options"));
  assert.deepEqual(filesOf("whole"), before);
  await assert.rejects(sweepOf(experiment, "fresh", { ...options, options: { epochs: 0 } }), inputError("epochs is 0"));
  await assert.rejects(sweepOf(experiment, "a/b", options), inputError('name is "a/b"'));
  assert.equal(sweepNamed(experiment, "fresh"), undefined);
});

test("the figure of a sweep has a line for each trial that has an epoch, and an axis for what was varied and the gap", () => {
  const sweep = plannedSweep(experiment, "long", { ...options, options: { epochs: 500, patience: 500 } });
  const figure = sweepCoordinates(experiment, sweep);
  assert.equal(figure.id, "sweep-long");
  assert.deepEqual(figure.table.columns, ["trial", "Width", "Batch", "Demonstrations", "Cost gap (%)"]);
  assert.equal(figure.data.length, 1);
  assert.equal(sweepCoordinates(experiment, { ...sweep, name: "Über.x" }).id, "sweep--ber-x");
});
