import { workerData } from "node:worker_threads";
import { trainingKernels } from "./training-kernels";
import { AT_WORK, END, JOB, JOBS, type ThreadData, waitWhile } from "./vector-learner";

/** A thread of a learner: does its share of each job until the last. */
const data = workerData as ThreadData;
const learning = trainingKernels(data.memory, data.settings, data.module);
const counters = new Int32Array(data.memory.buffer, data.settings, 3);
for (let seen = 0; ; seen++) {
  waitWhile(counters, JOBS, (jobs) => jobs === seen);
  const job = counters[JOB] as number;
  if (job === END) break;
  learning.share(job, data.thread);
  if (Atomics.sub(counters, AT_WORK, 1) === 1) Atomics.notify(counters, AT_WORK);
}
