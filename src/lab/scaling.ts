/** How time and memory grow: what is measured, how it is measured, and the laws fitted to it. */
import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { encode, type Matrix, matrixRows, standardise, statisticsOf } from "../demonstrations/features";
import { generate, provenanceOf } from "../demonstrations/generate";
import { generateParallel } from "../demonstrations/parallel";
import { storeDemonstrations } from "../demonstrations/store";
import { InputError } from "../errors";
import { type Estimate, studentQuantile } from "../evaluation/estimate";
import type { ScalingFit, ScalingPoint } from "../figures/scaling-figure";
import { headNamed } from "../learning/heads";
import { type Forward, forwardOf } from "../learning/inference";
import { startOf } from "../learning/learner";
import { initialNetwork, type Network } from "../learning/network";
import { quantise, quantisedForward } from "../learning/quantised";
import { TRAIN_DEFAULTS } from "../learning/train";
import { vectorLearner } from "../learning/vector-learner";
import { type States, sampleStates, sliceStates } from "../mec/states";
import { costTables } from "../mec/tables";
import { eliminator } from "../optimal/elimination";
import { exhaustive } from "../optimal/exhaustive";
import { minCutter } from "../optimal/min-cut";
import { optimal } from "../optimal/optimal";
import type { Scenario } from "../scenario/scenario";
import { longWork } from "./long-work";

/** Something to measure. */
export interface Work {
  /** Does it once; a promise is waited for. */
  readonly call: (signal: AbortSignal) => unknown;
  /** Frees what it holds. */
  readonly end?: () => void;
}

/** Rounds in which all x have their turn, so that what disturbs the machine for a while disturbs no x alone. */
const ROUNDS = 3;

/** Interrupts are heard so often, in seconds. */
const BREATH_S = 0.1;

/**
 * Seconds that a call of a work takes at each x, [x.length]: the median of the calls of `secondsAPoint` after half as long a warm-up, in
 * three rounds with one call at least in each. Shows its progress as "Timing <label>"; an interrupt stops it.
 */
export async function timesAt(
  label: string,
  xs: readonly number[],
  workAt: (x: number) => Work,
  secondsAPoint = 0.3,
): Promise<ScalingPoint[]> {
  const lost = `timing of ${label} was interrupted; nothing of it was kept, run it again.`;
  return longWork(`Timing ${label}`, (1 + ROUNDS) * xs.length, lost, async (bar, signal) => {
    const works: Work[] = [];
    const seconds = xs.map((): number[] => []);
    let done = 0;
    try {
      for (const x of xs) {
        const work = workAt(x);
        works.push(work);
        await secondsOfCalls(work.call, secondsAPoint / 2, signal);
        bar.update(++done);
      }
      for (let round = 0; round < ROUNDS; round++) {
        for (const [i, { call }] of works.entries()) {
          seconds[i]?.push(...(await secondsOfCalls(call, secondsAPoint / ROUNDS, signal)));
          bar.update(++done);
        }
      }
    } finally {
      for (const { end } of works) end?.();
    }
    return xs.map((x, i) => ({ x, y: median(seconds[i] as number[]) }));
  });
}

/** Seconds of each call, one or as many as together take `budget` seconds. */
async function secondsOfCalls(call: Work["call"], budget: number, signal: AbortSignal): Promise<number[]> {
  const seconds: number[] = [];
  let spent = 0;
  let heard = 0;
  do {
    const start = performance.now();
    const result = call(signal);
    // Waiting for what is there already would cost more than the shortest calls.
    if (result instanceof Promise) await result;
    const took = (performance.now() - start) / 1000;
    seconds.push(took);
    spent += took;
    if (spent - heard > BREATH_S) {
      heard = spent;
      await setImmediate();
      signal.throwIfAborted();
    }
  } while (spent < budget);
  return seconds;
}

function median(values: readonly number[]): number {
  const ordered = values.toSorted((a, b) => a - b);
  const middle = ordered.length >> 1;
  const upper = ordered[middle] as number;
  return ordered.length % 2 === 1 ? upper : ((ordered[middle - 1] as number) + upper) / 2;
}

/** Decides one state. */
type DecideOne = (state: States) => unknown;

/**
 * Ways from a state to its decisions, made ready for a scenario. The exact ones begin with the cost tables, the networks (of 256 and 256
 * units) with the features. Weights are those before training: a trained network is as fast.
 */
const DECISIONS = {
  "exhaustive search": (scenario) => (state) => exhaustive(state, costTables(scenario, state)),
  "variable elimination": (scenario, { application }) => {
    const solve = eliminator(application);
    const [decisions, total] = [new Uint8Array(application.subTasks), new Float64Array(1)];
    return (state) => {
      solve(costTables(scenario, state), decisions, total);
      return decisions;
    };
  },
  "minimum cut": (scenario, { application }) => {
    const solve = minCutter(application);
    const decisions = new Uint8Array(application.subTasks);
    return (state) => {
      solve(costTables(scenario, state), decisions);
      return decisions;
    };
  },
  /** `optimal`, which chooses the method. */
  optimal: (scenario) => (state) => optimal(scenario, state),
  "network, float32": (scenario, states) => networkDecision(scenario, states, forwardOf),
  "network, int8": (scenario, states) =>
    networkDecision(scenario, states, (network, features) => quantisedForward(quantise(network, features))),
  /** Of standardised features; nothing before and after. */
  "forward pass, float32": (scenario, states) => {
    const { network, features } = untrained(scenario, states);
    const forward = forwardOf(network);
    const row = matrixRows(features, 0, 1);
    return () => forward(row);
  },
} satisfies Record<string, (scenario: Scenario, states: States) => DecideOne>;

