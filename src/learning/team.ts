/**
 * Threads that do jobs together: the caller, who starts each job, and helpers, who come when they are ready and leave after the last job. The parts of
 * a job are done by who is free, in any order, so that no thread waits long for another.
 */

/** 32-bit integers that the threads agree by, at the beginning of a memory that they share. */
const [WORD, JOB, PARTS, NEXT, AT_WORK, JOINED] = [0, 1, 2, 3, 4, 5] as const;
/** How many integers these are. */
export const COUNTERS = 6;

/** The counters that begin at a place of a memory. */
export function countersAt(memory: WebAssembly.Memory, place: number): Int32Array {
  return new Int32Array(memory.buffer, place, COUNTERS);
}

/** Does a part of a job; `thread` is the caller's 0 or a helper's number. */
export type DoPart = (job: number, part: number, thread: number) => void;

/** The job that ends helpers. */
const END = -1;

/** The caller's side of a team; the jobs are whole numbers from 0 on. */
export interface Team {
  /** Starts a job of `parts` parts; the one before must be finished. */
  start(job: number, parts: number): void;
  /** Does its share of the job and waits for the helpers' shares. */
  finish(): void;
  /** Helpers that take part by now. */
  helpers(): number;
  /** Ends the helpers. */
  end(): void;
}

/** The team of the caller; `counters` are COUNTERS zeros in a memory that the helpers share. */
export function teamOf(counters: Int32Array, doPart: DoPart): Team {
  let jobs = 0;
  const start = (job: number, parts: number) => {
    // Who comes later waits for the next job: how many take part is told together with that there is a job.
    const helpers = Atomics.load(counters, JOINED);
    counters[JOB] = job;
    counters[PARTS] = parts;
    counters[NEXT] = 0;
    counters[AT_WORK] = helpers;
    Atomics.store(counters, WORD, (++jobs << HELPER_BITS) | helpers);
    Atomics.notify(counters, WORD);
  };
  return {
    start,
    finish() {
      doParts(counters, 0, doPart);
      waitWhile(counters, AT_WORK, (atWork) => atWork > 0, PATIENCE);
    },
    helpers: () => Atomics.load(counters, JOINED),
    end: () => start(END, 0),
  };
}

/** What a helper does, until the team ends. */
export function help(counters: Int32Array, doPart: DoPart): void {
  const thread = Atomics.add(counters, JOINED, 1) + 1;
  for (let seen = 0; ; ) {
    const before = seen;
    waitWhile(counters, WORD, (word) => word === before);
    seen = Atomics.load(counters, WORD);
    if (counters[JOB] === END) return;
    if ((seen & HELPERS_MOST) < thread) continue;
    doParts(counters, thread, doPart);
    if (Atomics.sub(counters, AT_WORK, 1) === 1) Atomics.notify(counters, AT_WORK);
  }
}

/** Helpers are counted in the lowest bits of WORD, jobs in the others. */
const HELPER_BITS = 10;
const HELPERS_MOST = 2 ** HELPER_BITS - 1;
/** Most threads of a team, the caller's among them. */
export const THREADS_MOST = HELPERS_MOST + 1;

/** Does parts of the job that nobody else does, as long as there are any. */
function doParts(counters: Int32Array, thread: number, doPart: DoPart): void {
  const [job, parts] = [counters[JOB] as number, counters[PARTS] as number];
  for (let part = Atomics.add(counters, NEXT, 1); part < parts; part = Atomics.add(counters, NEXT, 1)) {
    doPart(job, part, thread);
  }
}

/** Milliseconds after which a thread is taken for dead that does not do its share. */
const PATIENCE = 60_000;

/** Waits while a counter is as it should not be; first without sleeping, since between two jobs there is little to wait for. */
function waitWhile(
  counters: Int32Array,
  index: number,
  pending: (value: number) => boolean,
  patience = Number.POSITIVE_INFINITY,
): void {
  for (let spin = 0; spin < SPINS; spin++) if (!pending(Atomics.load(counters, index))) return;
  for (let value = Atomics.load(counters, index); pending(value); value = Atomics.load(counters, index)) {
    const answer = Atomics.wait(counters, index, value, patience);
    if (answer === "timed-out") throw new Error(`a thread did not answer for ${patience / 1000} s`);
  }
}

/** Some 50 us. */
const SPINS = 10_000;
