import { setImmediate } from "node:timers/promises";
import { InputError, requireInteger } from "../errors";
import type { Application } from "../mec/application";
import { type Capacity, capacityOf } from "../mec/capacity";
import type { States } from "../mec/states";
import { costTables, totalOf, totalsOf } from "../mec/tables";
import type { Scenario } from "../scenario/scenario";
import { anneal } from "./annealing";
import type { Improvement } from "./anytime";
import { beamSearch } from "./beam";
import { eliminate } from "./elimination";
import { hasTreewidth2 } from "./elimination-plan";
import { misfits } from "./exact";
import { exhaustive } from "./exhaustive";
import { relaxed } from "./lagrangian";
import { minCut } from "./min-cut";
import { loadSolver, solveMixedInteger } from "./mixed-integer";
import { type OneState, oneState } from "./one-state";

/** The ways to the least cost. */
export const METHODS = ["exhaustive", "elimination", "minCut", "mixedInteger", "annealing", "beam"] as const;

export type Method = (typeof METHODS)[number];

/** How to look for the least cost. */
export interface OptimalOptions {
  /** "auto", the default, chooses. */
  readonly method?: Method | "auto";
  /** Seconds a state at most, for mixedInteger, annealing and beam; 10 by default. */
  readonly timeLimitS?: number;
  /** Seed of annealing; 1 by default. */
  readonly seed?: number;
}

/** The best decisions that were found for a batch, and what is known about them. */
export interface Optimum {
  readonly method: Method;
  /** Why this method, and what it left open, in a sentence. */
  readonly reason: string;
  /** [count x T]; they fit into the capacity of the scenario. */
  readonly decisions: Uint8Array;
  /** [count] what they cost. */
  readonly totals: Float64Array;
  /** [count] no decisions that fit cost less. */
  readonly lowerBounds: Float64Array;
  /** [count] whether the decisions are proven optimal: their cost is the bound, to 1e-6 of it. */
  readonly certified: readonly boolean[];
  /** [count] the anytime curve of an approximate search; empty after another method. */
  readonly curves: readonly (readonly Improvement[])[];
}

/** Trying all plans that fit is mostly quicker than branch and cut up to this many sub-tasks. */
const FEW = 12;
const CERTAIN = 1e-6;

/**
 * The least total cost of each state of a batch within the capacity of the scenario.
 *
 *     const { decisions, certified, reason } = await optimal(scenario, states);
 *
 * Where grants have no limit, "auto" takes variable elimination up to treewidth 2, else a minimum cut. Where they have one,
 * it does so too for the states whose optimum fits anyway; for the others it tries all plans of up to 12 sub-tasks, and takes branch
 * and cut for more; what that does not settle in time is annealed as well.
 *
 * Exhaustive search, elimination and the minimum cut give the lexicographically first of equal optima; branch and cut gives any.
 * The same input gives the same decisions as long as no time limit is reached.
 *
 * Throws an InputError for an option that is not allowed and for a method that cannot take the scenario.
 */
export async function optimal(scenario: Scenario, states: States, options: OptimalOptions = {}): Promise<Optimum> {
  const { method: asked = "auto", timeLimitS = 10, seed = 1 } = options;
  const capacity = capacityOf(scenario);
  requireMethod(asked, capacity);
  if (!(timeLimitS > 0)) throw new InputError(`time limit is ${String(timeLimitS)}; allowed: seconds above 0.`);
  requireInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  const { application, count } = states;
  const { subTasks } = application;
  const costs = costTables(scenario, states);
  const auto = asked === "auto";
  const { method, why } = auto ? choose(application, capacity) : { method: asked, why: "asked for" };

  let decisions: Uint8Array = new Uint8Array(count * subTasks);
  let open = Array.from({ length: count }, (_, k) => k);
  if (method === "elimination") {
    decisions = eliminate(states, costs);
    open = [];
  } else if (method === "minCut" || auto) {
    decisions = minCut(states, costs);
    open = capacity ? misfits(capacity, states, decisions) : [];
  }
  const lowerBounds = totalsOf(states, costs, decisions);
  const curves: (readonly Improvement[])[] = Array.from({ length: count }, () => []);
  const unsettled: string[] = [];
  if (open.length > 0) {
    const solve = await solverOf(method, { capacity, timeLimitS, seed, auto });
    for (const k of open) {
      const { plan, lowerBound, curve, status } = solve(oneState(states, costs, k), k);
      decisions.set(plan, k * subTasks);
      lowerBounds[k] = lowerBound;
      if (curve) curves[k] = curve;
      if (status) unsettled.push(status);
      await setImmediate();
    }
  }
  const totals = totalsOf(states, costs, decisions);
  for (const [k, total] of totals.entries()) lowerBounds[k] = Math.min(lowerBounds[k] as number, total);
  return {
    method,
    reason: `${method}, ${[why, ...tally(unsettled, count)].join("; ")}.`,
    decisions,
    totals,
    lowerBounds,
    certified: Array.from(totals, (total, k) => total - (lowerBounds[k] as number) <= CERTAIN * Math.abs(total)),
    curves,
  };
}

