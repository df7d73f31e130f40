import type { Judge } from "../learning/ensemble";
import type { Plan } from "../optimal/exact";
import { oneState } from "../optimal/one-state";
import type { Scheme } from "./scheme";

/** Takes a judge's decisions where it is at least as sure as the threshold, and searches the other states. */
export function orSearch(judge: Judge, threshold: number, search: Plan): Scheme["decide"] {
  return ({ scenario, states, costs }) => {
    const { subTasks } = states.application;
    const { decisions, confidence } = judge(scenario, states);
    for (const [k, sure] of confidence.entries()) {
      if (sure < threshold) decisions.set(search(oneState(states, costs, k)), k * subTasks);
    }
    return decisions;
  };
}
