import type { Demonstrations } from "../demonstrations/generate";
import { costTables, totalsOf } from "../mec/tables";

/** The regret of decisions in each state, [count]: their cost over that of the optimum, minus 1. */
export function regretsOf({ provenance, states, costs }: Demonstrations, decisions: Uint8Array): Float64Array {
  const totals = totalsOf(states, costTables(provenance.scenario, states), decisions);
  return totals.map((total, k) => total / (costs[k] as number) - 1);
}
