/** The method families of the paper's Table 1, measured side by side. */
import path from "node:path";
import { createHistogram } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { encode, standardise, statisticsOf } from "../demonstrations/features";
import { type Demonstrations, generate } from "../demonstrations/generate";
import { streamOf } from "../demonstrations/split";
import { InputError, requireInteger } from "../errors";
import { meanOf, ratioOf } from "../evaluation/estimate";
import type { Provenance } from "../figures/figure";
import type { MethodRow } from "../figures/method-families";
import { figureProvenance } from "../figures/provenance";
import { readKeptAbout, sealed, writeFile } from "../files";
import { forwardOf, policyDecider } from "../learning/inference";
import { messagePassingDecider, trainMessagePassing } from "../learning/message-passing";
import { decideQ, Q_DEFAULTS, type QOptions, trainQ } from "../learning/q-learning";
import { TABULAR_Q_DEFAULTS, type TabularQOptions, tabularQDecider, trainTabularQ } from "../learning/tabular-q";
import { type TrainOptions, train, trainingSetOf } from "../learning/train";
import { applicationOf } from "../mec/application";
import { capacityOf } from "../mec/capacity";
import { type States, sampleStates, sliceStates } from "../mec/states";
import { costTables, emptyTables, totalsOf } from "../mec/tables";
import { eliminator } from "../optimal/elimination";
import { planElimination } from "../optimal/elimination-plan";
import { exhaustive } from "../optimal/exhaustive";
import { loadScenario, scenarioHash } from "../scenario/load";
import type { Scenario } from "../scenario/scenario";
import { VERSION } from "../version";
import { type Experiment, MODELS, trainOptionsOf } from "./experiment";
import { longWork } from "./long-work";

/** What was measured of the method families, and where it comes from. */
export interface MethodFamilies {
  /** Method by method in the order of the families, each by ascending T. */
  readonly rows: readonly MethodRow[];
  readonly options: MethodOptions;
  readonly provenance: Provenance;
}

/**
 * Measures the method families on an experiment's scenario with each number of sub-tasks:
 *
 * - traditional: exhaustive search (up to T = 12, on few states), variable elimination;
 * - RL: tabular Q-learning; DRL: double duelling deep Q-learning of fewer steps than `qModelOf` takes (the offline time is that of these);
 * - DIL: DIOS, a network for each T; message passing, one for all T, from as many demonstrations of all sizes together.
 *
 * All learn from states of the experiment's seed, as many as its training set has, and are measured on those of its test set. The offline time
 * is everything from the seed on: sampling, the optimal decisions where they are imitated, features, training; a search has none, for it plans
 * in less than a millisecond. The online time is the median over single states, cost tables or features included, on one thread. Memory is what is kept from one decision to the next: the parameters of a
 * network, a table, the plan and cost tables of a search.
 *
 * Rows are kept in the experiment's folder as they are measured, with the times of then; those that are there are not measured again. Throws an InputError
 * where capacity is shared, and for a T that the scenario cannot have.
 */
