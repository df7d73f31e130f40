import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { Type } from "@sinclair/typebox";
import seedrandom from "seedrandom";
import { type Matrix, matrixRows } from "../demonstrations/features";
import { requireInteger } from "../errors";
import { type Application, DEVICE, type Dependency } from "../mec/application";
import { LOCAL, SITES, siteOfLargest } from "../mec/sites";
import type { States } from "../mec/states";
import { type Tables, totalsOf, transferBetween } from "../mec/tables";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint";
import type { Forward } from "./inference";
import { type Learner, type LearnerState, startOf } from "./learner";
import { initialNetwork, type Network, parameterCount } from "./network";
import { sizesSchema } from "./network-store";
import { type VectorLearner, vectorLearner } from "./vector-learner";

/** What can be turned in Q-learning. */
export interface QOptions {
  /** Units of each hidden layer, shared by the value and the advantages. */
  readonly hidden: readonly number[];
  readonly learningRate: number;
  /** Transitions in a step of learning. */
  readonly batch: number;
  /** States that are worked on side by side. */
  readonly environments: number;
  /** Steps of learning after each decision of all environments. */
  readonly learnEvery: number;
  /** Transitions remembered. */
  readonly memory: number;
  /** Steps of learning between two copies into the target network. */
  readonly targetEvery: number;
  /** Share of random decisions: from, to, and the environment steps over which it falls. */
  readonly epsilon: readonly [from: number, to: number, steps: number];
  /** Most environment steps. */
  readonly steps: number;
  /** Environment steps between two looks at the validation cost. */
  readonly evaluateEvery: number;
  /** Training stops when the validation cost has not improved for this many looks. */
  readonly patience: number;
  readonly seed: number;
}

export const Q_DEFAULTS: QOptions = {
  hidden: [256, 256],
  learningRate: 1e-3,
  batch: 512,
  environments: 512,
  learnEvery: 4,
  memory: 500_000,
  targetEvery: 500,
  epsilon: [1, 0.05, 300_000],
  steps: 1_500_000,
  evaluateEvery: 60_000,
  patience: 8,
  seed: 1,
};

/** What an agent learns on: states with their standardised features and cost tables. The optimal decisions are not among it. */
export interface QTrainingSet {
  readonly states: States;
  readonly features: Matrix;
  readonly costs: Tables;
}

/** A look at the validation set. */
export interface QReport {
  /** Environment steps so far: decisions on single sub-tasks. */
  readonly steps: number;
  /** Mean total cost of the greedy policy on the validation set. */
  readonly validationCost: number;
  /** Seconds of training. */
  readonly seconds: number;
}

export interface QTrained {
  readonly network: Network;
  readonly history: readonly QReport[];
  readonly stopped: boolean;
}

export interface QHooks {
  /** Called when training goes on from a checkpoint, with the environment steps that it holds. */
  readonly onResume?: (steps: number) => void;
  /** Called after each decision of all environments, with the environment steps so far. */
  readonly onStep?: (steps: number) => void;
  readonly onReport?: (report: QReport) => void;
  /** Ends training after the running step. */
  readonly signal?: AbortSignal;
  /** A file to keep the state of training in after each look; training resumes from it when it is there and fits. */
  readonly checkpoint?: string;
}

/** Inputs of the Q network: the features of the state, which sub-task is up, and the sites of those before it. */
export function observationSize(features: number, subTasks: number): number {
  return features + subTasks + SITES * subTasks;
}

/**
 * Trains a double duelling deep Q-network (van Hasselt et al., 2016; Wang et al., 2016; after the paper's reference [9]) that decides
 * sub-task after sub-task. The reward is minus the cost that a decision adds (execution, transfers of its inputs, and of an output to
 * the device), over the mean cost of a random decision; episodes have T steps and no discount, so the return is minus the total cost.
 *
 * The last layer gives a value V and an advantage A a site: Q = V + A - mean(A). The network of the least validation cost is kept. The
 * same seed and data give the same network on one machine, resumed or not.
 */
