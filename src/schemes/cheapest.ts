import { totalsOf } from "../mec/tables";
import type { Scheme } from "./scheme";

/** Tries what several schemes decide, and takes for each state what costs least; of equal ones the first. */
export function cheapestOf(decides: readonly [Scheme["decide"], ...Scheme["decide"][]]): Scheme["decide"] {
  return (situation) => {
    const { states, costs } = situation;
    const { subTasks } = states.application;
    const [first, ...others] = decides;
    const best = first(situation).slice();
    const least = totalsOf(states, costs, best);
    for (const decide of others) {
      const plans = decide(situation);
      for (const [k, total] of totalsOf(states, costs, plans).entries()) {
        if (total >= (least[k] as number)) continue;
        least[k] = total;
        best.set(plans.subarray(k * subTasks, (k + 1) * subTasks), k * subTasks);
      }
    }
    return best;
  };
}