export type DecisionMethod = keyof typeof DECISIONS;

/** States that are decided in turn. */
const STATES = 100;

/** A work that decides one state of a scenario after another, the first ones of the stream `<seed>/scaling`, and returns what it decided. */
export function decision(method: DecisionMethod, scenario: Scenario, seed: number): Work {
  const states = sampleStates(scenario, `${seed}/scaling`, 0, STATES);
  const one = Array.from({ length: STATES }, (_, k) => sliceStates(states, k, 1));
  const decide: DecideOne = DECISIONS[method](scenario, states);
  let next = 0;
  return { call: () => decide(one[next++ % STATES] as States) };
}

const HEAD = headNamed(TRAIN_DEFAULTS.head);

function networkDecision(
  scenario: Scenario,
  states: States,
  ready: (network: Network, features: Matrix) => Forward,
): DecideOne {
  const { network, features, statistics } = untrained(scenario, states);
  const forward = ready(network, features);
  return (state) => HEAD.decide(forward(standardise(encode(scenario, state), statistics)));
}

/** A network for states, of the hidden layers of DIOS, and their standardised features. */
function untrained(scenario: Scenario, states: States) {
  const encoded = encode(scenario, states);
  const statistics = statisticsOf(encoded);
  const sizes = [encoded.columns, ...TRAIN_DEFAULTS.hidden, HEAD.units(states.application.subTasks)];
  return { network: initialNetwork(sizes, "scaling"), features: standardise(encoded, statistics), statistics };
}

/** Demonstrations to generate. */
export interface GenerationOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly count: number;
  readonly threads: number;
}

/** A work that generates demonstrations from their seed to a file, which is removed at the end. */
export function generation({ threads, ...rest }: GenerationOptions): Work {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-scaling-"));
  const request = { ...rest, split: "train" as const };
  const file = path.join(folder, "train.arrow");
  return {
    call: (signal) =>
      storeDemonstrations(file, provenanceOf(request), generateParallel(request, threads, true), () => {}, signal),
    end: () => fs.rmSync(folder, { recursive: true }),
  };
}

/** A training to take a pass of. */
export interface PassOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly count: number;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  readonly threads: number;
}

/**
 * A work that goes once over a training set in steps of the batch of TRAIN_DEFAULTS, by the WebAssembly engine. What it leaves out of a pass
 * of `train` is the shuffling.
 */
export function trainingPass({ scenario, seed, count, hidden, threads }: PassOptions): Work {
  const { features: encoded, decisions } = generate({ scenario, seed, split: "train", count });
  const features = standardise(encoded, statisticsOf(encoded));
  const targets = HEAD.targets(decisions);
  const units = targets.length / count;
  const { batch, learningRate } = TRAIN_DEFAULTS;
  const sizes = [features.columns, ...hidden, units];
  const learner = vectorLearner(sizes, startOf(initialNetwork(sizes, "scaling").parameters), batch, {
    head: HEAD,
    threads,
  });
  return {
    async call(signal) {
      for (let first = 0; first < count; first += batch) {
        const rows = Math.min(batch, count - first);
        const wanted = targets.subarray(first * units, (first + rows) * units);
        learner.imitate(matrixRows(features, first, rows), wanted, learningRate);
        await setImmediate();
        signal.throwIfAborted();
      }
    },
    end: () => learner.dispose(),
  };
}

/** A work that another process can do: one call of it. */
export type Job =
  | { readonly work: "generation"; readonly options: GenerationOptions }
  | { readonly work: "trainingPass"; readonly options: PassOptions };

/**
 * The most memory, in bytes, that one call of a job takes at each x, [x.length]: in a process of its own, above what a process
 * takes at most that loads the lab and does nothing. Shows its progress as "Memory of <label>"; an interrupt stops it.
 */
export async function peakMemoryAt(
  label: string,
  xs: readonly number[],
  jobAt: (x: number) => Job,
): Promise<ScalingPoint[]> {
  const lost = `measuring the memory of ${label} was interrupted; nothing of it was kept, run it again.`;
  return longWork(`Memory of ${label}`, xs.length, lost, async (bar, signal) => {
    const idle = await peakOf(undefined, signal);
    const points: ScalingPoint[] = [];
    for (const x of xs) {
      points.push({ x, y: (await peakOf(jobAt(x), signal)) - idle });
      bar.update(points.length, `above the ${Math.round(idle / 1e6)} MB of a process that does nothing`);
    }
    return points;
  });
}