export async function trainQ(
  training: QTrainingSet,
  validation: QTrainingSet,
  options: QOptions,
  hooks: QHooks = {},
): Promise<QTrained> {
  checkOptions(options);
  const { subTasks } = training.states.application;
  const { environments, epsilon, seed } = options;
  const sizes = [observationSize(training.features.columns, subTasks), ...options.hidden, 1 + SITES];
  const kept = hooks.checkpoint ? loadQTraining(hooks.checkpoint, subTasks) : undefined;
  const resumed = isDeepStrictEqual([kept?.options, kept?.sizes], [options, sizes]) ? kept : undefined;
  const random = resumed
    ? seedrandom.alea("", { state: resumed.random })
    : seedrandom.alea(`${seed}/Q`, { state: true });
  const begin = resumed ?? startOf(initialNetwork(sizes, `${seed}/Q/weights`).parameters);
  const learner = vectorLearner(sizes, begin, Math.max(options.batch, environments));
  const memory = resumed?.memory ?? new ReplayMemory(options.memory, subTasks);
  const scale = rewardScale(training);
  const history: QReport[] = resumed ? [...resumed.history] : [];
  const start = performance.now() - 1000 * (history.at(-1)?.seconds ?? 0);
  let best = resumed?.best;
  let learned = resumed?.learned ?? 0;
  let target = resumed?.target ?? begin.parameters;
  learner.keep(target);
  let stopped = false;
  if (resumed) hooks.onResume?.(memory.added);

  const learn = () => {
    const batch = memory.sample(options.batch, random);
    const rate = options.learningRate * Math.max(0.05, 1 - memory.added / options.steps);
    learnFrom(learner, training, batch, scale, rate);
    if (++learned % options.targetEvery === 0) {
      target = learner.read().parameters;
      learner.keep(target);
    }
  };

  try {
    while (memory.added < options.steps && !(best && history.length - best.at >= options.patience)) {
      // All environments are at the same sub-task of their states.
      const rows = Uint32Array.from({ length: environments }, () => Math.floor(training.states.count * random()));
      const plans = new Uint8Array(environments * subTasks);
      for (let task = 0; task < subTasks && !stopped; task++) {
        const share = Math.max(epsilon[1], epsilon[0] + ((epsilon[1] - epsilon[0]) * memory.added) / epsilon[2]);
        const values = qOf(learner.forward(observe(training, rows, plans, task)));
        for (let i = 0; i < environments; i++) {
          plans[i * subTasks + task] =
            random() < share ? Math.floor(SITES * random()) : siteOfLargest(values, SITES * i);
        }
        memory.add(rows, plans, task);
        for (let i = 0; i < options.learnEvery && memory.added >= 10 * options.batch; i++) learn();
        hooks.onStep?.(memory.added);
        // Lets progress, widgets and an interrupt through.
        await setImmediate();
        stopped = hooks.signal?.aborted ?? false;
      }
      if (stopped) break;
      if (Math.floor(memory.added / options.evaluateEvery) > history.length) {
        const state = learner.read();
        const { parameters } = state;
        const validationCost = await greedyCost(learner, validation);
        const report = { steps: memory.added, validationCost, seconds: (performance.now() - start) / 1000 };
        history.push(report);
        if (!best || validationCost < best.cost) best = { cost: validationCost, at: history.length, parameters };
        if (hooks.checkpoint) {
          const now = { ...state, options, sizes, history, best, learned, target, memory };
          saveQTraining(hooks.checkpoint, { ...now, random: random.state() });
        }
        hooks.onReport?.(report);
      }
    }
    return { network: { sizes, parameters: best?.parameters ?? learner.read().parameters }, history, stopped };
  } finally {
    learner.dispose();
  }
}

