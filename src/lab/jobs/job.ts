import fs from "node:fs";
import path from "node:path";
import type { Order } from "../../calibration/calibrate";
import { judge } from "../../calibration/judges";
import type { Split } from "../../demonstrations/split";
import type { Scenario } from "../../scenario/scenario";
import { type Experiment, type ModelOptions, modelOf, openExperiment, qModelOf, trainOptionsOf } from "../experiment";
import { progressTo } from "../progress";
import { folderOf, type RunOptions, trainRun } from "../runs";
import { type Shard, storeShard } from "../shards";

/** An experiment in plain JSON: what it takes to make all of it where nothing of it is stored. */
export interface JobExperiment {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly count: number;
  readonly quick: boolean;
}

/**
 * Work that depends on nothing but what stands here, in plain JSON, so that it can be done anywhere and again: a part of a data set, a
 * model of the paper's schemes, a run of a sweep, points of a calibration. What it makes is the same bytes wherever that is.
 */
export type Job =
  | { readonly kind: "shard"; readonly experiment: JobExperiment; readonly split: Split; readonly shard: Shard }
  | {
      readonly kind: "model";
      readonly experiment: JobExperiment;
      readonly name: string;
      readonly options: ModelOptions;
    }
  | { readonly kind: "run"; readonly experiment: JobExperiment; readonly name: string; readonly options: RunOptions }
  | { readonly kind: "points"; readonly orders: readonly Order[] };

/** What a job made: files, by their paths below the folder that it was done in, or a small value. */
export interface Outcome {
  readonly files: readonly string[];
  readonly value?: unknown;
}

export function jobExperiment({ scenario, seed, counts, quick }: Experiment): JobExperiment {
  return { scenario, seed, count: counts.train, quick };
}

/** Does a job: files go below `out`, where those of it that are there already are reused. `onProgress` is told the share that is done. */
export async function perform(job: Job, out: string, hooks: PerformHooks): Promise<Outcome> {
  if (job.kind === "points") return { files: [], value: job.orders.map((order) => judge(...order)) };
  const experiment = openExperiment({ ...job.experiment, out });
  // Of the bars that a job has, that of the training says how far it is; none is shown.
  const draw = ({ label, done, total }: { label: string; done: number; total: number }) => {
    if (job.kind === "model" && label === `Training ${job.name}`) hooks.onProgress(done / total);
  };
  return progressTo({ every: 200, draw, end() {} }, async () => ({
    files: (await filesOf(job, experiment, hooks)).map((file) => path.relative(out, file)),
  }));
}

/** What a job makes, as files with their whole paths. */
async function filesOf(
  job: Exclude<Job, { kind: "points" }>,
  experiment: Experiment,
  { signal, onProgress }: PerformHooks,
): Promise<string[]> {
  if (job.kind === "shard") {
    return [await storeShard(experiment, job.split, job.shard, (done, total) => onProgress(done / total), signal)];
  }
  if (job.kind === "run") {
    const { epochs } = trainOptionsOf(experiment, job.options);
    const onStep = (done: number) => onProgress(done / epochs);
    const { status } = await trainRun(experiment, job.name, job.options, { signal, onStep });
    if (status === "stopped") signal.throwIfAborted();
    return filesIn(folderOf(experiment, job.name));
  }
  if (job.name === "dros") await qModelOf(experiment, job.options);
  else await modelOf(experiment, job.name, job.options);
  return filesIn(path.join(experiment.folder, job.name));
}

function filesIn(folder: string): string[] {
  const names = fs.readdirSync(folder).filter((name) => !name.endsWith(".tmp"));
  return names.toSorted().map((name) => path.join(folder, name));
}

/** What goes on while a job is done. */
export interface PerformHooks {
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}
