/** A point of an anytime curve: the best cost that a search has found after so many evaluations of a plan or a move. */
export interface Improvement {
  readonly evaluations: number;
  /** Seconds since the search began. */
  readonly seconds: number;
  readonly cost: number;
}

/** What an approximate search found for one state. */
export interface Found {
  /** [T]. */
  readonly plan: Uint8Array;
  /** What the plan costs. */
  readonly total: number;
  /** The anytime curve: each point costs less than the one before; the last one has the cost of the plan. */
  readonly curve: readonly Improvement[];
}

/** Keeps the best plan that a search comes across, and when it did. */
export function recorder(plan: Uint8Array, total: number) {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const best = { plan: plan.slice(), total };
  const curve: Improvement[] = [{ evaluations: 0, seconds: 0, cost: total }];
  return {
    /** Seconds since the search began. */
    seconds,
    /** To be told of each plan that might be the best. */
    offer(plan: Uint8Array, total: number, evaluations: number): void {
      if (total >= best.total) return;
      best.plan.set(plan);
      best.total = total;
      curve.push({ evaluations, seconds: seconds(), cost: total });
    },
    found: (): Found => ({ ...best, curve }),
  };
}
