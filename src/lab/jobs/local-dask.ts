import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import type { Socket } from "node:net";
import os from "node:os";
import path from "node:path";
import { daskPython } from "./dask";

/** A process of Dask, and what it has written so far. */
export interface DaskProcess {
  readonly child: ChildProcess;
  readonly log: () => string;
}

/** A Dask cluster on this machine. */
export interface LocalDask {
  /** Of its scheduler. */
  readonly address: string;
  readonly close: () => void;
}

/** Starts a Dask scheduler and so many workers of one thread each on the loopback address, to try on one machine what runs on many. */
export async function startLocalDask(workers: number, environment: Record<string, string> = {}): Promise<LocalDask> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-dask-"));
  const scheduler = await startScheduler();
  const started = await Promise.all(
    Array.from({ length: workers }, (_, i) =>
      startWorker(scheduler.address, path.join(folder, String(i)), environment),
    ),
  );
  return {
    address: scheduler.address,
    close() {
      for (const { child } of [...started, scheduler]) child.kill("SIGKILL");
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a scheduler on the loopback address. */
export async function startScheduler(
  options: readonly string[] = [],
): Promise<DaskProcess & { readonly address: string }> {
  const scheduler = start("scheduler", ["--host", "127.0.0.1", "--port", "0", ...options], {});
  const [, address] = await seen(scheduler, /Scheduler at: +(\S+)/);
  return { ...scheduler, address: address as string };
}

/** Starts a worker of one thread with its files in `folder`, and waits until its scheduler knows it. */
export async function startWorker(
  scheduler: string,
  folder: string,
  environment: Record<string, string> = {},
  options: readonly string[] = [],
): Promise<DaskProcess> {
  fs.mkdirSync(folder, { recursive: true });
  const place = ["--host", "127.0.0.1", "--local-directory", folder];
  const own = ["--nthreads", "1", "--no-nanny"];
  const worker = start("worker", [scheduler, ...place, ...own, ...options], environment);
  await seen(worker, /Registered to/);
  return worker;
}

/** Dask's command line, in a process that ends when its standard input does: however this process ends, none is left behind. */
const WATCHED = `
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from dask.__main__ import main
main()
`;

function start(what: "scheduler" | "worker", options: readonly string[], environment: Record<string, string>) {
  const child = spawn(daskPython(), ["-c", WATCHED, what, "--no-dashboard", ...options], {
    env: { ...process.env, ...environment },
  });
  // A cluster that nobody has closed does not keep this process from ending.
  child.unref();
  let log = "";
  (child.stdin as unknown as Socket).unref();
  for (const stream of [child.stdout, child.stderr] as unknown as Socket[]) {
    stream.unref();
    stream.on("data", (data: Buffer) => {
      log += data;
    });
  }
  return { child, log: () => log };
}

/** Waits until a process has written this. */
async function seen({ child, log }: DaskProcess, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const match = pattern.exec(log());
    if (match) return match;
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`Dask ended: ${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