export async function methodFamiliesOf(
  experiment: Experiment,
  subTasks: readonly number[] = experiment.quick ? [3, 6] : [3, 6, 9, 12, 15],
): Promise<MethodFamilies> {
  const { scenario, seed, counts, folder } = experiment;
  if (subTasks.length === 0) throw new InputError("subTasks is empty; allowed: at least one number of sub-tasks.");
  if (capacityOf(scenario)) {
    throw new InputError("capacity is shared; allowed: unlimited, as elimination and the learned methods take it.");
  }
  const sizes = [...new Set(subTasks)].sort((a, b) => a - b);
  const options = optionsOf(experiment);
  const learnedFrom = { train: counts.train, validation: Math.ceil(counts.train / 10) };
  const about = { version: VERSION, scenarioHash: scenarioHash(scenario), seed, counts, sizes, options };
  const file = path.join(folder, "method-families.json");
  const rows = readKeptAbout<{ rows: MethodRow[] }>(file, about)?.rows ?? [];
  const left = unitsOf(sizes).filter(({ method, sizes }) => !sizes.every((size) => rowOf(rows, method.name, size)));
  if (left.length > 0) {
    const kept = "measuring the method families was interrupted; what was measured is kept, run it again for the rest.";
    await longWork("Measuring method families", left.length, kept, async (bar, signal) => {
      const tests = new Map(sizes.map((size) => [size, unseen(experiment, size)]));
      for (const [done, { method, sizes: own }] of left.entries()) {
        const note = `${method.name}, T = ${own.join(", ")}`;
        bar.update(done, note);
        const study = { seed, counts: learnedFrom, options, scenarios: own.map((size) => sized(scenario, size)) };
        const start = performance.now();
        const ready = await method.prepare(study, (share) => bar.update(done + share, note), signal);
        const offlineS = method.family === "traditional" ? 0 : (performance.now() - start) / 1000;
        for (const size of own) {
          const measured = await measure(ready, method, tests.get(size) as Demonstrations, options.timedS);
          rows.push({ family: method.family, method: method.name, subTasks: size, offlineS, ...measured });
        }
        writeFile(file, sealed({ about, rows }));
        await setImmediate();
        signal.throwIfAborted();
      }
      bar.update(left.length);
    });
  }
  const ordered = METHODS.flatMap(({ name }) => sizes.map((size) => rowOf(rows, name, size))).filter(isThere);
  return { rows: ordered, options, provenance: figureProvenance({ ...about, scenario }) };
}

const isThere = <T>(value: T | undefined): value is T => value !== undefined;

const rowOf = (rows: readonly MethodRow[], name: string, size: number): MethodRow | undefined =>
  rows.find(({ method, subTasks }) => method === name && subTasks === size);

function sized(scenario: Scenario, subTasks: number): Scenario {
  requireInteger("subTasks", subTasks, 1, 200);
  return loadScenario(scenario, { application: { subTasks } });
}

function unseen({ scenario, seed, counts }: Experiment, size: number): Demonstrations {
  return generate({ scenario: sized(scenario, size), seed, split: "test", count: counts.test });
}

/** What the methods learn with, and for how many seconds the decisions of each are timed. */
export interface MethodOptions {
  readonly tabular: TabularQOptions;
  readonly deepQ: QOptions;
  readonly imitation: TrainOptions;
  /** Of each of the rounds. */
  readonly messages: TrainOptions;
  readonly rounds: number;
  readonly timedS: number;
}

/**
 * Deep Q-learning would take longer than all else and is cut down from the 1,500,000 steps of its defaults; so few go further in small batches,
 * at a high rate, with a target network that keeps up.
 */
function optionsOf(experiment: Experiment): MethodOptions {
  const { quick, seed } = experiment;
  const steps = quick ? 6400 : 144_000;
  return {
    tabular: { ...TABULAR_Q_DEFAULTS, episodes: quick ? 20_000 : TABULAR_Q_DEFAULTS.episodes, seed },
    deepQ: {
      ...Q_DEFAULTS,
      steps,
      learningRate: 4e-3,
      batch: 64,
      environments: 64,
      memory: 100_000,
      targetEvery: 100,
      epsilon: [1, 0.05, steps / 3],
      evaluateEvery: steps / 8,
      seed,
    },
    imitation: trainOptionsOf(experiment, { ...MODELS.dios, ...(quick ? { epochs: 4 } : {}) }),
    messages: trainOptionsOf(experiment, { head: "softmax", hidden: [32, 32], epochs: quick ? 2 : 8 }),
    rounds: 3,
    timedS: quick ? 0.05 : 0.3,
  };
}

/** What a method is prepared on: scenarios that differ in T. */
interface Study {
  readonly scenarios: readonly Scenario[];
  readonly seed: number;
  readonly counts: { readonly train: number; readonly validation: number };
  readonly options: MethodOptions;
}

type Learned = keyof Study["counts"];

