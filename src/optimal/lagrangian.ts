import { type Capacity, heldBy } from "../mec/capacity";
import { CLOUD, EDGE, SITES } from "../mec/sites";
import { type Tables, totalOf } from "../mec/tables";
import { bringHome } from "./fit-to-capacity";
import { minCutter } from "./min-cut";
import { neighboursOf } from "./moves";
import type { OneState } from "./one-state";

/** What relaxing the capacity tells about a state. */
export interface Relaxation {
  /** No plan that fits costs less. */
  lowerBound: number;
  /** [T] the best plan that fits among those met on the way: an optimum where its total is the bound. */
  readonly plan: Uint8Array;
  total: number;
  /** The costs with what subcarriers and cores are worth at the bound added to the sites that hold them. */
  priced: Tables;
}

/**
 * Lagrangian relaxation of the capacity for one state (Fisher, "The Lagrangian relaxation method for solving integer programming
 * problems", Management Science 27(1), 1981): subcarriers and cores get a price in place of a limit, and what is left is a minimum cut.
 * Each pair of prices bounds the optimum from below. The best pair gives the bound of the linear relaxation, as that of a minimum cut
 * is integral; this one comes within 1e-6 of it, relative. Without a capacity it is the minimum cut, and the optimum.
 *
 * The bound is concave in the prices, so a cut at the centre of gravity of a region says which part of it to look at next (Levin, "On an
 * algorithm for the minimization of convex functions", Soviet Mathematics Doklady 6, 1965). Prices are multiples of 2^-30, so that sums
 * stay exact and the bound is one to the last bit.
 */
export function relaxed(state: OneState, capacity?: Capacity): Relaxation {
  const { states, costs } = state;
  const cut = minCutter(states.application);
  const neighbours = neighboursOf(states.application);
  const plan = new Uint8Array(states.application.subTasks);
  if (!capacity) {
    cut(costs, plan);
    const total = totalOf(states, costs, plan, 0);
    return { lowerBound: total, plan, total, priced: costs };
  }
  const allLocal = totalOf(states, costs, plan, 0);
  const best: Relaxation = { lowerBound: Number.NEGATIVE_INFINITY, plan: plan.slice(), total: allLocal, priced: costs };

  /** The bound when all subcarriers together have one price and all cores another, and how it changes with the two. */
  const boundAt = (point: Point): { bound: number; slope: Point } => {
    const subcarrier = onGrid(point[0] / capacity.subcarriers);
    const core = onGrid(point[1] / capacity.cores);
    const priced = withPrices(state, subcarrier, core);
    cut(priced, plan);
    const held = heldBy(states, plan, 0);
    const bound = totalOf(states, priced, plan, 0) - subcarrier * capacity.subcarriers - core * capacity.cores;
    if (bound > best.lowerBound) {
      best.lowerBound = bound;
      best.priced = priced;
    }
    bringHome(capacity, neighbours, state, plan);
    const total = totalOf(states, costs, plan, 0);
    if (total < best.total) {
      best.total = total;
      best.plan.set(plan);
    }
    return { bound, slope: [held.subcarriers / capacity.subcarriers - 1, held.cores / capacity.cores - 1] };
  };

  // All local holds nothing and costs allLocal, so where prices come to more than this the bound is below the first one.
  const highest = allLocal - boundAt([0, 0]).bound;
  let region: Point[] = [
    [0, 0],
    [highest, 0],
    [0, highest],
  ];
  for (let step = 0; step < MOST_STEPS && best.total > best.lowerBound; step++) {
    const centre = centreOf(region);
    const { bound, slope } = boundAt(centre);
    const rise = (point: Point) => slope[0] * (point[0] - centre[0]) + slope[1] * (point[1] - centre[1]);
    if (bound + Math.max(...region.map(rise)) - best.lowerBound <= CLOSE * Math.abs(best.lowerBound)) break;
    region = partWhere(region, rise);
  }
  return best;
}

/** Price of all subcarriers, price of all cores. */
type Point = readonly [number, number];

const GRID = 2 ** 30;
/** How near the bound comes to the best one, relative. */
const CLOSE = 1e-6;
/** Cuts at most; a centre of gravity takes at least 4/9 of a region away, so this is not reached. */
const MOST_STEPS = 100;

function onGrid(price: number): number {
  return Math.floor(price * GRID) / GRID;
}

/** The costs of a state when each subcarrier and each core that a sub-task holds is paid for. */
function withPrices({ states, costs }: OneState, subcarrier: number, core: number): Tables {
  const execution = costs.execution.slice();
  for (let task = 0; task < states.application.subTasks; task++) {
    const band = subcarrier * (states.subcarriers[task] as number);
    (execution[SITES * task + EDGE] as number) += band + core * (states.cores[task] as number);
    (execution[SITES * task + CLOUD] as number) += band;
  }
  return { ...costs, execution };
}

/** The centre of gravity of a convex polygon. */
function centreOf(polygon: readonly Point[]): Point {
  const [x0, y0] = polygon[0] as Point;
  let area = 0;
  let x = 0;
  let y = 0;
  for (let i = 1; i + 1 < polygon.length; i++) {
    const [x1, y1] = polygon[i] as Point;
    const [x2, y2] = polygon[i + 1] as Point;
    const triangle = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
    area += triangle;
    x += (triangle * (x1 + x2 - 2 * x0)) / 3;
    y += (triangle * (y1 + y2 - 2 * y0)) / 3;
  }
  return area > 0 ? [x0 + x / area, y0 + y / area] : [x0, y0];
}

/** The part of a convex polygon where a linear function is not negative (Sutherland and Hodgman, 1974). */
function partWhere(polygon: readonly Point[], value: (point: Point) => number): Point[] {
  const part: Point[] = [];
  for (const [i, from] of polygon.entries()) {
    const to = polygon[(i + 1) % polygon.length] as Point;
    const [a, b] = [value(from), value(to)];
    if (a >= 0) part.push(from);
    if (a < 0 !== b < 0) {
      const share = a / (a - b);
      part.push([from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
    }
  }
  return part;
}
