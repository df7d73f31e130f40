import { InputError } from "../errors";
import { type Application, DEVICE, type Dependency } from "../mec/application";
import { CROSSES_RADIO, CROSSES_WIRED, SITES } from "../mec/sites";
import type { States } from "../mec/states";
import type { Tables } from "../mec/tables";

/** The largest treewidth that variable elimination takes: a step then has 3^13, or 1.6 million, entries. */
export const TREEWIDTH_MOST = 12;

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
  const { application, count } = states;
  const { subTasks } = application;
  const solver = new Eliminator(application);
  const decisions = new Uint8Array(count * subTasks);
  const execution = new Float64Array(subTasks * SITES);
  for (let k = 0; k < count; k++) {
    solver.load(costs, k, execution);
    solver.solve(execution, decisions.subarray(k * subTasks, (k + 1) * subTasks));
  }
  return decisions;
}

/** One step of the order: `task` is minimised out, which leaves a table over the sub-tasks of `scope`. */
interface Elimination {
  readonly task: number;
  readonly scope: readonly number[];
}

function eliminationOrder({ subTasks, inner, dependencies }: Application): Elimination[] {
  const neighbours = Array.from({ length: subTasks }, () => new Set<number>());
  for (const { from, to } of dependencies.slice(0, inner)) {
    neighbours[from]?.add(to);
    neighbours[to]?.add(from);
  }
  const left = new Set(neighbours.keys());
  const order: Elimination[] = [];
  while (left.size > 0) {
    let task = -1;
    let fewest = Number.POSITIVE_INFINITY;
    for (const candidate of left) {
      const fillIns = countFillIns(neighbours, candidate);
      if (fillIns < fewest) {
        fewest = fillIns;
        task = candidate;
      }
    }
    const scope = [...(neighbours[task] as Set<number>)].sort((a, b) => a - b);
    for (const a of scope) {
      for (const b of scope) if (a !== b) neighbours[a]?.add(b);
      neighbours[a]?.delete(task);
    }
    left.delete(task);
    order.push({ task, scope });
  }
  return order;
}

function countFillIns(neighbours: readonly Set<number>[], task: number): number {
  const around = [...(neighbours[task] as Set<number>)];
  let fillIns = 0;
  for (const [i, a] of around.entries()) {
    for (const b of around.slice(i + 1)) if (!neighbours[a]?.has(b)) fillIns++;
  }
  return fillIns;
}

/** A step laid out for speed: everything that does not depend on the state is an index. */
interface Step {
  readonly task: number;
  /** Entries of the table that this step leaves: 3^|scope|. */
  readonly entries: number;
  readonly table: Float64Array;
  /** For each entry the lowest site of `task` that attains it. */
  readonly argmin: Uint8Array;
  /** Dependencies between `task` and a sub-task of the scope, and for each entry that sub-task's site. */
  readonly links: readonly { readonly link: number; readonly site: Uint8Array }[];
  /** Tables of earlier steps whose scope holds `task`, and the index into each for [entry x site]. */
  readonly messages: readonly { readonly table: Float64Array; readonly index: Int32Array }[];
  /** Sub-tasks of the scope and what each site of them adds to the index of an entry. */
  readonly scope: Int32Array;
  readonly stride: Int32Array;
}

/** The elimination of one application, with its work space. */
class Eliminator {
  private readonly application: Application;
  private readonly steps: Step[];
  /** [inner x 9] cost of each inner dependency's transfer, at [3 * site of from + site of to]. */
  private readonly pair: Float64Array;

  constructor(application: Application) {
    this.application = application;
    this.pair = new Float64Array(application.inner * SITES * SITES);
    this.steps = layOut(application);
  }

