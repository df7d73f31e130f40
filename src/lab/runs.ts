import fs from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Statistics } from "../demonstrations/features";
import { type Provenance, provenanceOf } from "../demonstrations/generate";
import type { StoredDemonstrations } from "../demonstrations/store";
import { InputError, requireInteger, show } from "../errors";
import type { RunEpoch } from "../figures/run-curves";
import { readKept, sealed, writeFile } from "../files";
import { saveModel } from "../learning/model";
import { storedStatistics, storedTrainingSet } from "../learning/stored-training-set";
import {
  checkTrainOptions,
  type TrainHooks,
  type TrainOptions,
  train,
  trainedUntil,
  trainingSetOf,
} from "../learning/train";
import { costTables, totalsOf } from "../mec/tables";
import type { Cell } from "./data-frame";
import {
  demonstrationsOf,
  type Experiment,
  MODELS,
  type ModelOptions,
  requestOf,
  trainOptionsOf,
  withDemonstrations,
} from "./experiment";
import { longWork } from "./long-work";
import type { Progress } from "./progress";

/** What can be said of a run; the rest has its default, as in modelOf. */
export interface RunOptions extends ModelOptions {
  /** Seed of the initial weights and of the order of the demonstrations. Default: that of the experiment. */
  readonly seed?: number;
  /** How many of the experiment's demonstrations to learn from, from the first on. Default: all. */
  readonly demonstrations?: number;
}

/**
 * A training of an experiment that is kept under a name: on disk in `runs/<name>/` of the experiment's folder, as `run.json` and the
 * checkpoint to go on from. It learns on the training set and is judged on the validation set; the test set is not looked at.
 */
export interface Run {
  readonly name: string;
  readonly options: TrainOptions;
  /** The demonstrations learned from. */
  readonly trainedOn: Provenance;
  /** Of their features. */
  readonly statistics: Statistics;
  readonly history: readonly RunEpoch[];
  /** A run is stopped when it is neither done nor training in this process: it goes on from its last whole epoch. */
  readonly status: "running" | "stopped" | "done";
}

/** What goes on beside a run. */
export interface RunHooks extends Pick<TrainHooks, "onStep" | "signal"> {
  /** Called when the run goes on from its checkpoint, with the epochs that it holds. */
  readonly onResume?: (epochs: number) => void;
  /** Called after each epoch, with the run as it is then. */
  readonly onEpoch?: (run: Run) => void;
}

/** The run of this name, trained to its end: loaded when it is done, resumed when it was stopped, started when there is none. */
export async function runOf(experiment: Experiment, name: string, options: RunOptions = {}): Promise<Run> {
  checkName(name);
  const { epochs } = trainOptionsOf(experiment, options);
  if (runNamed(experiment, name)?.status === "done") return trainRun(experiment, name, options);
  const kept = `run ${name} was interrupted; run it again to resume from its last whole epoch.`;
  return longWork(`Run ${name}`, epochs, kept, (bar, signal) =>
    alone(`run ${name}`, async () => {
      const run = await trainRun(experiment, name, options, { signal, ...shownOn(bar) });
      if (run.status === "stopped") signal.throwIfAborted();
      return run;
    }),
  );
}

/** Hooks that show a run on a bar that counts its epochs. */
export function shownOn(bar: Progress, onEpoch: (run: Run) => void = () => {}): RunHooks {
  let note = "";
  return {
    onResume: (epochs) => bar.resume(epochs),
    onStep: (epochs) => bar.update(epochs, note),
    onEpoch(run) {
      note = noteOf(run.history.at(-1) as RunEpoch);
      bar.update(run.history.length, note);
      onEpoch(run);
    },
  };
}

/** An epoch in a few words. */
function noteOf({ validationLoss, validationAccuracy, costGap }: RunEpoch): string {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  return `loss ${validationLoss.toFixed(4)}, labels right ${percent(validationAccuracy)}, cost gap ${percent(costGap)}`;
}

/**
 * Trains a run until it is done or the signal stops it, from its checkpoint when there is one: stopped and resumed, or not, it ends with
 * the same bytes. To be called within `alone`.
 *
 * Throws an InputError when there is a run of this name with other options or other demonstrations.
 */
export async function trainRun(
  experiment: Experiment,
  name: string,
  options: RunOptions,
  hooks: RunHooks = {},
): Promise<Run> {
  const planned = plannedRun(experiment, name, options);
  const before = runNamed(experiment, name);
  if (before?.status === "done") return before;
  return withDemonstrations(experiment, "train", (training) => trainOn(training, experiment, planned, hooks));
}

