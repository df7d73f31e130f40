import type { Demonstrations } from "../demonstrations/generate";
import { InputError } from "../errors";
import { capacityOf, fits } from "../mec/capacity";
import { executionTimes, scheduleOf } from "../mec/schedule";
import { SITES } from "../mec/sites";
import { costTables, delayTables, totalOf, totalsOf } from "../mec/tables";
import type { Scheme, Situation } from "../schemes/scheme";
import { type Estimate, ratioOf } from "./estimate";

/**
 * The share of states whose execution time is above a deadline, with Wilson's 95 % interval (1927), which is right for shares near 0 and 1 too.
 * @param timesS execution times, [count]
 */
export function missShare(timesS: Float64Array, deadlineS: number): Estimate {
  requireDeadline(deadlineS);
  const count = timesS.length;
  const share = timesS.filter((timeS) => timeS > deadlineS).length / count;
  const z2 = 1.959963984540054 ** 2 / count;
  const middle = (share + z2 / 2) / (1 + z2);
  const reach = Math.sqrt(z2 * share * (1 - share) + (z2 * z2) / 4) / (1 + z2);
  return { value: share, low: middle - reach, high: middle + reach };
}

/** How decisions do under one deadline. */
export interface DeadlineResult {
  readonly deadlineS: number;
  /** Share of states that miss it. */
  readonly misses: Estimate;
  /** Mean cost over that of the optimum, which knows no deadline. */
  readonly relativeCost: Estimate;
}

/** How decisions [count x T] do on a test set under a deadline. The deadline is no part of the scenario: the states are the same under each. */
export function underDeadline(
  { provenance, states, costs }: Demonstrations,
  decisions: Uint8Array,
  deadlineS: number,
): DeadlineResult {
  const delays = delayTables(provenance.scenario, states);
  return {
    deadlineS,
    misses: missShare(executionTimes(states, delays, decisions), deadlineS),
    relativeCost: ratioOf(totalsOf(states, costTables(provenance.scenario, states), decisions), costs),
  };
}

/** The most sub-tasks of which all plans are scheduled. */
const SUB_TASKS_MOST = 8;

/**
 * Decides by the least cost among the plans that meet a deadline and fit into the capacity, and where there is none by the least execution time; of
 * equal plans by the lexicographically first. All 3^T plans of each state are scheduled, so its share of misses is the least that any decisions
 * have. Throws an InputError for more than 8 sub-tasks.
 */
export function withinDeadline(deadlineS: number): Scheme["decide"] {
  requireDeadline(deadlineS);
  return ({ scenario, states, delays, costs }: Situation) => {
    const capacity = capacityOf(scenario);
    const { subTasks } = states.application;
    if (subTasks > SUB_TASKS_MOST) {
      throw new InputError(`sub-tasks are ${subTasks}; allowed: at most ${SUB_TASKS_MOST} within a deadline.`);
    }
    const decisions = new Uint8Array(states.count * subTasks);
    const cost = new Float64Array(states.count).fill(Number.POSITIVE_INFINITY);
    const timeS = new Float64Array(states.count).fill(Number.POSITIVE_INFINITY);
    for (let plan = 0; plan < SITES ** subTasks; plan++) {
      // The digits of the number to the base 3, the first sub-task's first.
      const sites = Uint8Array.from(plan.toString(SITES).padStart(subTasks, "0"), Number);
      const all = new Uint8Array(decisions.length);
      for (let k = 0; k < states.count; k++) all.set(sites, k * subTasks);
      for (let k = 0; k < states.count; k++) {
        const itsCost = totalOf(states, costs, all, k);
        const met = (timeS[k] as number) <= deadlineS;
        if ((met && itsCost >= (cost[k] as number)) || !fits(capacity, states, all, k)) continue;
        const itsTimeS = scheduleOf(states, delays, all, k).makespanS;
        // Once one is in time, late ones are out: they take longer than it.
        if (itsTimeS > deadlineS && itsTimeS >= (timeS[k] as number)) continue;
        cost[k] = itsCost;
        timeS[k] = itsTimeS;
        decisions.set(sites, k * subTasks);
      }
    }
    return decisions;
  };
}

function requireDeadline(deadlineS: number): void {
  if (!(deadlineS > 0)) throw new InputError(`deadline is ${deadlineS}; allowed: seconds above 0.`);
}
