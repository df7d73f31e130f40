import { InputError } from "../../errors";
import { connectDask } from "./dask";
import { type Job, perform } from "./job";
import { onLocalWorkers, workersFor } from "./local-workers";

/** Where jobs are done. */
export interface Where {
  /** Processes on this machine; 1 for none but this one. Default: one a core, as far as there are jobs. */
  readonly workers?: number;
  /** Address of the scheduler of a Dask cluster, such as tcp://host:8786 or tls://host:8786. */
  readonly dask?: string;
}

/** What goes on while jobs are done. */
export interface JobHooks {
  /** The folder that files go to. */
  readonly out: string;
  readonly signal: AbortSignal;
  /** Told the share of a job that is done, between 0 and 1, where that is known. */
  readonly onProgress?: (index: number, share: number) => void;
  /** Called for each job that is done, in the order in which they end; its files are in place. */
  readonly onDone?: (index: number, value: unknown) => void;
}

/** A job that could not be done, after it was tried again. */
export interface Failure {
  readonly index: number;
  readonly cause: string;
  /** Whether the cause is something that the user gave. */
  readonly input: boolean;
}

/** Jobs could not be done. The message is a sentence that says which and why; the others are done and kept. */
export class JobsFailed extends Error {
  override name = "JobsFailed";
}

/**
 * Does jobs: in this process, on worker processes or on a Dask cluster, with the same result. One that fails, or whose worker dies, is tried
 * again some times; when all the others are done, what could not be done is thrown as a JobsFailed, or as an InputError where the user's
 * input is the cause. When the signal is aborted its reason is thrown; what is done is kept.
 */
export async function runJobs(jobs: readonly Job[], where: Where, hooks: JobHooks): Promise<void> {
  if (jobs.length === 0) return;
  const workers = workersFor(jobs.length, where.workers);
  const failures =
    where.dask !== undefined
      ? await onDask(jobs, where.dask, hooks)
      : workers > 1
        ? await onLocalWorkers(jobs, workers, hooks)
        : await here(jobs, hooks);
  hooks.signal.throwIfAborted();
  if (failures.length === 0) return;
  const { index, cause, input } = failures.toSorted((a, b) => a.index - b.index)[0] as Failure;
  if (input) throw new InputError(cause);
  const others = failures.length === jobs.length ? "" : "; the others are done and kept, run it again for the rest";
  throw new JobsFailed(
    `${failures.length} of ${jobs.length} jobs failed, the first of them (${nameOf(jobs[index] as Job)}) because ${cause.replace(/\.$/, "")}${others}.`,
  );
}

async function onDask(jobs: readonly Job[], address: string, { out, ...hooks }: JobHooks): Promise<Failure[]> {
  const cluster = await connectDask(address, out);
  try {
    return await cluster.run(jobs, hooks);
  } finally {
    cluster.close();
  }
}

async function here(jobs: readonly Job[], { out, signal, onProgress, onDone }: JobHooks): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const [index, job] of jobs.entries()) {
    if (signal.aborted) break;
    try {
      const { value } = await perform(job, out, { signal, onProgress: (share) => onProgress?.(index, share) });
      onDone?.(index, value);
    } catch (error) {
      if (signal.aborted) break;
      failures.push({ index, cause: (error as Error).message, input: error instanceof InputError });
    }
  }
  return failures;
}

/** A job in a few words. */
function nameOf(job: Job): string {
  if (job.kind === "shard") return `${job.split} states from ${job.shard.first} on`;
  if (job.kind === "points") return "points of a calibration";
  return `${job.name} of seed ${job.experiment.seed}`;
}
