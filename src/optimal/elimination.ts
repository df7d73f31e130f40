import type { Application } from "../mec/application";
import { CLOUD, CROSSES_RADIO, CROSSES_WIRED, EDGE, LOCAL, SITES } from "../mec/sites";
import type { States } from "../mec/states";
import type { Tables } from "../mec/tables";
import { nativeFor } from "../native/kernels";
import { type EliminationPlan, planElimination, type Step } from "./elimination-plan";

/**
 * The optimal decisions [count x T] of a batch by variable elimination (min-sum dynamic programming on the graph; Dechter,
 * "Bucket elimination", 1999): one sub-task after another is minimised out, which leaves a table over its neighbours, and
 * the decisions are read back in the reverse order. Exact for any graph in O(T 3^(w+1)) a state, w the width of the order
 * (fewest fill-ins first).
 *
 * Of equal plans the lexicographically first one wins, as in exhaustive search. Taking the lowest of equal sites in each step is
 * enough for that, in any order: transfers grow with the distance on the line local - edge - cloud, so the cost is submodular
 * and the equal optima have a least one, site by site. Costs are exact (see costTables), so "equal" means equal.
 *
 * Throws an InputError when the width is above TREEWIDTH_MOST.
 */
export function eliminate(states: States, costs: Tables): Uint8Array {
  const decisions = new Uint8Array(states.count * states.application.subTasks);
  eliminator(states.application)(costs, decisions, new Float64Array(states.count));
  return decisions;
}

/**
 * Plans the elimination of an application once; the function that is returned fills `decisions` ([count x T]) and `totals` ([count]:
 * what they cost) batch after batch.
 */
export function eliminator(
  application: Application,
): (costs: Tables, decisions: Uint8Array, totals: Float64Array) => void {
  const plan = planElimination(application);
  const { subTasks, dependencies } = application;
  const kernelPlan = kernelPlanOf(plan);
  return (costs, decisions, totals) => {
    const kernels = kernelPlan && nativeFor(totals.length);
    if (kernels) {
      const { execution, radio, wired } = costs;
      kernels.eliminate(...kernelPlan, execution, radio, wired, decisions, totals);
      return;
    }
    for (let k = 0; k < totals.length; k++) {
      let total = 0;
      loadAlone(plan, costs, k * subTasks, k * dependencies.length);
      for (let s = 0; s < plan.steps.length; s++) {
        const step = plan.steps[s] as Step;
        if (step.kind === "leaf") minimiseLeaf(step, costs, k * dependencies.length, plan.alone);
        else if (step.kind === "root") total += minimiseRoot(step, plan.alone);
        else total += minimise(step, costs, k * dependencies.length, plan.alone);
      }
      readBack(plan.steps, decisions, k * subTasks);
      totals[k] = total;
    }
  };
}

/** Steps, and the sub-tasks of dependencies from or to the device, as the kernels take them; undefined where a step is neither leaf nor root. */
export function kernelPlanOf({ steps, deviceTask }: EliminationPlan): readonly [Int32Array, Int32Array] | undefined {
  if (steps.some(({ kind }) => kind === "any")) return undefined;
  return [Int32Array.from(steps.flatMap(({ task, scope, leafLink }) => [task, scope[0] ?? -1, leafLink])), deviceTask];
}

/** Executions, and transfers from and to the device, of one state. */
function loadAlone(plan: EliminationPlan, costs: Tables, firstTask: number, firstLink: number): void {
  const { alone, deviceTask } = plan;
  const { execution, radio, wired } = costs;
  for (let i = 0; i < alone.length; i++) alone[i] = execution[SITES * firstTask + i] as number;
  for (let link = 0; link < deviceTask.length; link++) {
    const task = deviceTask[link] as number;
    if (task < 0) continue;
    const crossing = radio[firstLink + link] as number;
    (alone[SITES * task + EDGE] as number) += crossing;
    (alone[SITES * task + CLOUD] as number) += crossing + (wired[firstLink + link] as number);
  }
}