function requireMethod(method: Method | "auto", capacity: Capacity | undefined): void {
  if (method !== "auto" && !METHODS.includes(method)) {
    throw new InputError(`method is ${String(method)}; allowed: auto, ${METHODS.join(", ")}.`);
  }
  if (capacity && (method === "elimination" || method === "minCut")) {
    throw new InputError(
      `method is ${method} and capacity is shared; allowed: auto, exhaustive, mixedInteger, annealing, beam.`,
    );
  }
}

function choose(application: Application, capacity: Capacity | undefined): { method: Method; why: string } {
  const { subTasks } = application;
  if (capacity) {
    return subTasks <= FEW
      ? {
          method: "exhaustive",
          why: `since ${subTasks} sub-tasks that share a capacity are few enough to try all plans`,
        }
      : { method: "mixedInteger", why: `since ${subTasks} sub-tasks share a capacity` };
  }
  return hasTreewidth2(application)
    ? { method: "elimination", why: "since capacity is unlimited and the treewidth at most 2" }
    : { method: "minCut", why: "since capacity is unlimited and the treewidth above 2" };
}

/** What a search of one state comes to. */
interface Answer {
  readonly plan: Uint8Array;
  readonly lowerBound: number;
  readonly curve?: readonly Improvement[];
  /** Why it is not settled, in words. */
  readonly status?: string;
}

interface Conditions {
  readonly capacity: Capacity | undefined;
  readonly timeLimitS: number;
  readonly seed: number;
  readonly auto: boolean;
}

/** The search by `method` of one state after another, each with its number. */
async function solverOf(
  method: Method,
  { capacity, timeLimitS, seed, auto }: Conditions,
): Promise<(state: OneState, k: number) => Answer> {
  const annealed = (state: OneState, k: number) => anneal(state, `${seed}/${k}`, timeLimitS, capacity);
  if (method === "annealing") {
    return (state, k) => ({ ...annealed(state, k), lowerBound: relaxed(state, capacity).lowerBound });
  }
  if (method === "beam") {
    return (state) => {
      const { lowerBound, priced } = relaxed(state, capacity);
      return { ...beamSearch(state, timeLimitS, capacity, priced), lowerBound };
    };
  }
  if (method === "exhaustive") {
    return (state) => {
      const plan = exhaustive(state.states, state.costs, capacity);
      return { plan, lowerBound: totalOf(state.states, state.costs, plan, 0) };
    };
  }
  const highs = await loadSolver();
  return (state, k) => {
    const { plan, lowerBound, status } = solveMixedInteger(highs, state, timeLimitS, capacity);
    if (plan && status === "optimal") return { plan, lowerBound };
    const relaxation = relaxed(state, capacity);
    const bound = Math.max(lowerBound, relaxation.lowerBound);
    if (!auto) {
      return plan
        ? { plan, lowerBound: bound, status }
        : { plan: relaxation.plan, lowerBound: bound, status: `${status}, so that of Lagrangian relaxation` };
    }
    const plans = [relaxation.plan, annealed(state, k).plan, ...(plan ? [plan] : [])];
    const totals = plans.map((candidate) => totalOf(state.states, state.costs, candidate, 0));
    const best = plans[totals.indexOf(Math.min(...totals))] as Uint8Array;
    return { plan: best, lowerBound: bound, status: `${status}, annealed as well` };
  };
}

/** How many states are unsettled for which reason. */
function tally(unsettled: readonly string[], count: number): string[] {
  return [...new Set(unsettled)].map(
    (status) => `${unsettled.filter((other) => other === status).length} of ${count} states: ${status}`,
  );
}
