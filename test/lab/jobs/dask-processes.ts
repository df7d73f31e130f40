import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after } from "node:test";
import { daskPython } from "../../../src/lab/jobs/dask";

/** A process of Dask, and what it has written so far. */
export interface DaskProcess {
  readonly child: ChildProcess;
  readonly log: () => string;
}

const started: ChildProcess[] = [];
after(() => {
  for (const child of started) child.kill("SIGKILL");
});

/** Settings of Dask under which a lost scheduler is noticed soon. */
export const QUICK = { DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT: "4s" };

type Environment = Record<string, string>;

/** A scheduler on the loopback address, and its address. */
export async function startScheduler(
  options: readonly string[] = [],
): Promise<DaskProcess & { readonly address: string }> {
  const scheduler = start("scheduler", ["--host", "127.0.0.1", "--port", "0", ...options], {});
  const [, address] = await seen(scheduler, /Scheduler at: +(\S+)/);
  return { ...scheduler, address: address as string };
}

/**
 * A worker of one thread that is known to its scheduler, with its files in `folder`. Results come by content: DIOS_SHARED is 0 unless the
 * environment says otherwise.
 */
export async function startWorker(
  scheduler: { readonly address: string },
  folder: string,
  environment: Environment = {},
  options: readonly string[] = [],
): Promise<DaskProcess> {
  fs.mkdirSync(folder, { recursive: true });
  const own = ["--nthreads", "1", "--no-nanny", "--local-directory", folder, "--host", "127.0.0.1"];
  const worker = start("worker", [scheduler.address, ...own, ...options], { DIOS_SHARED: "0", ...environment });
  await seen(worker, /Registered to/);
  return worker;
}

/** Whether a worker with its files in `folder` has begun a job: only then there is one of our processes with a folder in it. */
export function hasWorked(folder: string): boolean {
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.some((name) => path.basename(name).startsWith("dios-worker-"));
}

function start(what: "scheduler" | "worker", options: readonly string[], environment: Environment): DaskProcess {
  const child = spawn(daskPython(), ["-m", "dask", what, "--no-dashboard", ...options], {
    env: { ...process.env, ...environment },
  });
  started.push(child);
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data: Buffer) => {
      log += data;
    });
  }
  return { child, log: () => log };
}

async function seen({ child, log }: DaskProcess, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const match = pattern.exec(log());
    if (match) return match;
    if (child.exitCode !== null) throw new Error(`Dask ended: ${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
