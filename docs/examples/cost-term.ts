import {
  costTables,
  type Demonstrations,
  type Evaluation,
  eliminate,
  evaluate,
  gos,
  los,
  oos,
  type Scheme,
  type States,
  type Tables,
  totalsOf,
} from "dios-lab";

/** Costs with a term more: a data plan, which charges what goes over the radio link, by the megabyte. */
export function withDataPlan(states: States, costs: Tables, perMegabyte: number): Tables {
  const radio = costs.radio.map((cost, i) => cost + onGrid((perMegabyte * (states.dataBytes[i] as number)) / 1e6));
  return { ...costs, radio };
}

/** Costs are multiples of 2^-30, so that sums are exact and all solvers see the same ties. */
function onGrid(cost: number): number {
  return Math.round(cost * 2 ** 30) / 2 ** 30;
}

/** Demonstrations of the same states with the decisions that are optimal under other costs: to learn from, or to test on. */
export function underCosts(demonstrations: Demonstrations, tables: Tables): Demonstrations {
  const { states } = demonstrations;
  const decisions = eliminate(states, tables);
  return { ...demonstrations, decisions, costs: totalsOf(states, tables, decisions) };
}

/** Schemes of the paper under the data plan. */
export function compareUnderPlan(test: Demonstrations, perMegabyte: number, learned: readonly Scheme[]): Evaluation {
  const { states, provenance } = test;
  const tables = withDataPlan(states, costTables(provenance.scenario, states), perMegabyte);
  return evaluate(underCosts(test, tables), [oos, gos, los, ...learned], tables);
}
