import type { Demonstrations, Provenance } from "../demonstrations/generate";
import { InputError } from "../errors";
import { capacityOf } from "../mec/capacity";
import { executionTimes } from "../mec/schedule";
import { ratesOf } from "../mec/states";
import { costTables, delayTables, type Tables, totalsOf } from "../mec/tables";
import { fitToCapacity } from "../optimal/fit-to-capacity";
import { oos } from "../schemes/oos";
import type { Scheme } from "../schemes/scheme";
import { type Estimate, meanOf, ratioOf, reductionOf } from "./estimate";

/** How one scheme did on a test set; all intervals are over its states. */
export interface SchemeResult {
  readonly scheme: string;
  readonly title: string;
  /** Share of sub-tasks with the site that OOS gives them. */
  readonly accuracy: Estimate;
  /** Share of states with all sub-tasks as in OOS. */
  readonly exactPlans: Estimate;
  /** Mean total cost. */
  readonly cost: Estimate;
  /** Mean cost over that of OOS. */
  readonly relativeCost: Estimate;
  /** Mean execution time in seconds. */
  readonly timeS: Estimate;
  /** Mean execution time over that of OOS. */
  readonly relativeTime: Estimate;
  /** Share of states whose decisions did not fit into the shared capacity and were repaired (see fitToCapacity); absent where it is unlimited. */
  readonly repaired?: number;
  /** 1 - mean cost of DIOS / mean cost of this scheme; absent for DIOS and where DIOS was not evaluated. */
  readonly costReduction?: Estimate;
  /** The same of execution time. */
  readonly timeReduction?: Estimate;
}

/** Results of several schemes on one test set. */
export interface Evaluation {
  readonly testedOn: Provenance;
  readonly results: readonly SchemeResult[];
}

/**
 * Runs the schemes on unseen demonstrations and compares them with the optimum and with DIOS. Where the scenario's capacity is shared,
 * decisions that do not fit are repaired first, as whoever grants the resources would have to.
 *
 * `costs` are those of costTables, or with terms of your own; the decisions of the test set have to be the optimum under them.
 */
export function evaluate(test: Demonstrations, schemes: readonly Scheme[], costs?: Tables): Evaluation {
  const { scenario } = test.provenance;
  const { states } = test;
  if (states.count === 0) throw new InputError("the test set is empty; allowed: at least 1 state.");
  const rates = ratesOf(scenario, states);
  const delays = delayTables(scenario, states, rates);
  const charged = costs ?? costTables(scenario, states, rates);
  const measure = (decisions: Uint8Array) => ({
    decisions,
    cost: totalsOf(states, charged, decisions),
    timeS: executionTimes(states, delays, decisions),
  });
  const optimum = measure(test.decisions);
  const limited = capacityOf(scenario) !== undefined;
  const measured = schemes.map((scheme) => {
    // The test set holds what OOS decides.
    const decided = scheme === oos ? test.decisions : scheme.decide({ scenario, states, delays, costs: charged });
    const fitted = fitToCapacity(scenario, states, charged, decided);
    return { scheme, repaired: fitted.repaired / states.count, ...measure(fitted.decisions) };
  });
  const dios = measured.find(({ scheme }) => scheme.name === "DIOS");
  const results = measured.map(({ scheme, repaired, decisions, cost, timeS }) => {
    const right = correctLabels(decisions, test.decisions, states.count);
    const subTasks = states.application.subTasks;
    return {
      scheme: scheme.name,
      title: scheme.title,
      accuracy: meanOf(right.map((labels) => labels / subTasks)),
      exactPlans: meanOf(right.map((labels) => (labels === subTasks ? 1 : 0))),
      cost: meanOf(cost),
      relativeCost: ratioOf(cost, optimum.cost),
      timeS: meanOf(timeS),
      relativeTime: ratioOf(timeS, optimum.timeS),
      ...(limited ? { repaired } : {}),
      ...(dios && scheme.name !== "DIOS"
        ? { costReduction: reductionOf(dios.cost, cost), timeReduction: reductionOf(dios.timeS, timeS) }
        : {}),
    };
  });
  return { testedOn: test.provenance, results };
}

/** For each state the number of sub-tasks whose decision equals the optimal one, [count]. */
function correctLabels(decisions: Uint8Array, optimal: Uint8Array, count: number): Float64Array {
  const subTasks = decisions.length / count;
  const right = new Float64Array(count);
  for (let i = 0; i < decisions.length; i++) {
    if (decisions[i] === optimal[i]) (right[Math.floor(i / subTasks)] as number)++;
  }
  return right;
}
