import type { Split } from "../demonstrations/split";
import { COMPARED, demonstrationsFile, type Experiment, isTrained, MODELS } from "./experiment";
import { type Job, jobExperiment } from "./jobs/job";
import { type JobHooks, runJobs, type Where } from "./jobs/run-jobs";
import { longWork } from "./long-work";
import type { Progress } from "./progress";
import { hasShard, joinShards, shardsOf } from "./shards";

/**
 * The file of a split's demonstrations, generated in shards on a Dask cluster or on worker processes unless it is stored: the same bytes as
 * demonstrationsFile makes. Shards that are done are kept until all are; a generation that was stopped goes on from them.
 */
export async function demonstrationsInShards(
  experiment: Experiment,
  split: Split,
  where: Where,
  shards?: number,
): Promise<string> {
  const all = shardsOf(experiment.counts[split], shards);
  if (all.length === 1) return demonstrationsFile(experiment, split);
  return demonstrationsFile(experiment, split, async (file) => {
    const jobs: Job[] = [];
    for (const job of shardJobs(experiment, split, shards)) {
      if (!(await hasShard(experiment, split, job.shard))) jobs.push(job);
    }
    await listed(`Generating ${split} demonstrations in ${all.length} shards`, jobs, experiment, where, all.length);
    const kept = `joining the ${split} demonstrations was interrupted; their shards are kept, run it again.`;
    await longWork("Joining shards", experiment.counts[split], kept, (bar, signal) =>
      joinShards(file, experiment, split, all, (done) => bar.update(done), signal),
    );
  });
}

/** The jobs that generate a split's demonstrations in so many shards. */
export function shardJobs(experiment: Experiment, split: Split, shards?: number): (Job & { kind: "shard" })[] {
  const about = jobExperiment(experiment);
  return shardsOf(experiment.counts[split], shards).map((shard) => ({
    kind: "shard",
    experiment: about,
    split,
    shard,
  }));
}

/** Trains what evaluationOf and literalAccuracyOf need of several experiments and is not stored, side by side. */
export async function trainCompared(experiments: readonly Experiment[], where: Where): Promise<void> {
  const jobs: Job[] = [];
  for (const experiment of experiments) {
    for (const name of COMPARED) {
      if (await isTrained(experiment, name)) continue;
      const options = name === "dros" ? {} : MODELS[name];
      jobs.push({ kind: "model", experiment: jobExperiment(experiment), name, options });
    }
  }
  const all = COMPARED.length * experiments.length;
  await listed(`Training ${all} models`, jobs, experiments[0] as Experiment, where, all);
}

/** Runs jobs under a bar that counts them, of `total` in all. */
async function listed(
  label: string,
  jobs: readonly Job[],
  { out }: Experiment,
  where: Where,
  total: number,
): Promise<void> {
  if (jobs.length === 0) return;
  const kept = `${label.charAt(0).toLowerCase()}${label.slice(1)} was interrupted; what is done is kept, run it again for the rest.`;
  await longWork(label, total, kept, (bar, signal) => {
    bar.resume(total - jobs.length);
    return runJobs(jobs, where, { out, signal, ...shownOn(bar, jobs.length, total - jobs.length) });
  });
}

/** Hooks that show jobs on a bar on which each counts one. */
function shownOn(bar: Pick<Progress, "update">, jobs: number, before: number): Pick<JobHooks, "onProgress" | "onDone"> {
  const shares = new Array<number>(jobs).fill(0);
  const show = (index: number, share: number) => {
    shares[index] = share;
    bar.update(before + shares.reduce((sum, of) => sum + of));
  };
  return { onProgress: show, onDone: (index) => show(index, 1) };
}