/** A method that can decide. */
interface Ready {
  readonly decide: (scenario: Scenario, states: States) => Uint8Array;
  /** Typed arrays and numbers that it keeps from one decision to the next. */
  readonly keeps: unknown;
}

interface Method {
  readonly family: MethodRow["family"];
  readonly name: string;
  /** The most sub-tasks that it takes. */
  readonly subTasksMost?: number;
  /** The most states that its quality is measured on. */
  readonly statesMost?: number;
  /** Whether one and the same decides for all T. */
  readonly forAll?: true;
  /** `onShare` is told the share that is done. */
  readonly prepare: (study: Study, onShare: (share: number) => void, signal: AbortSignal) => Ready | Promise<Ready>;
}

/** What is prepared at once: a method for one T, or for all. */
function unitsOf(sizes: readonly number[]): { readonly method: Method; readonly sizes: readonly number[] }[] {
  return METHODS.flatMap((method) => {
    const own = sizes.filter((size) => size <= (method.subTasksMost ?? size));
    return method.forAll ? [{ method, sizes: own }] : own.map((size) => ({ method, sizes: [size] }));
  });
}

const METHODS: readonly Method[] = [
  {
    family: "traditional",
    name: "exhaustive search",
    subTasksMost: 12,
    statesMost: 20,
    prepare({ scenarios: [scenario] }) {
      const { application, tables } = roomOf(scenario as Scenario);
      return {
        decide: (scenario, states) => exhaustive(states, costTables(scenario, states)),
        keeps: [tables, new Uint8Array(application.subTasks)],
      };
    },
  },
  {
    family: "traditional",
    name: "variable elimination",
    prepare({ scenarios: [scenario] }) {
      const { application, tables } = roomOf(scenario as Scenario);
      const solve = eliminator(application);
      return {
        decide(scenario, states) {
          const decisions = new Uint8Array(states.count * application.subTasks);
          solve(costTables(scenario, states), decisions, new Float64Array(states.count));
          return decisions;
        },
        keeps: [tables, planElimination(application)],
      };
    },
  },
  {
    family: "RL",
    name: "tabular Q-learning",
    async prepare(study, onShare, signal) {
      const { tabular } = study.options;
      const told = (done: number) => onShare(done / tabular.episodes);
      const table = await trainTabularQ(rewardsOf(study, "train"), tabular, told, signal);
      return { decide: tabularQDecider(table), keeps: [table.values, table.boundaries] };
    },
  },
  {
    family: "DRL",
    name: "deep Q-learning",
    async prepare(study, onShare, signal) {
      const { deepQ } = study.options;
      const [training, validation] = [rewardsOf(study, "train"), rewardsOf(study, "validation")];
      const encoded = encode(training.scenario, training.states);
      const statistics = statisticsOf(encoded);
      const { network } = await trainQ(
        { ...training, features: standardise(encoded, statistics) },
        { ...validation, features: standardise(encode(validation.scenario, validation.states), statistics) },
        deepQ,
        { signal, onStep: (steps) => onShare(steps / deepQ.steps) },
      );
      signal.throwIfAborted();
      const forward = forwardOf(network);
      return {
        decide: (scenario, states) =>
          decideQ(forward, standardise(encode(scenario, states), statistics), states.application),
        keeps: [network.parameters, statistics],
      };
    },
  },
  {
    family: "DIL",
    name: "DIOS",
    async prepare({ scenarios: [scenario], seed, counts, options: { imitation } }, onShare, signal) {
      const set = (split: Learned) => generate({ scenario: scenario as Scenario, seed, split, count: counts[split] });
      const [training, validation] = [set("train"), set("validation")];
      const statistics = statisticsOf(training.features);
      const ready = (demonstrations: Demonstrations) => trainingSetOf(demonstrations, statistics);
      const { network } = await train(ready(training), ready(validation), imitation, {
        signal,
        onStep: (epochs) => onShare(epochs / imitation.epochs),
      });
      signal.throwIfAborted();
      return {
        decide: policyDecider({ network, statistics, head: imitation.head }),
        keeps: [network.parameters, statistics],
      };
    },
  },
  {
    family: "DIL",
    name: "message passing",
    forAll: true,
    async prepare({ scenarios, seed, counts, options: { messages, rounds } }, onShare, signal) {
      const sets = (split: Learned) =>
        scenarios.map((scenario) => {
          const count = Math.ceil(counts[split] / scenarios.length);
          return { ...generate({ scenario, seed, split, count }), scenario };
        });
      const policy = await trainMessagePassing(
        sets("train"),
        sets("validation"),
        rounds,
        messages,
        (round, { epoch }) => {
          signal.throwIfAborted();
          onShare((round + epoch / messages.epochs) / rounds);
        },
      );
      return {
        decide: messagePassingDecider(policy),
        keeps: policy.rounds.map(({ network, statistics }) => [network.parameters, statistics]),
      };
    },
  },
];

