import { on } from "node:events";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { coresHere } from "../cores";
import { mixedIntegerPlan } from "../optimal/mixed-integer";
import { buffersOf, type Demonstrated } from "./demonstrate";
import { chunkRequests, type Demonstrations, type GenerateRequest, generateChunks, provenanceOf } from "./generate";
import { streamOf } from "./split";
import type { Order } from "./worker";

/** Demonstrations a worker must have to make before it is worth its start. */
const WORTH_A_WORKER = 1_000_000;

/** The most workers that one writing thread keeps busy. */
const WORKERS_MOST = 8;

/** Chunks that each worker is given ahead, so that it need not wait for its next one; they bound the memory. */
const AHEAD = 2;

/** How many workers generate this many demonstrations soonest: one a core at most, 1 (none but the caller) for few. */
export function workersFor(count: number): number {
  return Math.max(1, Math.min(coresHere(), WORKERS_MOST, Math.floor(count / WORTH_A_WORKER)));
}

/**
 * The chunks of generateChunks, the same ones in the same order, made by several worker threads; with one worker, by the calling
 * thread. Memory is bounded by a few chunks a worker. The workers end when the iteration does. `reuse` as for generateChunks.
 */
export async function* generateParallel(
  request: GenerateRequest,
  workers = workersFor(request.count),
  reuse = false,
): AsyncGenerator<Demonstrations> {
  const beyond = await mixedIntegerPlan(request.scenario);
  if (workers <= 1) {
    yield* generateChunks(request, beyond, reuse);
    return;
  }
  const provenance = provenanceOf(request);
  const stream = streamOf(request.seed, request.split);
  const chunks = chunkRequests(request);
  // The options of this process are not for its workers: a kernel preloads what only its main thread needs.
  const pool = Array.from({ length: workers }, () => new Worker(path.join(__dirname, "worker.js"), { execArgv: [] }));
  const answers = pool.map((worker) => on(worker, "message"));
  const ask = (index: number, spent?: Demonstrated) => {
    const chunk = chunks[index];
    if (!chunk) return;
    const into = reuse && spent?.states.count === chunk.count ? spent : undefined;
    const order: Order = [chunk.scenario, stream, chunk.first, chunk.count, into];
    pool[index % workers]?.postMessage(order, into ? buffersOf(into) : []);
  };
  try {
    for (let index = 0; index < AHEAD * workers; index++) ask(index);
    let last: Demonstrated | undefined;
    let before: Demonstrated | undefined;
    for (const [index, chunk] of chunks.entries()) {
      const { value } = await (answers[index % workers] as (typeof answers)[number]).next();
      ask(index + AHEAD * workers, before);
      [before, last] = [last, value[0] as Demonstrated];
      yield { provenance: { ...provenance, first: chunk.first, count: chunk.count }, ...last };
    }
  } finally {
    await Promise.all(pool.map((worker) => worker.terminate()));
  }
}