/** Training after a look at the validation set: with the data it determines all that follows. */
interface QTraining extends LearnerState {
  readonly options: QOptions;
  readonly sizes: readonly number[];
  readonly history: readonly QReport[];
  /** The least validation cost, the number of its look, and the parameters then. */
  readonly best: { readonly cost: number; readonly at: number; readonly parameters: Float32Array };
  /** Steps of learning. */
  readonly learned: number;
  /** Parameters of the target network. */
  readonly target: Float32Array;
  readonly memory: ReplayMemory;
  /** State of the generator of random numbers. */
  readonly random: seedrandom.State.Alea;
}

function saveQTraining(file: string, training: QTraining): void {
  const { parameters, first, second, best, target, memory, ...rest } = training;
  const about = { ...rest, added: memory.added, best: { cost: best.cost, at: best.at } };
  const networks = [parameters, first, second, best.parameters, target];
  saveCheckpoint(file, about, [...networks, memory.rows, memory.tasks, memory.plans]);
}

const trainingSchema = Type.Object({
  options: Type.Object({ memory: Type.Integer({ minimum: 1 }) }),
  sizes: sizesSchema,
  steps: Type.Integer({ minimum: 0 }),
  history: Type.Array(Type.Object({})),
  learned: Type.Integer({ minimum: 0 }),
  random: Type.Object({ c: Type.Number(), s0: Type.Number(), s1: Type.Number(), s2: Type.Number() }),
  added: Type.Integer({ minimum: 0 }),
  best: Type.Object({ cost: Type.Number(), at: Type.Integer({ minimum: 0 }) }),
});

/** The training in a checkpoint; undefined when there is none that is whole. */
function loadQTraining(file: string, subTasks: number): QTraining | undefined {
  type About = Pick<QTraining, "options" | "sizes" | "steps" | "history" | "learned" | "random"> & {
    added: number;
    best: { cost: number; at: number };
  };
  const { about, bytes } = loadCheckpoint<About>(file, trainingSchema) ?? {};
  if (!about || !bytes) return undefined;
  const { added, best, ...rest } = about;
  const length = parameterCount(about.sizes);
  const capacity = about.options.memory;
  const memoryAt = 4 * 5 * length;
  if (bytes.byteLength !== memoryAt + capacity * (4 + 1 + subTasks)) return undefined;
  const array = (index: number) => new Float32Array(bytes, 4 * length * index, length);
  const memory = new ReplayMemory(capacity, subTasks, {
    added,
    rows: new Uint32Array(bytes, memoryAt, capacity),
    tasks: new Uint8Array(bytes, memoryAt + 4 * capacity, capacity),
    plans: new Uint8Array(bytes, memoryAt + 5 * capacity),
  });
  return {
    ...rest,
    parameters: array(0),
    first: array(1),
    second: array(2),
    best: { ...best, parameters: array(3) },
    target: array(4),
    memory,
  };
}

/** States that are decided at a time, so that other work gets its turn. */
const DECIDED_ROWS = 1000;

/** Mean total cost of what the network prefers in each state. */
async function greedyCost(learner: Learner, { states, features, costs }: QTrainingSet): Promise<number> {
  const decisions = new Uint8Array(states.count * states.application.subTasks);
  for (let first = 0; first < features.rows; first += DECIDED_ROWS) {
    const part = matrixRows(features, first, Math.min(DECIDED_ROWS, features.rows - first));
    decisions.set(decideQ(learner.forward, part, states.application), first * states.application.subTasks);
    await setImmediate();
  }
  return mean(totalsOf(states, costs, decisions));
}

/** Decisions [count x T] of a trained network: in each step the site of the largest Q. */
export function decideQ(forward: Forward, features: Matrix, application: Application): Uint8Array {
  const { subTasks } = application;
  const rows = Uint32Array.from({ length: features.rows }, (_, k) => k);
  const plans = new Uint8Array(features.rows * subTasks);
  for (let task = 0; task < subTasks; task++) {
    const sums = forward(observe({ features }, rows, plans, task));
    for (let k = 0; k < features.rows; k++) {
      // V and mean(A) are the same for all sites.
      plans[k * subTasks + task] = siteOfLargest(sums, (1 + SITES) * k + 1);
    }
  }
  return plans;
}

