/** Demonstrations from seed to file, and their optimal decisions alone, beside the peers of python/demonstrations.py. */
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
import type { Scenario } from "../src/scenario/scenario";
import { type Peer, startPeer } from "./python";
import { type Effort, type Results, type Row, rowOf, seconds } from "./rows";

/** States of the set in which the peers must find our decisions and costs before they are timed. */
const CHECKED = 20_000;

/** How many times as many demonstrations several threads are measured with, and how often: they are for large sets. */
const [MORE, MORE_REPEATS] = [40, 8];

/**
 * Measures demonstrations of the preset paper: ours on one thread where nothing else is said, the peers on one thread (their BLAS is told so).
 * Throws when a peer finds other decisions.
 */
export async function demonstrationResults(python: string | undefined, { quick }: Effort): Promise<Results> {
  const [count, repeats] = quick ? [5000, 3] : [100_000, 7];
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-bench-"));
  try {
    const scenario = loadScenario("paper");
    checkOptimum(scenario);
    const checked = path.join(folder, "checked.arrow");
    const request = { scenario, seed: 1, split: "test" as const, count: CHECKED };
    await storeDemonstrations(checked, provenanceOf(request), generateChunks(request));
    const peer = python ? startPeer(python, "demonstrations.py", [checked], 1) : undefined;
    try {
      return { rows: await measure(path.join(folder, "ours.arrow"), scenario, count, repeats, peer), tables: [] };
    } finally {
      peer?.close();
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function checkOptimum(scenario: Scenario): void {
  const states = sampleStates(scenario, "bench", 0, CHECKED);
  const costs = costTables(scenario, states);
  if (Buffer.compare(eliminate(states, costs), exhaustive(states, costs)) !== 0) {
    throw new Error("elimination and exhaustive search disagree");
  }
}

/** Seconds of whole pipelines and of their solvers alone. */
interface Times {
  readonly "seed to file": number[];
  readonly optimum: number[];
}

const PARTS = ["seed to file", "optimum"] as const;

async function measure(
  file: string,
  scenario: Scenario,
  count: number,
  repeats: number,
  peer: Peer | undefined,
): Promise<Row[]> {
  const ours: Times = { "seed to file": [], optimum: [] };
  const peers = new Map<string, Times>();
  const [tried, alone, threads]: [number[], number[], number[]] = [[], [], []];
  const stored = async (
    chunks: Parameters<typeof storeDemonstrations>[2],
    about: Parameters<typeof provenanceOf>[0],
  ) => {
    // The peers write to a new file each time, too.
    fs.rmSync(file, { force: true });
    return seconds(() => storeDemonstrations(file, provenanceOf(about), chunks));
  };
  const requestOf = (run: number, of: number) => ({ scenario, seed: run, split: "train" as const, count: of });
  for (let run = 0; run <= repeats; run++) {
    const request = requestOf(run, count);
    // First, so that what it leaves to the garbage collector is its own.
    const seedToFile = await stored(generateChunks(request, undefined, true), request);
    const states = sampleStates(scenario, `bench/${run}`, 0, count);
    const costs = costTables(scenario, states);
    const found = {
      "seed to file": seedToFile,
      optimum: await seconds(() => eliminate(states, costs)),
      tried: await seconds(() => exhaustive(states, costs)),
    };
    type Timing = { name: string } & Record<(typeof PARTS)[number], number>;
    const timings = (await peer?.ask<Timing[]>({ do: "timings", run, count })) ?? [];
    // The first run warms up.
    if (run === 0) continue;
    for (const part of PARTS) ours[part].push(found[part]);
    tried.push(found.tried);
    for (const { name, ...timing } of timings) {
      const times = peers.get(name) ?? { "seed to file": [], optimum: [] };
      for (const part of PARTS) times[part].push(timing[part]);
      peers.set(name, times);
    }
  }
  for (let run = 0; run <= MORE_REPEATS; run++) {
    const request = requestOf(run, MORE * count);
    const ways: [times: number[], chunks: () => Parameters<typeof storeDemonstrations>[2]][] = [
      [alone, () => generateChunks(request, undefined, true)],
      [threads, () => generateParallel(request, 2, true)],
    ];
    // In turns, since what one leaves behind (a gigabyte of memory that is to be freed) slows the next.
    for (const [times, chunks] of run % 2 ? ways.toReversed() : ways) {
      const time = await stored(chunks(), request);
      if (run > 0) times.push(time);
    }
  }
  return [
    ...PARTS.flatMap((part) =>
      [...peers].map(([name, times]) => rowOf(`${count} demonstrations, ${part}`, ours[part], name, times[part])),
    ),
    rowOf(`${count} demonstrations, optimum`, ours.optimum, "exhaustive search in TypeScript", tried),
    rowOf(`${MORE * count} demonstrations, seed to file, 2 threads`, threads, "one thread", alone),
  ];
}
