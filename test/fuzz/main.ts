// npm run fuzz [-- reader ...] [-- --minutes n] [-- --seed s]: gives the readers broken files, a minute each. What no reader may do, to throw
// anything but an InputError of one sentence, to give what cannot be used, to hang or to take a gigabyte, is printed, and the file kept in build/fuzz.
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { table } from "table";
import { makeFolder } from "../../src/files";
import { ROOT } from "../../src/version";
import { inputOf, withReaders } from "./fuzz";
import type { Reader } from "./readers";
import type { Orders } from "./worker";

const SECONDS_MOST = 5;
const HEAP_MB = 512;
const MEMORY_MOST = 1.5 * 2 ** 30;
/** Faults of a reader after which it is left alone. */
const FAULTS_MOST = 20;

interface Result {
  readonly name: string;
  readonly inputs: number;
  readonly faults: number;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { minutes: { type: "string", default: "1" }, seed: { type: "string", default: "1" } },
  });
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
  const known = await withReaders(async (readers) => Object.keys(readers));
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined || !(minutes > 0) || !Number.isSafeInteger(seed)) {
    console.error(`allowed: --minutes above 0, --seed a whole number, and of the readers ${known.join(", ")}.`);
    process.exit(2);
  }
  const results: Result[] = [];
  for (const name of positionals.length > 0 ? positionals : known) results.push(await fuzz(name, seed, minutes));
  const rows = results.map(({ name, inputs, faults }) => [name, inputs, faults]);
  console.log(
    table([["reader", "inputs", "faults"], ...rows], { columns: [{}, { alignment: "right" }, { alignment: "right" }] }),
  );
  process.exitCode = results.some(({ faults }) => faults > 0) ? 1 : 0;
}

async function fuzz(name: string, seed: number, minutes: number): Promise<Result> {
  const end = Date.now() + 60_000 * minutes;
  const seen = new Set<string>();
  let next = 0;
  while (Date.now() < end && seen.size < FAULTS_MOST) {
    const { reached, faults } = await run({ name, seed, from: next, shared: new SharedArrayBuffer(8) }, end);
    next = reached + 1;
    for (const { k, fault } of faults) {
      // One of a kind is enough: where it was thrown tells kinds apart.
      const kind = fault.replaceAll(/\d+/g, "0").slice(0, 400);
      if (seen.has(kind)) continue;
      seen.add(kind);
      const file = await keep(name, seed, k);
      console.log(`${name}, seed ${seed}, input ${k}, kept as ${path.relative(ROOT, file)}:\n${fault}\n`);
    }
  }
  console.log(`${name}: ${next} inputs, ${seen.size} faults`);
  return { name, inputs: next, faults: seen.size };
}

interface Told {
  readonly k: number;
  readonly fault: string;
}

/** Runs a worker until the time is over or it is beyond help; says how far it came and what was wrong on the way. */
function run(orders: Orders, end: number): Promise<{ reached: number; faults: Told[] }> {
  const state = new Int32Array(orders.shared);
  const faults: Told[] = [];
  const worker = new Worker(path.join(__dirname, "worker.js"), {
    workerData: orders,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    // What readers say of damaged files beside.
    stdout: true,
    stderr: true,
  });
  worker.stdout.resume();
  worker.stderr.resume();
  return new Promise((resolve) => {
    let last = -1;
    let since = Date.now();
    const finish = (fault?: string) => {
      clearInterval(watch);
      const reached = Atomics.load(state, 0);
      if (fault) faults.push({ k: reached, fault });
      void worker.terminate().then(() => resolve({ reached, faults }));
    };
    const watch = setInterval(() => {
      const now = Date.now();
      const k = Atomics.load(state, 0);
      // The first one waits for the worker to begin.
      if (k !== last) [last, since] = [k, now];
      if (process.memoryUsage.rss() > MEMORY_MOST) finish(`it takes ${process.memoryUsage.rss()} bytes of memory`);
      else if (now - since > 1000 * SECONDS_MOST + (k === orders.from ? 20_000 : 0))
        finish(`it takes more than ${SECONDS_MOST} s`);
      else if (now > end || faults.length > 1000) Atomics.store(state, 1, 1);
    }, 100);
    worker.on("message", (told: Told) => faults.push(told));
    worker.on("error", (error) => finish(`the thread ended: ${error.stack ?? error.message}`));
    worker.on("exit", () => finish());
  });
}

/** Keeps input k, made again, to be looked at. */
async function keep(name: string, seed: number, k: number): Promise<string> {
  const file = path.join(ROOT, "build/fuzz", `${name.replaceAll(" ", "-")}-${seed}-${k}`);
  makeFolder(path.dirname(file));
  fs.writeFileSync(file, await withReaders(async (readers) => inputOf(readers[name] as Reader, name, seed, k)));
  return file;
}

void main();
