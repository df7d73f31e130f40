import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Job } from "./jobs/job";
import { type LocalDask, startLocalDask } from "./jobs/local-dask";
import { runJobs } from "./jobs/run-jobs";
import type { Work } from "./scaling";

/** For timesAt: jobs done on so many processes of this machine, 1 for this one alone. Their files are thrown away. */
export function onWorkers(jobs: readonly Job[], workers: number): Work {
  return { call: (signal) => inScratch((out) => runJobs(jobs, { workers }, { out, signal })) };
}

/** For timesAt: jobs done on a Dask cluster of so many workers of one thread, which is started for it. Results come by content. */
export function onLocalDask(jobs: readonly Job[], workers: number): Work {
  let cluster: Promise<LocalDask> | undefined;
  return {
    async call(signal) {
      cluster ??= startLocalDask(workers, { DIOS_SHARED: "0" });
      const { address } = await cluster;
      await inScratch((out) => runJobs(jobs, { dask: address }, { out, signal }));
    },
    end: () => void cluster?.then(({ close }) => close()),
  };
}

async function inScratch(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-throughput-"));
  try {
    await work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
