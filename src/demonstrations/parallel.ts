import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { coresHere } from "../cores";
import { mixedIntegerPlan } from "../optimal/mixed-integer";
import { buffersOf, type Demonstrated, demonstrate } from "./demonstrate";
import { chunkRequests, type Demonstrations, type GenerateRequest, generateChunks, provenanceOf } from "./generate";
import { streamOf } from "./split";
import type { Made, Order } from "./worker";

/** Demonstrations a worker must have to make before it is worth its start. */
const WORTH_A_WORKER = 1_000_000;

/** The most threads that one writing thread keeps busy. */
const THREADS_MOST = 8;

/** Chunks that each worker is given ahead, so that it need not wait for its next one; they bound the memory. */
const AHEAD = 2;

/** How many threads generate this many demonstrations soonest: one a core at most, 1 (the caller) for few. */
export function threadsFor(count: number): number {
  return Math.max(1, Math.min(coresHere(), THREADS_MOST, Math.floor(count / WORTH_A_WORKER)));
}

/**
 * The chunks of generateChunks, the same ones in the same order, made by several threads: workers, and the calling thread where it
 * would have to wait for them. Memory is bounded by a few chunks a thread. The workers end when the iteration does. `reuse` as for generateChunks.
 */
export async function* generateParallel(
  request: GenerateRequest,
  threads = threadsFor(request.count),
  reuse = false,
): AsyncGenerator<Demonstrations> {
  const beyond = await mixedIntegerPlan(request.scenario);
  if (threads <= 1) {
    yield* generateChunks(request, beyond, reuse);
    return;
  }
  const provenance = provenanceOf(request);
  const stream = streamOf(request.seed, request.split);
  const chunks = chunkRequests(request);
  const made = new Map<number, Demonstrated>();
  // Of the chunks in order, the first that nobody makes yet and the one that is to be yielded.
  let next = 0;
  let current = 0;
  // Memory of chunks that have been stored.
  const spent: Demonstrated[] = [];
  const order = (): Order => {
    const { scenario, first, count } = chunks[next] as (typeof chunks)[number];
    const last = spent.pop();
    return { index: next++, scenario, stream, first, count, into: last?.states.count === count ? last : undefined };
  };
  const mayBegin = () => next < Math.min(chunks.length, current + AHEAD * threads);
  // A worker stands here once for each chunk that it may be asked for.
  const idle: Worker[] = [];
  const askIdle = () => {
    while (idle.length > 0 && mayBegin()) {
      const asked = order();
      idle.pop()?.postMessage(asked, asked.into ? buffersOf(asked.into) : []);
    }
  };
  let failure: unknown;
  let wake = () => {};
  const pool = Array.from({ length: threads - 1 }, () => {
    // The options of this process are not for its workers: a kernel preloads what only its main thread needs.
    const worker = new Worker(path.join(__dirname, "worker.js"), { execArgv: [] });
    worker.on("message", ([index, demonstrated]: Made) => {
      made.set(index, demonstrated);
      idle.push(worker);
      askIdle();
      wake();
    });
    worker.on("error", (error) => {
      failure = error;
      wake();
    });
    return worker;
  });
  for (let chunk = 0; chunk < AHEAD; chunk++) idle.push(...pool);
  try {
    let before: Demonstrated | undefined;
    for (const { first, count } of chunks) {
      askIdle();
      while (!made.has(current)) {
        if (failure) throw failure;
        if (mayBegin()) {
          const own = order();
          made.set(own.index, demonstrate(own.scenario, stream, own.first, own.count, beyond, own.into));
          // Lets answers through.
          await setImmediate();
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
      const chunk = made.get(current) as Demonstrated;
      made.delete(current++);
      yield { provenance: { ...provenance, first, count }, ...chunk };
      // The chunk before is stored when the next is asked for.
      if (reuse && before) spent.push(before);
      before = chunk;
    }
  } finally {
    await Promise.all(pool.map((worker) => worker.terminate()));
  }
}