/** Transitions, the oldest overwritten: which state, which sub-task, and the sites up to and with it. */
class ReplayMemory {
  /** Transitions ever added. */
  added: number;
  readonly rows: Uint32Array;
  readonly tasks: Uint8Array;
  readonly plans: Uint8Array;

  constructor(
    private readonly capacity: number,
    private readonly subTasks: number,
    kept?: Pick<ReplayMemory, "added" | "rows" | "tasks" | "plans">,
  ) {
    this.added = kept?.added ?? 0;
    this.rows = kept?.rows ?? new Uint32Array(capacity);
    this.tasks = kept?.tasks ?? new Uint8Array(capacity);
    this.plans = kept?.plans ?? new Uint8Array(capacity * subTasks);
  }

  add(rows: Uint32Array, plans: Uint8Array, task: number): void {
    for (let i = 0; i < rows.length; i++) {
      const at = this.added++ % this.capacity;
      this.rows[at] = rows[i] as number;
      this.tasks[at] = task;
      this.plans.set(plans.subarray(i * this.subTasks, (i + 1) * this.subTasks), at * this.subTasks);
    }
  }

  sample(count: number, random: () => number): Batch {
    const { subTasks } = this;
    const filled = Math.min(this.added, this.capacity);
    const batch = {
      rows: new Uint32Array(count),
      tasks: new Uint8Array(count),
      plans: new Uint8Array(count * subTasks),
    };
    for (let i = 0; i < count; i++) {
      const at = Math.floor(filled * random());
      batch.rows[i] = this.rows[at] as number;
      batch.tasks[i] = this.tasks[at] as number;
      batch.plans.set(this.plans.subarray(at * subTasks, (at + 1) * subTasks), i * subTasks);
    }
    return batch;
  }
}

interface Batch {
  readonly rows: Uint32Array;
  readonly tasks: Uint8Array;
  /** [count x T]: the sites up to and with the sub-task of the transition count. */
  readonly plans: Uint8Array;
}

/**
 * One step towards the double-DQN target: the reward plus, before the last sub-task, the target network's Q of the site that the
 * learning network prefers next.
 */
function learnFrom(
  learner: VectorLearner,
  { states, features, costs }: QTrainingSet,
  { rows, tasks, plans }: Batch,
  scale: number,
  learningRate: number,
): void {
  const { subTasks } = states.application;
  const count = rows.length;
  const next = observeEach(features, subTasks, rows, plans, tasks.map(following));
  const preferred = qOf(learner.forward(next));
  const valued = qOf(learner.forwardKept(next));
  const goals = Float32Array.from(rows, (row, i) => {
    const task = tasks[i] as number;
    const reward = -addedCost(states, costs, row, plans.subarray(i * subTasks, (i + 1) * subTasks), task) / scale;
    return task === subTasks - 1
      ? reward
      : reward + (valued[SITES * i + siteOfLargest(preferred, SITES * i)] as number);
  });
  learner.step(observeEach(features, subTasks, rows, plans, tasks), learningRate, (sums) => {
    const values = qOf(sums);
    for (let i = 0; i < count; i++) {
      const chosen = plans[i * subTasks + (tasks[i] as number)] as number;
      const difference = (values[SITES * i + chosen] as number) - (goals[i] as number);
      // Huber's loss: the derivative of the error, at most 1.
      const error = Math.min(Math.max(difference, -1), 1) / count;
      // dQ/dV = 1, dQ/dA = its site minus 1/3 everywhere.
      const at = (1 + SITES) * i;
      sums[at] = error;
      for (let site = 0; site < SITES; site++) sums[at + 1 + site] = error * ((site === chosen ? 1 : 0) - 1 / SITES);
    }
    return sums;
  });
}

const following = (task: number) => task + 1;

