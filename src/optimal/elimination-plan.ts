import { InputError } from "../errors";
import { type Application, DEVICE, type Dependency } from "../mec/application";
import { SITES } from "../mec/sites";

/** The largest treewidth that variable elimination takes: a step then has 3^13, or 1.6 million, entries. */
export const TREEWIDTH_MOST = 12;

/** The elimination of an application laid out for speed: all that does not depend on the state is an index. */
export interface EliminationPlan {
  readonly steps: readonly Step[];
  /** For each dependency from or to the device its sub-task, else -1. */
  readonly deviceTask: Int32Array;
  /**
   * [T x 3] room for what each site of a sub-task comes to whatever the others do: execution, transfers from and to the device, and
   * what the sub-tasks that hang on it alone add once they are minimised out.
   */
  readonly alone: Float64Array;
}

/** A step minimises `task` out, which leaves a table over the sub-tasks of `scope`. */
export interface Step {
  readonly task: number;
  readonly scope: Int32Array;
  /** What each site of the sub-tasks of the scope adds to the index of an entry. */
  readonly stride: Int32Array;
  /** Entries of the table: 3^|scope|. */
  readonly entries: number;
  readonly table: Float64Array;
  /** For each entry the lowest site of `task` that attains it. */
  readonly argmin: Uint8Array;
  /** Dependencies between `task` and a sub-task of the scope, and for each entry that sub-task's site. */
  readonly links: readonly { readonly link: number; readonly site: Uint8Array }[];
  /** Tables over two or more sub-tasks, one of them `task`, of earlier steps, and the index into each for [entry x site]. */
  readonly messages: readonly { readonly table: Float64Array; readonly index: Int32Array }[];
  /** [links x 9] room for what the transfer of each of `links` comes to for the pairs of sites. */
  readonly pair: Float64Array;
  /**
   * A leaf has one neighbour left, and nothing but one dependency with it; a root has no neighbour left and gets no tables. These two
   * need no look at `links`, `site` or `messages`.
   */
  readonly kind: "leaf" | "root" | "any";
  /** The dependency of a leaf, else -1. */
  readonly leafLink: number;
}

/**
 * Plans the elimination of an application's sub-tasks, fewest fill-ins first. Throws an InputError when the width of that order is above
 * TREEWIDTH_MOST.
 */
export function planElimination(application: Application): EliminationPlan {
  const { inner, dependencies } = application;
  const steps: Step[] = [];
  const wide = new Set<Step>();
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
    for (const earlier of wide) {
      if (!earlier.scope.includes(task)) continue;
      wide.delete(earlier);
      const index = new Int32Array(entries * SITES);
      for (let i = 0; i < index.length; i++) {
        const entry = Math.floor(i / SITES);
        for (const [j, other] of earlier.scope.entries()) {
          const site = other === task ? i % SITES : siteIn(entry, other);
          index[i] = (index[i] as number) + (earlier.stride[j] as number) * site;
        }
      }
      messages.push({ table: earlier.table, index });
    }
    const simple = messages.length === 0 && links.length === scope.length;
    const kind = simple && scope.length === 0 ? "root" : simple && scope.length === 1 ? "leaf" : "any";
    const step: Step = {
      task,
      scope: Int32Array.from(scope),
      stride,
      entries,
      table: new Float64Array(entries),
      argmin: new Uint8Array(entries),
      links,
      messages,
      pair: new Float64Array(links.length * SITES * SITES),
      kind,
      leafLink: kind === "leaf" ? (links[0]?.link as number) : -1,
    };
    steps.push(step);
    if (scope.length > 1) wide.add(step);
  }
  const deviceTask = Int32Array.from(dependencies, ({ from, to }) =>
    from === DEVICE ? to : to === DEVICE ? from : -1,
  );
  return { steps, deviceTask, alone: new Float64Array(application.subTasks * SITES) };
}

/**
 * Whether the treewidth of an application's graph is 2 or less, as of chains, trees, rings and series-parallel graphs: whether sub-tasks
 * with at most two neighbours can be minimised out one after another (Arnborg and Proskurowski, "Characterization and recognition of
 * partial 3-trees", SIAM Journal on Algebraic and Discrete Methods 7, 1986).
 */
export function hasTreewidth2(application: Application): boolean {
  const neighbours = neighbourSets(application);
  const open = neighbours.map((_, task) => task);
  const done = new Set<number>();
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    const around = [...(neighbours[task] as Set<number>)];
    if (done.has(task) || around.length > 2) continue;
    done.add(task);
    for (const a of around) {
      for (const b of around) if (a !== b) neighbours[a]?.add(b);
      neighbours[a]?.delete(task);
      open.push(a);
    }
  }
  return done.size === application.subTasks;
}

/** For each sub-task those that it exchanges data with. */
function neighbourSets({ subTasks, inner, dependencies }: Application): Set<number>[] {
  const neighbours = Array.from({ length: subTasks }, () => new Set<number>());
  for (const { from, to } of dependencies.slice(0, inner)) {
    neighbours[from]?.add(to);
    neighbours[to]?.add(from);
  }
  return neighbours;
}

/** One step of the order: `task` is minimised out, `scope` are its neighbours by then. */
interface Elimination {
  readonly task: number;
  readonly scope: readonly number[];
}

function eliminationOrder(application: Application): Elimination[] {
  const neighbours = neighbourSets(application);
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