  /** Takes state k of the tables; the transfers from and to the device become part of `execution` ([T x 3]). */
  load(costs: Tables, k: number, execution: Float64Array): void {
    const { subTasks, inner, dependencies } = this.application;
    const links = dependencies.length;
    const first = k * subTasks * SITES;
    for (let i = 0; i < execution.length; i++) execution[i] = costs.execution[first + i] as number;
    for (let link = 0; link < links; link++) {
      const radio = costs.radio[k * links + link] as number;
      const wired = costs.wired[k * links + link] as number;
      if (link < inner) {
        for (let sites = 0; sites < 9; sites++) {
          this.pair[9 * link + sites] =
            (CROSSES_RADIO[sites] as number) * radio + (CROSSES_WIRED[sites] as number) * wired;
        }
        continue;
      }
      const { from, to } = dependencies[link] as Dependency;
      const task = from === DEVICE ? to : from;
      for (let site = 0; site < SITES; site++) {
        (execution[SITES * task + site] as number) +=
          (CROSSES_RADIO[site] as number) * radio + (CROSSES_WIRED[site] as number) * wired;
      }
    }
  }

  /** Writes the plan of least cost. */
  solve(execution: Float64Array, plan: Uint8Array): void {
    for (const step of this.steps) this.minimise(step, execution);
    for (let i = this.steps.length - 1; i >= 0; i--) {
      const step = this.steps[i] as Step;
      let entry = 0;
      for (let j = 0; j < step.scope.length; j++) {
        entry += (step.stride[j] as number) * (plan[step.scope[j] as number] as number);
      }
      plan[step.task] = step.argmin[entry] as number;
    }
  }

  private minimise({ task, entries, table, argmin, links, messages }: Step, execution: Float64Array): void {
    for (let entry = 0; entry < entries; entry++) {
      let best = Number.POSITIVE_INFINITY;
      let choice = 0;
      for (let site = 0; site < SITES; site++) {
        let cost = execution[SITES * task + site] as number;
        for (let l = 0; l < links.length; l++) {
          const link = links[l] as Step["links"][number];
          // A transfer costs the same in both directions, so the order of the two sites does not matter.
          cost += this.pair[9 * link.link + SITES * site + (link.site[entry] as number)] as number;
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
      table[entry] = best;
      argmin[entry] = choice;
    }
  }
}

function layOut(application: Application): Step[] {
  const { inner, dependencies } = application;
  const done: { step: Step; scope: readonly number[]; used: boolean }[] = [];
  for (const { task, scope } of eliminationOrder(application)) {
    if (scope.length > TREEWIDTH_MOST) {
      throw new InputError(
        `the application's graph has treewidth ${scope.length} or near; variable elimination takes at most ${TREEWIDTH_MOST}.`,
      );
    }
    const entries = SITES ** scope.length;
    const stride = Int32Array.from(scope, (_, j) => SITES ** (scope.length - 1 - j));
    const siteIn = (entry: number, other: number) => {
      const position = scope.indexOf(other);
      return Math.floor(entry / (stride[position] as number)) % SITES;
    };
    const links: Step["links"][number][] = [];
    for (let link = 0; link < inner; link++) {
      const { from, to } = dependencies[link] as Dependency;
      const other = from === task ? to : to === task ? from : -1;
      if (other >= 0 && scope.includes(other)) {
        links.push({ link, site: Uint8Array.from({ length: entries }, (_, entry) => siteIn(entry, other)) });
      }
    }
    const messages: Step["messages"][number][] = [];
    for (const earlier of done) {
      if (earlier.used || !earlier.scope.includes(task)) continue;
      earlier.used = true;
      const index = new Int32Array(entries * SITES);
      for (let i = 0; i < index.length; i++) {
        const entry = Math.floor(i / SITES);
        for (const [j, other] of earlier.scope.entries()) {
          const site = other === task ? i % SITES : siteIn(entry, other);
          index[i] = (index[i] as number) + (earlier.step.stride[j] as number) * site;
        }
      }
      messages.push({ table: earlier.step.table, index });
    }
    const step: Step = {
      task,
      entries,
      table: new Float64Array(entries),
      argmin: new Uint8Array(entries),
      links,
      messages,
      scope: Int32Array.from(scope),
      stride,
    };
    done.push({ step, scope, used: false });
  }
  return done.map(({ step }) => step);
}