/** The sites of one state, from the last step to the first: by then those of a step's scope are known. */
function readBack(steps: readonly Step[], decisions: Uint8Array, firstTask: number): void {
  for (let s = steps.length - 1; s >= 0; s--) {
    const { task, scope, stride, argmin } = steps[s] as Step;
    let entry = 0;
    for (let j = 0; j < scope.length; j++) {
      entry += (stride[j] as number) * (decisions[firstTask + (scope[j] as number)] as number);
    }
    decisions[firstTask + task] = argmin[entry] as number;
  }
}

/** A step whose sub-task has no neighbour left; returns what it adds to the total. */
function minimiseRoot({ task, argmin }: Step, alone: Float64Array): number {
  const at = SITES * task;
  return least(alone[at + LOCAL] as number, alone[at + EDGE] as number, alone[at + CLOUD] as number, argmin, 0);
}

/** A step whose sub-task has one neighbour left, and one dependency with it: its table adds to what that neighbour's sites come to. */
function minimiseLeaf(step: Step, costs: Tables, firstLink: number, alone: Float64Array): void {
  const { task, argmin } = step;
  const local = alone[SITES * task + LOCAL] as number;
  const edge = alone[SITES * task + EDGE] as number;
  const cloud = alone[SITES * task + CLOUD] as number;
  const link = firstLink + step.leafLink;
  const radio = costs.radio[link] as number;
  const wired = costs.wired[link] as number;
  const both = radio + wired;
  const to = SITES * (step.scope[0] as number);
  (alone[to + LOCAL] as number) += least(local, edge + radio, cloud + both, argmin, LOCAL);
  (alone[to + EDGE] as number) += least(local + radio, edge, cloud + wired, argmin, EDGE);
  (alone[to + CLOUD] as number) += least(local + both, edge + wired, cloud, argmin, CLOUD);
}

/** The least of three costs; its site, the lowest of equal ones, goes to argmin[entry]. */
function least(local: number, edge: number, cloud: number, argmin: Uint8Array, entry: number): number {
  if (local <= edge && local <= cloud) {
    argmin[entry] = LOCAL;
    return local;
  }
  argmin[entry] = edge <= cloud ? EDGE : CLOUD;
  return edge <= cloud ? edge : cloud;
}

/** Any step; returns what it adds to the total, 0 unless its sub-task has no neighbour left. */
function minimise(step: Step, costs: Tables, firstLink: number, alone: Float64Array): number {
  const { task, scope, entries, table, argmin, links, messages, pair } = step;
  for (let l = 0; l < links.length; l++) {
    const at = firstLink + (links[l] as Step["links"][number]).link;
    for (let sites = 0; sites < PAIRS; sites++) {
      pair[PAIRS * l + sites] =
        (CROSSES_RADIO[sites] as number) * (costs.radio[at] as number) +
        (CROSSES_WIRED[sites] as number) * (costs.wired[at] as number);
    }
  }
  for (let entry = 0; entry < entries; entry++) {
    let best = Number.POSITIVE_INFINITY;
    let choice: number = LOCAL;
    for (let site = 0; site < SITES; site++) {
      let cost = alone[SITES * task + site] as number;
      for (let l = 0; l < links.length; l++) {
        // A transfer costs the same in both directions, so the order of the two sites does not matter.
        const other = (links[l] as Step["links"][number]).site[entry] as number;
        cost += pair[PAIRS * l + SITES * site + other] as number;
      }
      for (let m = 0; m < messages.length; m++) {
        const message = messages[m] as Step["messages"][number];
        cost += message.table[message.index[SITES * entry + site] as number] as number;
      }
      if (cost < best) {
        best = cost;
        choice = site;
      }
    }
    argmin[entry] = choice;
    if (scope.length === 1) (alone[SITES * (scope[0] as number) + entry] as number) += best;
    else table[entry] = best;
  }
  return scope.length === 0 ? (table[0] as number) : 0;
}

/** Pairs of sites. */
const PAIRS = SITES * SITES;