/** Q [rows x sites] of the last layer's sums [rows x (1 + sites)]: V + A - mean(A). */
function qOf(sums: Float32Array): Float32Array {
  const values = new Float32Array((sums.length / (1 + SITES)) * SITES);
  for (let from = 0, to = 0; from < sums.length; from += 1 + SITES, to += SITES) {
    let mean = 0;
    for (let site = 1; site <= SITES; site++) mean += (sums[from + site] as number) / SITES;
    for (let site = 0; site < SITES; site++) {
      values[to + site] = (sums[from] as number) + (sums[from + 1 + site] as number) - mean;
    }
  }
  return values;
}

/** The cost that the decision on `task` adds to state k, given the sites of the sub-tasks before it. */
export function addedCost(states: States, costs: Tables, k: number, plan: Uint8Array, task: number): number {
  const { subTasks, dependencies, inputs, output } = states.application;
  const site = plan[task] as number;
  let cost = costs.execution[SITES * (k * subTasks + task) + site] as number;
  const out = output[task] as number;
  const links = out < 0 ? (inputs[task] as readonly number[]) : [...(inputs[task] as readonly number[]), out];
  for (const link of links) {
    const { from, to } = dependencies[link] as Dependency;
    const other = to === DEVICE || from === DEVICE ? LOCAL : (plan[from] as number);
    cost += transferBetween(costs, k * dependencies.length + link, other, site);
  }
  return cost;
}

/** Mean cost that a random decision adds: it brings rewards to the size of 1. */
function rewardScale({ states, costs }: QTrainingSet): number {
  const random = seedrandom.alea("scale");
  const { subTasks } = states.application;
  const decisions = Uint8Array.from({ length: states.count * subTasks }, () => Math.floor(SITES * random()));
  return mean(totalsOf(states, costs, decisions)) / subTasks;
}

function observe(
  { features }: Pick<QTrainingSet, "features">,
  rows: Uint32Array,
  plans: Uint8Array,
  task: number,
): Matrix {
  return observeEach(features, plans.length / rows.length, rows, plans, new Uint8Array(rows.length).fill(task));
}

/** Observations of states `rows` before the decision on their sub-task `tasks`: features, sub-task one-hot, sites before one-hot. */
function observeEach(
  features: Matrix,
  subTasks: number,
  rows: Uint32Array,
  plans: Uint8Array,
  tasks: Uint8Array,
): Matrix {
  const columns = observationSize(features.columns, subTasks);
  const values = new Float32Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++) {
    const plan = plans.subarray(i * subTasks, (i + 1) * subTasks);
    putObservation(values, i * columns, features, rows[i] as number, tasks[i] as number, plan);
  }
  return { rows: rows.length, columns, values };
}

/**
 * Writes an observation into zeros from `at` on: the features of a row, its sub-task one-hot (none after the last), and the sites of `plan` [T] before
 * it one-hot.
 */
export function putObservation(
  values: Float32Array,
  at: number,
  features: Matrix,
  row: number,
  task: number,
  plan: Uint8Array,
): void {
  const from = row * features.columns;
  for (let j = 0; j < features.columns; j++) values[at + j] = features.values[from + j] as number;
  const tasks = at + features.columns;
  const sites = tasks + plan.length;
  if (task < plan.length) values[tasks + task] = 1;
  for (let before = 0; before < Math.min(task, plan.length); before++) {
    values[sites + SITES * before + (plan[before] as number)] = 1;
  }
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function checkOptions({ hidden, batch, environments, memory, steps, evaluateEvery }: QOptions): void {
  for (const units of hidden) requireInteger("hidden", units, 1, 16_384);
  requireInteger("batch", batch, 1, 1_000_000);
  requireInteger("environments", environments, 1, 1_000_000);
  requireInteger("memory", memory, batch, 100_000_000);
  requireInteger("steps", steps, 1, 1_000_000_000);
  requireInteger("evaluateEvery", evaluateEvery, 1, 1_000_000_000);
}