/** The peak of a process that does a job, or nothing. */
async function peakOf(job: Job | undefined, signal: AbortSignal): Promise<number> {
  const script =
    'require(process.argv[1]).peakAfter(JSON.parse(process.argv[2])).then((peak) => console.log("peak", peak))';
  const args = ["-e", script, __filename, JSON.stringify(job ?? null)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { signal });
  return Number(/^peak (\d+)$/m.exec(stdout)?.[1]);
}

/** Does a job, or nothing, and returns the most memory that this process has had, in bytes. What `peakMemoryAt` runs in a process of its own. */
export async function peakAfter(job: Job | null): Promise<number> {
  if (job) {
    const { call, end } = job.work === "generation" ? generation(job.options) : trainingPass(job.options);
    await call(new AbortController().signal);
    end?.();
  }
  return peakBytes();
}

/** On Linux a process inherits maxRSS from the one that started it; VmHWM is its own. */
function peakBytes(): number {
  const status = "/proc/self/status";
  const own = fs.existsSync(status) ? /^VmHWM:\s*(\d+) kB$/m.exec(fs.readFileSync(status, "utf8"))?.[1] : undefined;
  return 1024 * Number(own ?? process.resourceUsage().maxRSS);
}

/**
 * The power law y = factor x^p by least squares on the logarithms of both, p with its 95 % interval (Student's t). Throws an InputError
 * for fewer than four points, and for numbers that are not above 0.
 */
export function powerLaw(points: readonly ScalingPoint[]): ScalingFit {
  const { slope, intercept, least, most } = line(points, Math.log);
  return { form: "power", rate: slope, factor: Math.exp(intercept), least, most };
}

/** The law y = factor b^x by least squares on the logarithm of y, the base b with its 95 % interval. Errors as for powerLaw. */
export function exponentialBase(points: readonly ScalingPoint[]): ScalingFit {
  const { slope, intercept, least, most } = line(points, (x) => x);
  const rate = { value: Math.exp(slope.value), low: Math.exp(slope.low), high: Math.exp(slope.high) };
  return { form: "exponential", rate, factor: Math.exp(intercept), least, most };
}

/** log y = intercept + slope scale(x). */
function line(points: readonly ScalingPoint[], scale: (x: number) => number) {
  const wrong = points.find(({ x, y }) => !(x > 0 && y > 0));
  if (wrong) throw new InputError(`point is (${wrong.x}, ${wrong.y}); allowed: numbers above 0.`);
  const xs = points.map(({ x }) => scale(x));
  const ys = points.map(({ y }) => Math.log(y));
  if (new Set(xs).size < POINTS_LEAST) {
    throw new InputError(`points are ${new Set(xs).size} of different x; allowed: at least ${POINTS_LEAST}.`);
  }
  const meanX = sum(xs) / xs.length;
  const meanY = sum(ys) / ys.length;
  const spread = sum(xs.map((x) => (x - meanX) ** 2));
  const slope = sum(xs.map((x, i) => (x - meanX) * ((ys[i] as number) - meanY))) / spread;
  const intercept = meanY - slope * meanX;
  const degrees = xs.length - 2;
  const left = sum(xs.map((x, i) => ((ys[i] as number) - intercept - slope * x) ** 2));
  const reach = studentQuantile(degrees) * Math.sqrt(left / degrees / spread);
  const rate: Estimate = { value: slope, low: slope - reach, high: slope + reach };
  const given = points.map(({ x }) => x);
  return { slope: rate, intercept, least: Math.min(...given), most: Math.max(...given) };
}

/** Fewer have no interval that says anything. */
const POINTS_LEAST = 4;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Where two curves cross, each straight between its points on logarithmic axes, at the x that both have. Both by ascending x. */
export function crossings(a: readonly ScalingPoint[], b: readonly ScalingPoint[]): ScalingPoint[] {
  const xs = [...new Set([...a, ...b].map(({ x }) => x))]
    .filter((x) => [a, b].every((curve) => x >= (curve[0] as ScalingPoint).x && x <= (curve.at(-1) as ScalingPoint).x))
    .sort((one, other) => one - other);
  const found: ScalingPoint[] = [];
  for (const [index, x] of xs.entries()) {
    const before = xs[index - 1];
    if (before === undefined) continue;
    const [then, now] = [before, x].map((at) => logAt(a, at) - logAt(b, at)) as [number, number];
    if (then === now || then * now > 0 || now === 0) continue;
    const at = before * (x / before) ** (then / (then - now));
    found.push({ x: at, y: Math.exp(logAt(a, at)) });
  }
  return found;
}

/** The logarithm of a curve at an x. */
function logAt(curve: readonly ScalingPoint[], x: number): number {
  const right = Math.max(
    1,
    curve.findIndex((point) => point.x >= x),
  );
  const [from, to] = [curve[right - 1] as ScalingPoint, curve[right] as ScalingPoint];
  const share = Math.log(x / from.x) / Math.log(to.x / from.x);
  return Math.log(from.y) + share * Math.log(to.y / from.y);
}
