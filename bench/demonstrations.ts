/** Demonstrations from seed to file, and their optimal decisions alone, beside the peers of python/demonstrations.py. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { generateChunks, provenanceOf } from "../src/demonstrations/generate";
import { generateParallel } from "../src/demonstrations/parallel";
import { storeDemonstrations } from "../src/demonstrations/store";
import { sampleStates } from "../src/mec/states";
import { costTables } from "../src/mec/tables";
import { eliminate } from "../src/optimal/elimination";
import { exhaustive } from "../src/optimal/exhaustive";
import { loadScenario } from "../src/scenario/load";
import { ROOT } from "../src/version";

/** A line of the table of results: medians, and ours over the peer's. */
export interface Row {
  readonly stage: string;
  readonly ours: number;
  /** Who the peer is. */
  readonly against: string;
  readonly peer: number;
  readonly ratio: number;
  readonly unit: string;
}

/** States of the set in which the peers must find our decisions and costs before they are timed. */
const CHECKED = 20_000;

/** How many times as many demonstrations workers are measured with: they are for large sets. */
const MORE = 10;

/**
 * Measures `count` demonstrations of the preset paper: medians of `repeats` runs after warm-up, ours on one thread, the peers on one
 * thread (their BLAS is told so). `python` has the packages of bench/requirements.txt. Throws when a peer finds other decisions.
 */
export async function demonstrationRows(python: string, count = 100_000, repeats = 7): Promise<Row[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-bench-"));
  try {
    const checked = path.join(folder, "checked.arrow");
    const request = { scenario: loadScenario("paper"), seed: 1, split: "test" as const, count: CHECKED };
    await storeDemonstrations(checked, provenanceOf(request), generateChunks(request));
    const peers = timesOfPeers(python, checked, count, repeats);
    const ours = await ourTimes(path.join(folder, "ours.arrow"), count, repeats);
    const rows: Row[] = [];
    for (const [name, seconds] of peers) {
      const stage = name.endsWith("optimum") ? "optimum" : "seed to file";
      rows.push(rowOf(`${count} demonstrations, ${stage}`, ours[stage], name.replace(`, ${stage}`, ""), seconds));
    }
    rows.push(
      rowOf(`${count} demonstrations, optimum`, ours.optimum, "exhaustive search in TypeScript", ours.exhaustive),
    );
    rows.push(rowOf(`${MORE * count} demonstrations, seed to file, 2 workers`, ours.workers, "one thread", ours.alone));
    return rows;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function ourTimes(file: string, count: number, repeats: number) {
  const times = {
    "seed to file": [] as number[],
    alone: [] as number[],
    workers: [] as number[],
    optimum: [] as number[],
    exhaustive: [] as number[],
  };
  const scenario = loadScenario("paper");
  for (let run = 0; run <= repeats; run++) {
    const request = { scenario, seed: run, split: "train" as const, count };
    const states = sampleStates(scenario, `bench/${run}`, 0, count);
    const costs = costTables(scenario, states);
    const stored = await seconds(() => storeDemonstrations(file, provenanceOf(request), generateChunks(request)));
    const more = { ...request, count: MORE * count };
    const alone = await seconds(() => storeDemonstrations(file, provenanceOf(more), generateChunks(more)));
    const parallel = await seconds(() => storeDemonstrations(file, provenanceOf(more), generateParallel(more, 2)));
    const optimum = await seconds(() => eliminate(states, costs));
    const tried = await seconds(() => exhaustive(states, costs));
    // The first run warms up.
    if (run === 0) continue;
    times["seed to file"].push(stored);
    times.alone.push(alone);
    times.workers.push(parallel);
    times.optimum.push(optimum);
    times.exhaustive.push(tried);
  }
  return times;
}

/** The seconds of each peer, by name. */
function timesOfPeers(
  python: string,
  file: string,
  count: number,
  repeats: number,
): [name: string, seconds: number[]][] {
  const script = path.join(ROOT, "bench/python/demonstrations.py");
  const env = { ...process.env, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1" };
  const printed = execFileSync(python, [script, file, String(count), String(repeats)], { env, encoding: "utf8" });
  return printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map(({ name, seconds }) => [name, seconds]);
}

function rowOf(stage: string, ours: readonly number[], against: string, peer: readonly number[]): Row {
  const [a, b] = [median(ours), median(peer)];
  return { stage, ours: a, against, peer: b, ratio: a / b, unit: "s" };
}

async function seconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
