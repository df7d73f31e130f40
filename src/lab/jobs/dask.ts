import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { InputError } from "../../errors";
import { writeFile } from "../../files";
import { ROOT, VERSION } from "../../version";
import { codeDigest } from "./code";
import type { Job } from "./job";
import { answersOf } from "./protocol";
import type { Failure, JobHooks } from "./run-jobs";

/** The Python that has dask.distributed: DIOS_PYTHON in the environment, or that of the lab. */
export function daskPython(): string {
  const { DIOS_PYTHON } = process.env;
  const own = path.join(
    ROOT,
    ".venv",
    ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]),
  );
  return DIOS_PYTHON ?? (fs.existsSync(own) ? own : "python3");
}

/** A Dask cluster that does jobs. */
export interface DaskCluster {
  /** Does jobs; throws an InputError when the scheduler goes away or none of its workers can be used. What was done before is kept. */
  readonly run: (jobs: readonly Job[], hooks: Omit<JobHooks, "out" | "onProgress">) => Promise<Failure[]>;
  readonly close: () => void;
}

/**
 * Connects to a Dask cluster (see scripts/dios_dask.py) whose jobs put their files below `out`. Its workers need no file system in common
 * with this machine: results come by content and are put in place here; where a worker sees this folder, it puts them there itself. TLS
 * settings are those of Dask's own configuration.
 *
 * Throws an InputError when the address is none, or no Python starts. That no scheduler answers is said by the first run.
 */
export async function connectDask(address: string, out: string): Promise<DaskCluster> {
  if (!/^[a-z]+:\/\/[^\s/]+$/.test(address)) {
    throw new InputError(`dask is ${address}; allowed: the address of a scheduler, such as tcp://127.0.0.1:8786.`);
  }
  // A worker that sees this file has the folder.
  const marker = path.join(out, `.dask-${randomUUID()}`);
  writeFile(marker, "");
  const python = daskPython();
  const child = spawn(python, [path.join(ROOT, "scripts", "dios_dask.py"), address]);
  await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject)).catch((error) => {
    fs.rmSync(marker, { force: true });
    throw new InputError(`dask needs Python, but ${python} does not start (${error.message}); DIOS_PYTHON names it.`);
  });
  let words = "";
  child.stderr.on("data", (data: Buffer) => {
    words = (words + data).slice(-4000);
  });
  // What is written to a process that has ended is lost; that its answers end tells so.
  child.stdin.on("error", () => {});
  const say = (line: object) => child.stdin.write(`${JSON.stringify(line)}\n`);
  say({ lab: ROOT, version: VERSION, code: codeDigest(), out: path.resolve(out), marker });
  const answers = answersOf(child.stdout);
  let asked = 0;
  return {
    async run(jobs, { signal, onDone }) {
      const failures: Failure[] = [];
      const first = asked;
      for (const job of jobs) say({ id: asked++, job });
      const stop = () => child.kill();
      signal.addEventListener("abort", stop);
      try {
        for (let open = jobs.length; open > 0; ) {
          const { value: answer, done } = await answers.next();
          if (signal.aborted) break;
          const kept = "what was done before is kept, run it again for the rest";
          if (done) {
            const last = words.trim().split("\n").at(-1);
            throw new InputError(`dask is ${address}, but ${python} ended while it worked with it (${last}); ${kept}.`);
          }
          const { id, value, files = [], contents, error, input = false, notice, fatal } = answer;
          if (notice !== undefined) process.stderr.write(`${notice}\n`);
          if (fatal !== undefined) throw new InputError(`${fatal}; ${kept}.`);
          if (id === undefined) continue;
          open--;
          if (error !== undefined) {
            failures.push({ index: id - first, cause: error, input });
            continue;
          }
          for (const [i, [name]] of files.entries()) writeFile(below(out, name), contents[i] as Buffer);
          onDone?.(id - first, value);
        }
      } finally {
        signal.removeEventListener("abort", stop);
      }
      return failures;
    },
    close() {
      child.stdin.end();
      child.kill();
      fs.rmSync(marker, { force: true });
    },
  };
}

/** The path of a file that a worker names, which must lie below the folder. */
function below(folder: string, name: string): string {
  const file = path.resolve(folder, name);
  if (!file.startsWith(path.resolve(folder) + path.sep)) throw new Error(`a worker named the file ${name}`);
  return file;
}
