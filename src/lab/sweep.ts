import fs from "node:fs";
import path from "node:path";
import { provenanceOf } from "../demonstrations/generate";
import type { Figure } from "../figures/figure";
import { type ParallelAxis, parallelCoordinates } from "../figures/parallel-coordinates";
import { figureProvenance } from "../figures/provenance";
import type { RunEpoch } from "../figures/run-curves";
import { readJson, writeFile } from "../files";
import type { Cell } from "./data-frame";
import { demonstrationsFile, type Experiment, requestOf } from "./experiment";
import { type Job, jobExperiment } from "./jobs/job";
import { runJobs, type Where } from "./jobs/run-jobs";
import { longWork } from "./long-work";
import type { Progress } from "./progress";
import {
  alone,
  bestEpochOf,
  bestRun,
  checkName,
  folderOf,
  outcomeCells,
  plannedRun,
  type Run,
  runNamed,
  trainRun,
} from "./runs";
import { runOptionsOf, type SweepOptions, type Swept, sweepOptions, type TrialValues, trialsOf } from "./sweep-space";

/** One trial of a sweep. */
export interface Trial {
  /** That of its run: `<sweep>/<number>`. */
  readonly name: string;
  /** What it has of what is varied. */
  readonly values: TrialValues;
  readonly epochs: number;
  /** Demonstrations that it looks at, at most: those it learns from, times its epochs. */
  readonly work: number;
  /** Its run, once that has begun. */
  readonly run?: Run;
}

/** A hyper-parameter sweep as far as it is trained. */
export interface Sweep {
  readonly name: string;
  readonly options: SweepOptions;
  readonly trials: readonly Trial[];
}

/**
 * A sweep, trained to its end: each trial is a run, kept in `runs/<name>/<number>/` of the experiment's folder. Trials that are done are not
 * trained again, and one that was stopped or killed goes on from its checkpoint; interrupted or not, and wherever its trials are trained, the
 * results are the same.
 */
export async function sweepOf(
  experiment: Experiment,
  name: string,
  options: SweepOptions,
  where: Where = {},
): Promise<Sweep> {
  const planned = plannedSweep(experiment, name, options);
  if (isDone(planned)) return planned;
  // Made once, by all cores; workers that find none would each make them.
  if (where.dask === undefined) {
    for (const split of ["train", "validation"] as const) await demonstrationsFile(experiment, split);
  }
  const kept = `sweep ${name} was interrupted; run it again to resume from the last whole epoch of each of its trials.`;
  return longWork(`Sweep ${name}`, workOf(planned), kept, (bar, signal) =>
    alone(`sweep ${name}`, () => trainSideBySide(experiment, planned, where, bar, signal)),
  );
}

/** The jobs that train the trials of a sweep. */
export function trialJobs(experiment: Experiment, { options, trials }: Sweep): Job[] {
  return trials.map(({ name, values }) => {
    const shared = runOptionsOf(values, options.options);
    return { kind: "run", experiment: jobExperiment(experiment), name, options: shared };
  });
}

async function trainSideBySide(
  experiment: Experiment,
  planned: Sweep,
  where: Where,
  bar: Pick<Progress, "resume" | "update">,
  signal: AbortSignal,
): Promise<Sweep> {
  const { name, options, trials } = planned;
  writeFile(optionsFile(experiment, name), `${JSON.stringify(options, null, 2)}\n`);
  const open = trials.filter(({ run }) => run?.status !== "done");
  const jobs = trialJobs(experiment, { ...planned, trials: open });
  const before = total(trials, workDone);
  const begun = open.map(workDone);
  const done = [...begun];
  const show = (index: number, work: number) => {
    done[index] = work;
    const ended = trials.length - open.length + done.filter((of, i) => of === (open[i] as Trial).work).length;
    const since = done.reduce((sum, of, i) => sum + of - (begun[i] as number), 0);
    bar.update(before + since, `${ended} of ${trials.length} trials done`);
  };
  bar.resume(before);
  await runJobs(jobs, where, {
    out: experiment.out,
    signal,
    onProgress: (index, share) => show(index, share * (open[index] as Trial).work),
    onDone: (index) => show(index, (open[index] as Trial).work),
  });
  return plannedSweep(experiment, name, options);
}

/** Whether all trials are done. */
export function isDone({ trials }: Sweep): boolean {
  return trials.every(({ run }) => run?.status === "done");
}

/**
 * Trains the trials that are not done, in order, until all are or the signal stops it. The bar counts demonstrations looked at; `onTrial` is
 * told the sweep after each trial. To be called within `alone`.
 */
