import { setImmediate } from "node:timers/promises";
import seedrandom from "seedrandom";
import { InputError, requireInteger } from "../errors";
import { type Application, DEVICE, type Dependency } from "../mec/application";
import { SITES, siteOfLargest } from "../mec/sites";
import { ratesOf, type States } from "../mec/states";
import { inputBytes, type Tables } from "../mec/tables";
import type { Scenario } from "../scenario/scenario";
import { addedCost } from "./q-learning";

/** What can be turned in tabular Q-learning. */
export interface TabularQOptions {
  /**
   * Bins of each of a sub-task's five quantities, at most. The cells of a table grow with its fifth power, so that with more bins each cell
   * is seen too rarely for its mean, and with fewer it holds states that want different sites.
   */
  readonly bins: number;
  /** States that are decided on, each from its first sub-task to its last. */
  readonly episodes: number;
  /** Share of random decisions in the first episode and, falling evenly, in the last. */
  readonly epsilon: readonly [from: number, to: number];
  readonly seed: number;
}

export const TABULAR_Q_DEFAULTS: TabularQOptions = { bins: 4, episodes: 500_000, epsilon: [1, 0.05], seed: 1 };

/** What the table is learned from: states and their costs. The optimal decisions are not among it. */
export interface TabularQTrainingSet {
  readonly scenario: Scenario;
  readonly states: States;
  readonly costs: Tables;
}

/** One table a sub-task. */
export interface TabularQ {
  readonly options: TabularQOptions;
  /** For each sub-task and quantity where a bin ends and the next begins, ascending. */
  readonly boundaries: readonly (readonly (readonly number[])[])[];
  /**
   * For each sub-task Q [cells x sites of its first predecessor x sites], without the middle one where there is no predecessor: minus
   * the cost that the decision and those that follow from it add; -Infinity where that was never tried.
   */
  readonly values: readonly Float32Array[];
}

/** Episodes between two looks at the signal. */
const EPISODES_A_BREATH = 5000;

/**
 * The learning rate at visit n of a cell is n to this power: large enough that early, wrong values are forgotten, small enough that noise
 * is averaged out (Even-Dar and Mansour, "Learning rates for Q-learning", JMLR 5, 2003, who find 0.85 best).
 */
const RATE_POWER = -0.85;

/**
 * Tabular Q-learning (Watkins and Dayan, "Q-learning", Machine Learning 8, 1992) in the environment of `trainQ`: sub-task after sub-task, the
 * reward is minus the cost that a decision adds, no discount. What the table sees of a sub-task are its own quantities (bytes of input, cycles per
 * byte, rate, subcarriers, cores), each in bins that hold equally many of the training states, and the site of its first predecessor.
 *
 * It sees nothing of the other sub-tasks, so what follows a decision is not the sub-task of the next number, whose table could not tell, but
 * those that it is the first predecessor of: the target is the reward plus the best Q of each of them. The same seed and data give the same tables.
 *
 * `onEpisodes` is told the episodes done; the promise is rejected with the signal's reason when that is aborted. Throws an InputError when an option is
 * out of range.
 */
export async function trainTabularQ(
  training: TabularQTrainingSet,
  options: TabularQOptions,
  onEpisodes: (done: number) => void = () => {},
  signal?: AbortSignal,
): Promise<TabularQ> {
  checkOptions(options);
  const { scenario, states, costs } = training;
  const { application, count } = states;
  const { subTasks } = application;
  const { episodes, epsilon } = options;
  const quantities = quantitiesOf(scenario, states);
  const boundaries = Array.from({ length: subTasks }, (_, task) =>
    quantities.map((values) => quantilesOf(columnOf(values, task, subTasks), options.bins)),
  );
  const before = firstPredecessors(application);
  const sizes = boundaries.map((ends, task) => cellCount(ends) * ((before[task] as number) < 0 ? 1 : SITES) * SITES);
  const values = sizes.map((size) => new Float32Array(size).fill(Number.NEGATIVE_INFINITY));
  const visits = sizes.map((size) => new Uint32Array(size));
  const cells = cellsOf(quantities, boundaries);
  const after = Array.from({ length: subTasks }, (_, task) => [...before.keys()].filter((of) => before[of] === task));
  const random = seedrandom.alea(`${options.seed}/tabular-Q`);
  const plan = new Uint8Array(subTasks);

  for (let episode = 0; episode < episodes; episode++) {
    const share = epsilon[0] + ((epsilon[1] - epsilon[0]) * episode) / episodes;
    const k = Math.floor(count * random());
    const placeOf = (task: number) => placeIn(cells[k * subTasks + task] as number, before[task] as number, plan);
    for (let task = 0; task < subTasks; task++) {
      plan[task] =
        random() < share ? Math.floor(SITES * random()) : siteOfLargest(values[task] as Float32Array, placeOf(task));
    }
    // The last first: what a decision leads to then has a value.
    for (let task = subTasks - 1; task >= 0; task--) {
      let target = -addedCost(states, costs, k, plan, task);
      for (const next of after[task] as readonly number[]) {
        const place = placeOf(next);
        const table = values[next] as Float32Array;
        target += table[place + siteOfLargest(table, place)] as number;
      }
      learn(values[task] as Float32Array, visits[task] as Uint32Array, placeOf(task) + (plan[task] as number), target);
    }
    if ((episode + 1) % EPISODES_A_BREATH !== 0) continue;
    onEpisodes(episode + 1);
    await setImmediate();
    signal?.throwIfAborted();
  }
  return { options, boundaries, values };
}

