import type { Highs } from "highs";
import { InputError } from "../errors";
import { type Capacity, capacityOf, fits } from "../mec/capacity";
import { SITE_NAMES } from "../mec/sites";
import { type Tables, totalOf } from "../mec/tables";
import type { Scenario } from "../scenario/scenario";
import type { Plan } from "./exact";
import { EXHAUSTIVE_MOST } from "./exhaustive";
import { lpText, siteVariable } from "./lp-text";
import type { OneState } from "./one-state";

/** What the solver found for a state. */
export interface MixedInteger {
  /** [T] the best plan; undefined when there is none. */
  readonly plan: Uint8Array | undefined;
  /** No plan that fits costs less, to HiGHS's tolerances (about 1e-9 of it). */
  readonly lowerBound: number;
  /** How it ended, in words. */
  readonly status: string;
}

/** Loads HiGHS (WebAssembly), once a process: about 0.1 s. */
export function loadSolver(): Promise<Highs> {
  solver ??= import("highs").then(({ default: load }) => load());
  return solver;
}

let solver: Promise<Highs> | undefined;

/**
 * Solves one state by branch and cut (Huangfu and Hall, "Parallelizing the dual revised simplex method", Mathematical Programming
 * Computation 10, 2018), for `timeLimitS` seconds at most. Of equal optima it takes any, not the lexicographically first one.
 *
 * Throws an Error, not an InputError, when the solver's plan does not have the cost that it says or does not fit.
 */
export function solveMixedInteger(
  highs: Highs,
  state: OneState,
  timeLimitS: number,
  capacity?: Capacity,
): MixedInteger {
  const scale = scaleOf(state.costs);
  const scaled = { states: state.states, costs: times(scale, state.costs) };
  return highs.withModel({ format: "lp", data: lpText(scaled, capacity) }, (model) => {
    model.options.set({ ...SOLVER_OPTIONS, time_limit: timeLimitS });
    model.run();
    const ended = model.getModelStatus();
    const { infeasible, unboundedOrInfeasible, optimal, timeLimit } = highs.constants.modelStatus;
    const lowerBound = Number(model.info.get("mip_dual_bound")) / scale;
    if (ended === infeasible || ended === unboundedOrInfeasible) {
      return { plan: undefined, lowerBound, status: "no plan fits" };
    }
    if (ended !== optimal && ended !== timeLimit) throw new Error(`HiGHS gave up with model status ${ended}.`);
    if (Number(model.info.get("primal_solution_status")) !== highs.constants.solutionStatus.feasible) {
      return { plan: undefined, lowerBound, status: `no decision within ${timeLimitS} s` };
    }
    const { colValue } = model.getSolution();
    const plan = Uint8Array.from({ length: state.states.application.subTasks }, (_, task) =>
      SITE_NAMES.findIndex((_, site) => (colValue[model.getColByName(siteVariable(task, site))] as number) > 0.5),
    );
    const total = totalOf(state.states, state.costs, plan, 0);
    const said = model.getObjectiveValue() / scale;
    if (!(Math.abs(total - said) <= TOLERANCE * Math.abs(total)) || !fits(capacity, state.states, plan, 0)) {
      throw new Error(`HiGHS gave a plan that it says costs ${said}; it costs ${total}.`);
    }
    return { plan, lowerBound, status: ended === optimal ? "optimal" : `stopped after ${timeLimitS} s` };
  });
}

/** Seconds for a state whose optimum is needed. */
const PATIENCE_S = 60;

/**
 * What solves the states of a scenario that `exactly` has no quick method for: more than 16 sub-tasks that share a capacity; undefined for
 * other scenarios. It throws an InputError when a state's optimum is not proven within a minute.
 */
export async function mixedIntegerPlan(scenario: Scenario): Promise<Plan | undefined> {
  const capacity = capacityOf(scenario);
  if (!capacity || scenario.application.subTasks <= EXHAUSTIVE_MOST) return undefined;
  const highs = await loadSolver();
  return (state) => {
    const { plan, status } = solveMixedInteger(highs, state, PATIENCE_S, capacity);
    if (!plan || status !== "optimal") {
      throw new InputError(
        `the optimum of a state is not found within ${PATIENCE_S} s; allowed: an application that is.`,
      );
    }
    return plan;
  };
}

/** Relative. */
const TOLERANCE = 1e-6;

/** A power of two, which no digit is lost to, that brings the largest cost to about 1,000: HiGHS's tolerances are absolute. */
function scaleOf({ execution, radio, wired }: Tables): number {
  const largest = [execution, radio, wired].flatMap((costs) => [...costs]).reduce((a, b) => Math.max(a, b), 0);
  return largest > 0 ? 2 ** (10 - Math.ceil(Math.log2(largest))) : 1;
}

function times(scale: number, { execution, radio, wired }: Tables): Tables {
  const scaled = (costs: Float64Array) => costs.map((cost) => scale * cost);
  return { execution: scaled(execution), radio: scaled(radio), wired: scaled(wired) };
}

const SOLVER_OPTIONS = {
  output_flag: false,
  mip_rel_gap: 0,
  mip_abs_gap: 0,
  mip_feasibility_tolerance: 1e-9,
  primal_feasibility_tolerance: 1e-9,
  dual_feasibility_tolerance: 1e-9,
};
