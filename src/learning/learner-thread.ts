import { workerData } from "node:worker_threads";
import { AT_WORK, END, JOB, JOBS, type ThreadData, waitWhile } from "./webassembly-learner";

/** A thread of a WebAssembly learner: does its share of each job until the last. */
const data = workerData as ThreadData;
const learning = new WebAssembly.Instance(data.module, { env: { memory: data.memory } }).exports as {
  start(settings: number): void;
  share(job: number, thread: number): void;
};
const counters = new Int32Array(data.memory.buffer, data.settings, 3);
learning.start(data.settings);
for (let seen = 0; ; seen++) {
  waitWhile(counters, JOBS, (jobs) => jobs === seen);
  const job = counters[JOB] as number;
  if (job === END) break;
  learning.share(job, data.thread);
  if (Atomics.sub(counters, AT_WORK, 1) === 1) Atomics.notify(counters, AT_WORK);
}
