import { eliminate } from "../optimal/elimination";
import type { Scheme } from "./scheme";

/** Optimal offloading: the decisions of least total cost. */
export const oos: Scheme = {
  name: "OOS",
  title: "optimal",
  decide: ({ states, costs }) => eliminate(states, costs),
};