async function trainOn(
  training: StoredDemonstrations,
  experiment: Experiment,
  planned: PlannedRun,
  hooks: RunHooks,
): Promise<Run> {
  const { name, trainedOn } = planned;
  const validation = await demonstrationsOf(experiment, "validation");
  const statistics = storedStatistics(training, trainedOn.count);
  const costs = costTables(experiment.scenario, validation.states);
  const optimum = sum(validation.costs);
  const checkpoint = checkpointOf(experiment, name);
  // Earlier builds kept the costs of epochs elsewhere.
  if (trainedUntil(checkpoint)?.history.some((epoch) => !("costGap" in epoch))) fs.rmSync(checkpoint);
  let run: Run = { ...planned, statistics, history: [], status: "running" };
  keep(experiment, run, false);
  running = folderOf(experiment, name);
  try {
    const { stopped } = await train<Pick<RunEpoch, "costGap">>(
      storedTrainingSet(training, statistics, trainedOn.count),
      trainingSetOf(validation, statistics),
      run.options,
      {
        ...hooks,
        checkpoint,
        measure: (decisions) => ({ costGap: sum(totalsOf(validation.states, costs, decisions)) / optimum - 1 }),
        onResume(history) {
          run = { ...run, history };
          hooks.onResume?.(history.length);
        },
        onEpoch(epoch) {
          run = { ...run, history: [...run.history, epoch] };
          keep(experiment, run, false);
          hooks.onEpoch?.(run);
        },
      },
    );
    run = { ...run, status: stopped ? "stopped" : "done" };
    keep(experiment, run, !stopped);
    return run;
  } finally {
    running = undefined;
  }
}

/** Folder of the run that trains in this process. */
let running: string | undefined;

/** What is being trained in this process. */
let busy: string | undefined;

/**
 * Runs `work` when nothing else is being trained here; else throws an InputError that says what is: two at once would take twice as
 * long each.
 */
export async function alone<T>(what: string, work: () => Promise<T>): Promise<T> {
  if (busy !== undefined)
    throw new InputError(`${what} cannot start while ${busy} is training; stop that or wait for it.`);
  busy = what;
  try {
    return await work();
  } finally {
    busy = undefined;
  }
}

type PlannedRun = Pick<Run, "name" | "options" | "trainedOn">;

/**
 * A run as it would start: its name and options checked, and compared with those of the run that has this name already.
 */
export function plannedRun(
  experiment: Experiment,
  name: string,
  { demonstrations = experiment.counts.train, ...options }: RunOptions,
): PlannedRun {
  requireInteger("demonstrations", demonstrations, 10, experiment.counts.train);
  const planned = {
    name,
    options: trainOptionsOf(experiment, options),
    trainedOn: provenanceOf({ ...requestOf(experiment, "train"), count: demonstrations }),
  };
  checkTrainOptions(planned.options);
  const before = runNamed(experiment, name);
  if (before && !isDeepStrictEqual([before.options, before.trainedOn], [planned.options, planned.trainedOn])) {
    throw new InputError(`name is ${name}; allowed: a name that no run with other options has.`);
  }
  return planned;
}

/** The kept runs of an experiment, by name; those of sweeps are not among them. */
export function runsOf(experiment: Experiment): Run[] {
  const folder = path.join(experiment.folder, RUNS);
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return names
    .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .flatMap((name) => (NAME.test(name) ? (runNamed(experiment, name) ?? []) : []));
}

/** The kept run of this name, if there is one. */
export function runNamed(experiment: Experiment, name: string): Run | undefined {
  const folder = folderOf(experiment, name);
  const stored = readKept(path.join(folder, "run.json"));
  if (!stored) return undefined;
  const { done, ...kept } = stored as Omit<Run, "status"> & { done: boolean };
  return { ...kept, status: done ? "done" : running === folder ? "running" : "stopped" };
}

/** Stores a run, unless another process has got further with it. */
function keep(experiment: Experiment, { status: _status, ...run }: Run, done: boolean): void {
  const stored = runNamed(experiment, run.name);
  if (!done && (stored?.status === "done" || (stored?.history.length ?? 0) > run.history.length)) return;
  writeFile(path.join(folderOf(experiment, run.name), "run.json"), sealed({ ...run, done }));
}

