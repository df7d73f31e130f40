import { type Estimate, ratioOf } from "./estimate";

/** What decisions cost when the least sure states are left to exact search. */
export interface FallbackPoint {
  /** Of states that are searched. */
  readonly share: number;
  /** Mean cost over the optimum's. */
  readonly relativeCost: Estimate;
}

/** States with how sure their decisions are, what these cost, and what the optimal ones do, [count] each. */
export interface FallbackSet {
  readonly confidence: ArrayLike<number>;
  readonly totals: ArrayLike<number>;
  readonly optimum: ArrayLike<number>;
}

/** The cost when the least sure states are searched, for the shares 0, 1/steps, ..., 1. */
export function fallbackCurve(set: FallbackSet, steps = 100): FallbackPoint[] {
  const order = leastSureFirst(set.confidence);
  return Array.from({ length: steps + 1 }, (_, step) => {
    const searched = new Set(order.slice(0, Math.round((step / steps) * order.length)));
    return pointOf(set, (k) => searched.has(k));
  });
}

/** The cost when the states with a confidence below a threshold are searched. */
export function fallbackAt(set: FallbackSet, threshold: number): FallbackPoint {
  return pointOf(set, (k) => (set.confidence[k] as number) < threshold);
}

/**
 * The least threshold at which decisions cost at most `gap` more than the optimum, as a share of it, on these states; Infinity
 * where all have to be searched. To be chosen on other states than it is measured on.
 */
export function thresholdFor({ confidence, totals, optimum }: FallbackSet, gap: number): number {
  const over = (k: number) => (totals[k] as number) - (optimum[k] as number);
  const allowed = gap * Array.from(optimum).reduce((sum, cost) => sum + cost, 0);
  const surestFirst = leastSureFirst(confidence).reverse();
  let threshold = Number.POSITIVE_INFINITY;
  let lost = 0;
  for (let i = 0; i < surestFirst.length; ) {
    const sure = confidence[surestFirst[i] as number] as number;
    // States that are equally sure are on the same side of any threshold.
    while (i < surestFirst.length && confidence[surestFirst[i] as number] === sure)
      lost += over(surestFirst[i++] as number);
    if (lost > allowed) break;
    threshold = sure;
  }
  return threshold;
}

function leastSureFirst(confidence: ArrayLike<number>): number[] {
  return Array.from({ length: confidence.length }, (_, k) => k).sort(
    (a, b) => (confidence[a] as number) - (confidence[b] as number),
  );
}

function pointOf({ totals, optimum }: FallbackSet, isSearched: (k: number) => boolean): FallbackPoint {
  let searched = 0;
  const mixed = Float64Array.from(optimum, (best, k) => {
    if (!isSearched(k)) return totals[k] as number;
    searched++;
    return best;
  });
  return { share: searched / mixed.length, relativeCost: ratioOf(mixed, optimum) };
}