export async function trainSweep(
  experiment: Experiment,
  planned: Sweep,
  bar: Pick<Progress, "resume" | "update">,
  signal: AbortSignal,
  onTrial: (sweep: Sweep) => unknown = () => {},
): Promise<Sweep> {
  const { name, options } = planned;
  const trials = [...planned.trials];
  writeFile(optionsFile(experiment, name), `${JSON.stringify(options, null, 2)}\n`);
  bar.resume(total(trials, workDone));
  for (const [index, trial] of trials.entries()) {
    if (trial.run?.status === "done") continue;
    if (signal.aborted) break;
    const others = total(trials, workDone) - workDone(trial);
    const note = `trial ${index + 1} of ${trials.length}${bestNote(trials)}`;
    const run = await trainRun(experiment, trial.name, runOptionsOf(trial.values, options.options), {
      signal,
      onStep: (epochs) => bar.update(others + (trial.work * epochs) / trial.epochs, note),
    });
    trials[index] = { ...trial, run };
    await onTrial({ ...planned, trials });
  }
  bar.update(total(trials, workDone), `${trials.length} trials${bestNote(trials)}`);
  return { ...planned, trials };
}

const total = (trials: readonly Trial[], of: (trial: Trial) => number): number =>
  trials.reduce((sum, trial) => sum + of(trial), 0);

/** Demonstrations that all trials together look at, at most: what a bar of the sweep counts. */
export const workOf = ({ trials }: Sweep): number => total(trials, ({ work }) => work);

/** A run that is done may have ended early. */
function workDone({ run, work, epochs }: Trial): number {
  if (run?.status === "done") return work;
  return run ? (work * run.history.length) / epochs : 0;
}

function bestNote(trials: readonly Trial[]): string {
  const best = bestRun(trials.flatMap(({ run }) => run ?? []));
  return best ? `, least cost gap ${(100 * (bestEpochOf(best) as RunEpoch).costGap).toFixed(2)} %` : "";
}

/** A sweep with what is trained of it already. Throws an InputError when its options are wrong, or a trial of it has other options. */
export function plannedSweep(experiment: Experiment, name: string, given: SweepOptions): Sweep {
  checkName(name);
  const options = sweepOptions(given);
  const trials = trialsOf({ seed: experiment.seed, ...options }).map((values, index): Trial => {
    const trial = `${name}/${index + 1}`;
    const { options: planned, trainedOn } = plannedRun(experiment, trial, runOptionsOf(values, options.options));
    const run = runNamed(experiment, trial);
    const { epochs } = planned;
    return { name: trial, values, epochs, work: epochs * trainedOn.count, ...(run && { run }) };
  });
  return { name, options, trials };
}

/** The kept sweep of this name, if there is one. */
export function sweepNamed(experiment: Experiment, name: string): Sweep | undefined {
  const file = optionsFile(experiment, name);
  return fs.existsSync(file) ? plannedSweep(experiment, name, readJson(file) as SweepOptions) : undefined;
}

function optionsFile(experiment: Experiment, name: string): string {
  return path.join(folderOf(experiment, name), "sweep.json");
}

/** The trials of a sweep as rows of a table: what was varied, and how good the weights are that each keeps. */
export function sweepRows({ trials }: Sweep): Record<string, Cell>[] {
  return trials.map(({ name, values, run }) => {
    const varied = Object.entries(values).map(([swept, value]) => [AXES[swept as Swept].title.toLowerCase(), value]);
    return { trial: name, ...Object.fromEntries(varied), ...outcomeCells(run) };
  });
}

/** The trial of the least cost gap. */
export function bestTrial({ trials }: Sweep): Trial | undefined {
  const best = bestRun(trials.flatMap(({ run }) => run ?? []));
  return trials.find(({ run }) => best !== undefined && run === best);
}

const AXES: { readonly [Name in Swept]: Pick<ParallelAxis, "title" | "scale"> } = {
  layers: { title: "Layers", scale: "linear" },
  width: { title: "Width", scale: "log" },
  learningRate: { title: "Learning rate", scale: "log" },
  batch: { title: "Batch", scale: "log" },
  epochs: { title: "Epochs", scale: "linear" },
  demonstrations: { title: "Demonstrations", scale: "log" },
  head: { title: "Head", scale: "category" },
};

/** A sweep as parallel coordinates: a line a trial that has an epoch, to its cost above the optimum. */
export function sweepCoordinates(experiment: Experiment, { name, options, trials }: Sweep): Figure {
  const shown = trials.flatMap(({ name, values, run }) => {
    const best = run && bestEpochOf(run);
    return best ? [{ name, values, best }] : [];
  });
  const varied = (Object.keys(options.space) as Swept[]).map((swept): ParallelAxis => {
    return { ...AXES[swept], values: shown.map(({ values }) => values[swept] as number | string) };
  });
  const gap: ParallelAxis = {
    title: "Cost gap (%)",
    scale: "log",
    values: shown.map(({ best }) => 100 * best.costGap),
  };
  return parallelCoordinates(
    `sweep-${name.toLowerCase().replaceAll(/[^a-z0-9]/g, "-")}`,
    `Sweep ${name}: what was varied, and the cost above the optimum on the validation set`,
    shown.map(({ name }) => name),
    [...varied, gap],
    figureProvenance(provenanceOf(requestOf(experiment, "validation"))),
  );
}