/** Work space for one state. */
function roomOf(scenario: Scenario) {
  const application = applicationOf(scenario);
  return { application, tables: emptyTables(sampleStates(scenario, "room", 0, 1)) };
}

/** The states of a split and their costs, without the optimal decisions. */
function rewardsOf({ scenarios, seed, counts }: Study, split: Learned) {
  const scenario = scenarios[0] as Scenario;
  const states = sampleStates(scenario, streamOf(seed, split), 0, counts[split]);
  return { scenario, states, costs: costTables(scenario, states) };
}

async function measure({ decide, keeps }: Ready, { statesMost }: Method, test: Demonstrations, timedS: number) {
  const { scenario } = test.provenance;
  const count = Math.min(test.states.count, statesMost ?? test.states.count);
  const states = sliceStates(test.states, 0, count);
  const { subTasks } = states.application;
  const decisions = decide(scenario, states);
  const right = Float64Array.from({ length: count }, (_, k) => {
    const own = decisions.subarray(k * subTasks, (k + 1) * subTasks);
    return own.filter((site, task) => site === test.decisions[k * subTasks + task]).length / subTasks;
  });
  const { value, low, high } = ratioOf(
    totalsOf(states, costTables(scenario, states), decisions),
    test.costs.subarray(0, count),
  );
  return {
    states: count,
    accuracy: meanOf(right),
    costAbove: { value: value - 1, low: low - 1, high: high - 1 },
    onlineS: await medianSeconds(scenario, test.states, decide, timedS),
    memoryBytes: bytesOf(keeps),
  };
}

/** States that are decided in turn to take the time. */
const TIMED_STATES = 100;

/** The median seconds of deciding one state, over `timedS` seconds of them after half as long a warm-up. */
async function medianSeconds(
  scenario: Scenario,
  states: States,
  decide: Ready["decide"],
  timedS: number,
): Promise<number> {
  const ones = Array.from({ length: Math.min(TIMED_STATES, states.count) }, (_, k) => sliceStates(states, k, 1));
  const times = (seconds: number) => {
    const nanoseconds = createHistogram();
    for (let k = 0, spent = 0; spent < 1000 * seconds; k++) {
      const state = ones[k % ones.length] as States;
      const start = performance.now();
      decide(scenario, state);
      const time = performance.now() - start;
      spent += time;
      nanoseconds.record(Math.max(1, Math.round(1e6 * time)));
    }
    return nanoseconds;
  };
  times(timedS / 2);
  await setImmediate();
  return times(timedS).percentile(50) / 1e9;
}

/** Bytes of the typed arrays in a value, each once, and of its numbers, eight each. */
function bytesOf(value: unknown, seen = new Set<unknown>()): number {
  if (typeof value === "number") return 8;
  if (typeof value !== "object" || value === null || seen.has(value)) return 0;
  seen.add(value);
  if (ArrayBuffer.isView(value)) return value.byteLength;
  return Object.values(value).reduce((sum: number, part) => sum + bytesOf(part, seen), 0);
}