/** What runs are compared by. */
export type Judgement = "costGap" | "validationLoss";

/** The epoch whose weights a run keeps: that of the least validation loss. */
export function bestEpochOf({ history }: Pick<Run, "history">): RunEpoch | undefined {
  return leastOf(history, ({ validationLoss }) => validationLoss);
}

/**
 * The run whose kept weights are best: of the least cost gap, or of the least validation loss (which says nothing across heads). Runs
 * without a whole epoch are left out.
 */
export function bestRun(runs: readonly Run[], by: Judgement = "costGap"): Run | undefined {
  const begun = runs.filter(({ history }) => history.length > 0);
  return leastOf(begun, (run) => (bestEpochOf(run) as RunEpoch)[by]);
}

function leastOf<T>(items: readonly T[], of: (item: T) => number): T | undefined {
  let least: T | undefined;
  for (const item of items) if (least === undefined || of(item) < of(least)) least = item;
  return least;
}

/**
 * Saves the best weights of a run as the model `name` in the experiment's folder, for loadModel, and returns the model's folder. A model
 * of this name is replaced, except those of the paper's schemes.
 */
export function saveRun(experiment: Experiment, run: Run, name: string): string {
  const folder = modelFolder(experiment, name);
  const trained = trainedUntil(checkpointOf(experiment, run.name));
  if (!trained) throw new InputError(`run ${run.name} has no weights yet; allowed: a run with a whole epoch.`);
  if (run.status === "done" && trained.bestEpoch !== bestEpochOf(run)?.epoch) {
    throw new InputError(`run ${run.name} is being trained by another process; wait for that, then save it.`);
  }
  const { options, statistics, trainedOn } = run;
  saveModel(folder, { ...trained, options, statistics, trainedOn });
  return folder;
}

/**
 * The folder of the model `name` of an experiment. Throws an InputError for the names of the paper's schemes, and where something is called so
 * that is no model and would be lost.
 */
export function modelFolder(experiment: Experiment, name: string): string {
  checkName(name);
  const folder = path.join(experiment.folder, name);
  const taken = fs.existsSync(folder) && !fs.existsSync(path.join(folder, "dios.json"));
  if (taken || Object.hasOwn(MODELS, name) || name === "dros") {
    throw new InputError(
      `name is ${name}; allowed: a name other than ${Object.keys(MODELS).join(", ")}, dros, or of a file.`,
    );
  }
  return folder;
}

/**
 * Runs as rows of a table, each with its options and how good the weights are that it keeps; with the seed where that is not the same in
 * all.
 */
export function runRows(runs: readonly Run[]): Record<string, Cell>[] {
  const seeds = new Set(runs.map(({ options }) => options.seed));
  return runs.map((run) => {
    const { head, hidden, learningRate, batch, epochs, seed } = run.options;
    return {
      run: run.name,
      status: run.status,
      hidden: hidden.join(", "),
      head,
      "learning rate": learningRate,
      batch,
      demonstrations: run.trainedOn.count,
      ...(seeds.size > 1 ? { seed } : {}),
      epochs: `${run.history.length} of ${epochs}`,
      ...outcomeCells(run),
    };
  });
}

/** How good the weights are that a run keeps, as cells of a table; empty before it has any. */
export function outcomeCells(run: Run | undefined): Record<string, Cell> {
  const best = run && bestEpochOf(run);
  return {
    "best epoch": best?.epoch ?? null,
    loss: best?.validationLoss ?? null,
    "labels right (%)": best ? 100 * best.validationAccuracy : null,
    "cost gap (%)": best ? 100 * best.costGap : null,
  };
}

const RUNS = "runs";
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;

/** Throws an InputError unless `name` can be that of a folder everywhere. */
export function checkName(name: string): void {
  if (!NAME.test(name)) {
    throw new InputError(
      `name is ${show(name)}; allowed: up to 60 letters, digits, ".", "_" and "-", the first a letter or a digit.`,
    );
  }
}

/** Folder of a run, or of a sweep. A trial of a sweep is a run named `<sweep>/<number>`. */
export function folderOf(experiment: Experiment, name: string): string {
  const parts = name.split("/");
  for (const part of parts) checkName(part);
  return path.join(experiment.folder, RUNS, ...parts);
}

function checkpointOf(experiment: Experiment, name: string): string {
  return path.join(folderOf(experiment, name), "checkpoint");
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
