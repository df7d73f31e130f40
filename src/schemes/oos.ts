import { optimalDecisions } from "../optimal/exact";
import type { Scheme } from "./scheme";

/** Optimal offloading: the decisions of least total cost, within the capacity where that is shared. */
export const oos: Scheme = {
  name: "OOS",
  title: "optimal",
  decide: ({ scenario, states, costs }) => optimalDecisions(scenario, states, costs),
};