function learn(values: Float32Array, visits: Uint32Array, place: number, target: number): void {
  const visit = ++(visits[place] as number);
  const old = values[place] as number;
  values[place] = visit === 1 ? target : old + visit ** RATE_POWER * (target - old);
}

/**
 * Makes the tables ready to decide, [count x T], without random decisions: the site of the largest Q, the lowest of equal ones. The decider throws an InputError
 * for states of another number of sub-tasks.
 */
export function tabularQDecider({ boundaries, values }: TabularQ): (scenario: Scenario, states: States) => Uint8Array {
  return (scenario, states) => {
    const { application, count } = states;
    const { subTasks } = application;
    if (subTasks !== values.length) {
      throw new InputError(
        `the states have ${subTasks} sub-tasks; allowed: ${values.length}, as the table was made with.`,
      );
    }
    const cells = cellsOf(quantitiesOf(scenario, states), boundaries);
    const before = firstPredecessors(application);
    const decisions = new Uint8Array(count * subTasks);
    for (let first = 0; first < decisions.length; first += subTasks) {
      const plan = decisions.subarray(first, first + subTasks);
      for (let task = 0; task < subTasks; task++) {
        const place = placeIn(cells[first + task] as number, before[task] as number, plan);
        plan[task] = siteOfLargest(values[task] as Float32Array, place);
      }
    }
    return decisions;
  };
}

/** Where the Q of the sites begin in a cell of a sub-task, given the sites of those before it. */
function placeIn(cell: number, predecessor: number, plan: Uint8Array): number {
  return SITES * (predecessor < 0 ? cell : SITES * cell + (plan[predecessor] as number));
}

/** For each sub-task the first that it gets data from, or -1. */
function firstPredecessors({ inputs, dependencies }: Application): number[] {
  return inputs.map((links) => {
    const link = links.find((link) => (dependencies[link] as Dependency).from !== DEVICE);
    return link === undefined ? -1 : (dependencies[link] as Dependency).from;
  });
}

/** The quantities of each sub-task, each [count x T]. */
function quantitiesOf(scenario: Scenario, states: States): ArrayLike<number>[] {
  const { subTasks } = states.application;
  const bytes = new Float64Array(states.count * subTasks);
  for (let i = 0; i < bytes.length; i++) bytes[i] = inputBytes(states, Math.floor(i / subTasks), i % subTasks);
  return [bytes, states.cyclesPerByte, ratesOf(scenario, states), states.subcarriers, states.cores];
}

function columnOf(values: ArrayLike<number>, task: number, subTasks: number): Float64Array {
  return Float64Array.from({ length: values.length / subTasks }, (_, k) => values[k * subTasks + task] as number);
}

/** What cuts numbers into so many bins of equally many, or into fewer where they have few values. */
function quantilesOf(values: Float64Array, bins: number): number[] {
  const sorted = values.toSorted();
  const quantiles = Array.from({ length: bins - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / bins)]);
  return [...new Set(quantiles as number[])].filter((value) => value > (sorted[0] as number));
}

const cellCount = (boundaries: readonly (readonly number[])[]): number =>
  boundaries.reduce((product, ends) => product * (ends.length + 1), 1);

/** The cell of each sub-task, [count x T]: its bin of each quantity, the last one counting fastest. */
function cellsOf(quantities: readonly ArrayLike<number>[], boundaries: TabularQ["boundaries"]): Uint32Array {
  const subTasks = boundaries.length;
  const cells = new Uint32Array((quantities[0] as ArrayLike<number>).length);
  for (let i = 0; i < cells.length; i++) {
    const ofTask = boundaries[i % subTasks] as readonly (readonly number[])[];
    let cell = 0;
    for (let quantity = 0; quantity < quantities.length; quantity++) {
      const value = (quantities[quantity] as ArrayLike<number>)[i] as number;
      const ends = ofTask[quantity] as readonly number[];
      let bin = 0;
      while (bin < ends.length && value >= (ends[bin] as number)) bin++;
      cell = cell * (ends.length + 1) + bin;
    }
    cells[i] = cell;
  }
  return cells;
}

function checkOptions({ bins, episodes, epsilon, seed }: TabularQOptions): void {
  requireInteger("bins", bins, 1, 16);
  requireInteger("episodes", episodes, 1, 1_000_000_000);
  for (const share of epsilon) {
    if (!(share >= 0 && share <= 1)) throw new InputError(`epsilon is ${share}; allowed: a number from 0 to 1.`);
  }
  requireInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
}
