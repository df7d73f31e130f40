import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { receiveComm } from "../../src/lab/comms";
import { openExperiment } from "../../src/lab/experiment";
import { runNamed, runOf } from "../../src/lab/runs";
import { sweepNamed } from "../../src/lab/sweep";
import { type TrainingExplorer, trainingExplorer } from "../../src/lab/training-explorer";
import { widgetOf } from "../../src/lab/widgets/widget";
import { loadModel } from "../../src/learning/model";
import { inputError, temporaryFolder } from "../support";

const experiment = openExperiment({ count: 400, quick: true, out: temporaryFolder() });

// Outside a notebook tables, and the widgets as text, are printed; they would be among the results of the tests.
const write = process.stdout.write.bind(process.stdout);
const isTable = (text: unknown) => typeof text === "string" && /\t|^Name of the run/.test(text);
test.mock.method(process.stdout, "write", (text: string) => isTable(text) || write(text));

/** The state of all widgets of a model's name below a widget. */
function below(id: string, model: string): { id: string; state: Record<string, unknown> }[] {
  const widget = widgetOf(id);
  if (!widget) return [];
  const own = widget.state._model_name === model ? [{ id, state: widget.state }] : [];
  return [...own, ...widget.children.flatMap((child) => below(child.id, model))];
}

/** Clicks as a front end does. */
function click(explorer: TrainingExplorer, label: string): void {
  const found = below(explorer.id, "ButtonModel").find(({ state }) => state.description === label);
  assert.ok(found, label);
  const data = { method: "custom", content: { event: "click" } };
  receiveComm("comm_msg", { comm_id: found.id, data }, []);
}

const enabled = (explorer: TrainingExplorer) =>
  below(explorer.id, "ButtonModel").flatMap(({ state }) => (state.disabled ? [] : [state.description]));

const lines = (explorer: TrainingExplorer) =>
  below(explorer.id, "LabelModel").map(({ state }) => state.value as string);

const epochsOf = (name: string) => runNamed(experiment, name)?.history.length ?? 0;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Small and quick networks. */
function setUp({ training }: TrainingExplorer, epochs: number): void {
  training.controls.width.value = 16;
  training.controls.batch.value = 64;
  training.controls.demonstrations.value = 400;
  training.controls.epochs.value = epochs;
}

test("clicks start, stop and resume a run, which ends as one from code does", async () => {
  const explorer = await trainingExplorer(experiment);
  assert.equal(explorer.training.controls.name.value, "run-1");
  setUp(explorer, 60);
  assert.ok(!enabled(explorer).includes("Stop"));
  click(explorer, "Start");
  await until(() => epochsOf("run-1") >= 2);
  assert.deepEqual(enabled(explorer), ["Stop"]);
  assert.equal(runNamed(experiment, "run-1")?.status, "running");
  click(explorer, "Stop");
  await until(() => enabled(explorer).includes("Start"));
  const stopped = runNamed(experiment, "run-1");
  assert.equal(stopped?.status, "stopped");
  assert.ok(epochsOf("run-1") < 60);
  assert.ok(lines(explorer).some((line) => /^run-1: \d+ of 60 epochs, stopped/.test(line)));
  // Changed controls do not change a run that goes on.
  explorer.training.controls.width.value = 32;
  click(explorer, "Resume");
  await until(() => runNamed(experiment, "run-1")?.status === "done");
  await until(() => explorer.training.controls.name.value === "run-2");
  const { learningRate } = explorer.training.controls;
  const options = { hidden: [16, 16], batch: 64, epochs: 60, learningRate: learningRate.value };
  const fromCode = await runOf(experiment, "code", options);
  assert.deepEqual(runNamed(experiment, "run-1")?.history, fromCode.history);
  explorer.close();
});

test("what is wrong with the input stands in the line, and a kept name is not overwritten", async () => {
  const explorer = await trainingExplorer(experiment);
  explorer.training.controls.name.value = "code";
  click(explorer, "Start");
  await until(() => lines(explorer).some((line) => line.startsWith("name is code; allowed: a new name")));
  click(explorer, "Resume");
  await until(() =>
    lines(explorer).some((line) => line.startsWith("name is code; allowed: the name of a run that was")),
  );
  await assert.rejects(explorer.training.start(), inputError("name is code"));
  explorer.close();
});

test("the comparison shows kept runs, and saves the best as a model that loads", async () => {
  const explorer = await trainingExplorer(experiment);
  explorer.comparison.controls.model.value = "chosen";
  click(explorer, "Save best as model");
  const folder = path.join(experiment.folder, "chosen");
  await until(() => fs.existsSync(folder));
  assert.deepEqual(loadModel(folder).options.hidden, [16, 16]);
  const [live, comparison] = below(explorer.id, "AnyModel").map(
    ({ state }) => state.figure as { data: { name: string }[] },
  );
  assert.equal(live?.data.length, 3, "three empty panels");
  assert.deepEqual([...new Set(comparison?.data.map(({ name }) => name))].sort(), ["code", "run-1"]);
  explorer.close();
});

test("a sweep starts, stops and goes on, and its best trial is saved", async () => {
  const explorer = await trainingExplorer(experiment);
  const { controls, space } = explorer.sweep;
  Object.assign(controls.name, { value: "tiny" });
  controls.trials.value = 3;
  controls.epochs.value = 30;
  controls.demonstrations.value = 400;
  space.layers.value = "1";
  space.width.value = "4 to 16";
  space.head.value = "";
  click(explorer, "Start or resume");
  const statuses = () => sweepNamed(experiment, "tiny")?.trials.map(({ run }) => run?.status) ?? [];
  await until(() => statuses()[0] === "done");
  click(explorer, "Stop");
  await until(() => enabled(explorer).includes("Start"));
  assert.notEqual(statuses()[2], "done");
  await explorer.sweep.start();
  assert.deepEqual(statuses(), ["done", "done", "done"]);
  await explorer.sweep.save();
  assert.ok((loadModel(path.join(experiment.folder, "best-of-sweep")).options.hidden[0] as number) <= 16);
  const figure = below(explorer.id, "AnyModel").at(-1)?.state.figure as { data: object[] };
  assert.equal(figure.data.length, 3);
  space.width.value = "wide";
  await assert.rejects(explorer.sweep.start(), inputError('space.width holds "wide"'));
  explorer.close();
});

test("a new explorer stops what the one before trains", async () => {
  const first = await trainingExplorer(experiment);
  setUp(first, 60);
  first.training.controls.name.value = "left";
  const training = first.training.start();
  await until(() => epochsOf("left") >= 1);
  const second = await trainingExplorer(experiment);
  await training;
  assert.equal(runNamed(experiment, "left")?.status, "stopped");
  first.close();
  second.close();
});
