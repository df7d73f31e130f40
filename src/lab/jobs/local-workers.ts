import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { coresHere } from "../../cores";
import { requireInteger } from "../../errors";
import type { Job } from "./job";
import { type Answer, answersOf, type Request } from "./protocol";
import type { Failure, JobHooks } from "./run-jobs";

/** The command line of this program, to be run by Node. */
export const COMMAND_LINE = path.resolve(__dirname, "..", "..", "cli", "main.js");

/** How often a job is begun whose worker dies. */
const TRIES = 3;

/** How many worker processes do so many jobs: as many as are asked for, or as there are cores, but no more than jobs. */
export function workersFor(jobs: number, asked?: number): number {
  if (asked !== undefined) requireInteger("workers", asked, 1, 256);
  return Math.min(jobs, asked ?? coresHere());
}

/** Does jobs on so many processes of this machine, which put files where they belong and share its cores. */
export async function onLocalWorkers(
  jobs: readonly Job[],
  workers: number,
  { out, signal: given, onProgress, onDone }: JobHooks,
): Promise<Failure[]> {
  // A hook that throws ends the other workers too.
  const thrown = new AbortController();
  const signal = AbortSignal.any([given, thrown.signal]);
  const failures: Failure[] = [];
  const queue = [...jobs.keys()];
  const threads = Math.max(1, Math.floor(coresHere() / workers));
  const lane = async () => {
    let worker = startWorker(threads);
    const stop = () => worker.child.kill("SIGKILL");
    signal.addEventListener("abort", stop);
    try {
      for (let index = queue.shift(); index !== undefined && !signal.aborted; index = queue.shift()) {
        let answer: Answer | undefined;
        let most = 0;
        // A job that is begun again does not tell what it told before.
        const onShare = (share: number) => {
          if (share > most) onProgress?.(index, share);
          most = Math.max(most, share);
        };
        for (let tries = 0; !answer && tries < TRIES && !signal.aborted; tries++) {
          if (tries > 0) worker = startWorker(threads);
          answer = await worker.ask({ id: index, job: jobs[index] as Job, out }, onShare);
        }
        if (signal.aborted) return;
        if (answer && answer.error === undefined) {
          onDone?.(index, answer.value);
        } else {
          const cause = answer?.error ?? `its worker process ended ${TRIES} times (${worker.ending()})`;
          failures.push({ index, cause, input: answer?.input ?? false });
          if (!answer) worker = startWorker(threads);
        }
      }
    } catch (error) {
      thrown.abort();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
      worker.child.stdin?.end();
      if (signal.aborted) worker.child.kill("SIGKILL");
    }
  };
  await Promise.all(Array.from({ length: workers }, lane));
  return failures;
}

/** A process that does jobs one after another; `ask` resolves to undefined when it has ended. */
function startWorker(threads: number) {
  const child = spawn(process.execPath, [COMMAND_LINE, "worker"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, DIOS_THREADS: String(threads) },
  });
  // What is written to a process that has ended is lost; that its answers end tells so.
  child.stdin.on("error", () => {});
  const answers = answersOf(child.stdout);
  return {
    child: child as ChildProcess,
    ending: () => child.signalCode ?? `exit code ${child.exitCode}`,
    async ask(request: Request, onShare: (share: number) => void): Promise<Answer | undefined> {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      for (;;) {
        const { value, done } = await answers.next();
        if (done) {
          if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
          return undefined;
        }
        if (value.id !== request.id) continue;
        if (value.share === undefined) return value;
        onShare(value.share);
      }
    },
  };
}
