import type { Dependency } from "../mec/application";
import type { Capacity } from "../mec/capacity";
import { CLOUD, EDGE, LOCAL, SITES } from "../mec/sites";
import { type Tables, totalOf, transferBetween } from "../mec/tables";
import { type Found, recorder } from "./anytime";
import { type OneState, siteCosts } from "./one-state";

/** The widest beam. */
const WIDEST = 512;

/**
 * Beam search of one state: the sub-tasks are decided one after another in their topological order, and of all partial plans that fit
 * into the capacity the `width` most promising ones go on (Lowerre, "The HARPY speech recognition system", 1976; Ow and Morton,
 * "Filtered beam search in scheduling", International Journal of Production Research 26(1), 1988). A partial plan promises what it
 * costs so far and, for each sub-task that is still open, the least that one of its sites costs given its predecessors that are decided.
 *
 * The width doubles from 1 to 512 until the time limit; nothing is drawn, so there is no seed.
 */
export function beamSearch(state: OneState, timeLimitS: number, capacity?: Capacity, guide = state.costs): Found {
  const plan = new Uint8Array(state.states.application.subTasks);
  const record = recorder(plan, totalOf(state.states, state.costs, plan, 0));
  let evaluations = 0;
  for (let width = 1; width <= WIDEST && record.seconds() < timeLimitS; width *= 2) {
    const best = search({ states: state.states, costs: guide }, width, capacity);
    evaluations += best.evaluations;
    record.offer(best.plan, totalOf(state.states, state.costs, best.plan, 0), evaluations);
  }
  return record.found();
}

/** A partial plan. */
interface Partial {
  readonly plan: Uint8Array;
  /** [T x 3] what each site of a sub-task costs, given what is decided. */
  readonly alone: Float64Array;
  readonly promise: number;
  readonly subcarriersLeft: number;
  readonly coresLeft: number;
}

/** A partial plan with a site for the next sub-task. */
interface Step extends Omit<Partial, "plan" | "alone"> {
  readonly from: Partial;
  readonly site: number;
}

function search(
  { states, costs }: OneState,
  width: number,
  capacity?: Capacity,
): { plan: Uint8Array; evaluations: number } {
  const { subTasks, inner, dependencies } = states.application;
  const outputs = Array.from({ length: subTasks }, () => [] as { link: number; to: number }[]);
  for (let link = 0; link < inner; link++) {
    const { from, to } = dependencies[link] as Dependency;
    outputs[from]?.push({ link, to });
  }
  const alone = siteCosts({ states, costs });
  let promise = 0;
  for (let task = 0; task < subTasks; task++) promise += leastOf(alone, task);
  let beam: Partial[] = [
    {
      plan: new Uint8Array(subTasks),
      alone,
      promise,
      subcarriersLeft: capacity?.subcarriers ?? Number.POSITIVE_INFINITY,
      coresLeft: capacity?.cores ?? Number.POSITIVE_INFINITY,
    },
  ];
  let evaluations = 0;
  for (let task = 0; task < subTasks; task++) {
    const its = outputs[task] as readonly { link: number; to: number }[];
    const steps: Step[] = [];
    for (const from of beam) {
      for (let site = 0; site < SITES; site++) {
        const subcarriersLeft = from.subcarriersLeft - (site === LOCAL ? 0 : (states.subcarriers[task] as number));
        const coresLeft = from.coresLeft - (site === EDGE ? (states.cores[task] as number) : 0);
        if (subcarriersLeft < 0 || coresLeft < 0) continue;
        evaluations++;
        let promise = from.promise + (from.alone[SITES * task + site] as number) - leastOf(from.alone, task);
        for (const { link, to } of its)
          promise += leastWith(costs, from.alone, link, site, to) - leastOf(from.alone, to);
        steps.push({ from, site, promise, subcarriersLeft, coresLeft });
      }
    }
    steps.sort((a, b) => a.promise - b.promise);
    beam = steps.slice(0, width).map(({ from, site, ...rest }) => {
      const plan = from.plan.slice();
      const alone = from.alone.slice();
      plan[task] = site;
      for (const { link, to } of its) {
        for (let there = 0; there < SITES; there++) {
          (alone[SITES * to + there] as number) += transferBetween(costs, link, site, there);
        }
      }
      return { plan, alone, ...rest };
    });
  }
  return { plan: (beam[0] as Partial).plan, evaluations };
}

/** What the best site of a sub-task costs. */
function leastOf(alone: Float64Array, task: number): number {
  const at = SITES * task;
  return Math.min(alone[at] as number, alone[at + EDGE] as number, alone[at + CLOUD] as number);
}

/** What the best site of `task` costs when the dependency `link` brings it data from `site` as well. */
function leastWith(costs: Tables, alone: Float64Array, link: number, site: number, task: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let there = 0; there < SITES; there++) {
    least = Math.min(least, (alone[SITES * task + there] as number) + transferBetween(costs, link, site, there));
  }
  return least;
}
