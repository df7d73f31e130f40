import { streamOf } from "../demonstrations/split";
import { type Breakdown, breakdownOf, type PriceName, type Terms } from "../evaluation/state-breakdown";
import { type Policy, type PolicyDecider, policyDecider } from "../learning/inference";
import { sampleStates } from "../mec/states";
import { costTables, delayTables } from "../mec/tables";
import { optimalDecisions } from "../optimal/exact";
import type { Scenario } from "../scenario/scenario";
import { cos, eos, los } from "../schemes/fixed";
import { gos } from "../schemes/gos";
import { ros } from "../schemes/ros";
import type { Scheme, Situation } from "../schemes/scheme";
import { changesText, scenarioWith, type Values } from "./parameters";

// Everything in this folder works in a browser too: no module of Node, no TensorFlow.

/** The scenario that is explored, and by which software. */
export interface Base {
  readonly scenario: Scenario;
  readonly scenarioHash: string;
  readonly version: string;
}

/** What is looked at: one state of the seed's test set, in the scenario with these values. */
export interface Point {
  readonly seed: number;
  readonly index: number;
  readonly values: Values;
}

/** What one scheme makes of the state. */
export interface Outcome {
  readonly scheme: string;
  readonly title: string;
  readonly breakdown: Breakdown;
  /** The cost by what it is for. */
  readonly parts: CostParts;
  /** Cost over that of the optimum, minus 1. */
  readonly regret: number;
}

/** The optimum first, then the other schemes in the order given. */
export type Outcomes = readonly [Outcome, ...Outcome[]];

/** What a cost is for: seconds of execution and of transfer, and the prices of what is used. */
export const COST_PARTS = ["execution", "transfer", "energy", "radio", "edge", "cloud", "wired"] as const;

export type CostParts = { readonly [part in (typeof COST_PARTS)[number]]: number };

/** The state of a point, what it comes to, and the changed scenario. */
export function situationAt({ scenario }: Base, { seed, index, values }: Point): Situation {
  const changed = scenarioWith(scenario, values);
  const states = sampleStates(changed, streamOf(seed, "test"), index, 1);
  const delays = delayTables(changed, states);
  return { scenario: changed, states, delays, costs: costTables(changed, states) };
}

/** The optimal decisions [T] in a situation of one state. */
export function optimumOf({ scenario, states, costs }: Situation): Uint8Array {
  return optimalDecisions(scenario, states, costs);
}

/** The schemes that need no learning, less the optimum, for one state. */
export function plainSchemes({ seed, index }: Point): Scheme[] {
  // Random decisions start anew with each state.
  return [gos, ros(seed + index), los, eos, cos];
}

/** DIOS by its network alone, so that it decides in a browser. */
export function diosScheme(policy: Policy): Scheme {
  const decide: PolicyDecider = policyDecider(policy);
  return { name: "DIOS", title: "deep imitation", decide: ({ scenario, states }) => decide(scenario, states) };
}

/** What the optimum and each of the schemes make of a point. */
export function explore(base: Base, point: Point, schemes: readonly Scheme[]): Outcomes {
  const situation = situationAt(base, point);
  const optimal = optimumOf(situation);
  const { seed, index, values } = point;
  const identity = { ...identityOf(base, values), seed, split: "test" as const, index };
  const outcome = (scheme: string, title: string, decisions: Uint8Array): Outcome => {
    const breakdown = breakdownOf(identity, situation, decisions, optimal);
    const regret = breakdown.cost / breakdown.optimal.cost - 1;
    return { scheme, title, breakdown, parts: partsOf(breakdown), regret };
  };
  return [
    outcome("OOS", "optimal", optimal),
    ...schemes.map((scheme) => outcome(scheme.name, scheme.title, scheme.decide(situation))),
  ];
}

/** What is explored with these values: the hash is that of the scenario as it was, with what was changed, enough to have it again. */
export function identityOf({ scenario, scenarioHash, version }: Base, values: Values) {
  const changes = changesText(scenario, values);
  return {
    scenario: scenarioWith(scenario, values).name,
    scenarioHash: changes === "" ? scenarioHash : `${scenarioHash} with ${changes}`,
    version,
  };
}

/** The cost of a plan by what it is for. */
export function partsOf({ subTasks, transfers }: Breakdown): CostParts {
  const parts = { execution: 0, transfer: 0, energy: 0, radio: 0, edge: 0, cloud: 0, wired: 0 };
  const add = (terms: Terms, delay: "execution" | "transfer") => {
    for (const [price, cost] of Object.entries(terms)) {
      parts[price === "perSecond" ? delay : PRICED[price as keyof typeof PRICED]] += cost;
    }
  };
  for (const { cost } of subTasks) add(cost, "execution");
  for (const { cost } of transfers) add(cost, "transfer");
  return parts;
}

const PRICED = {
  localPerJoule: "energy",
  radioPerGrant: "radio",
  radioPerSecond: "radio",
  edgePerGrant: "edge",
  edgePerSecond: "edge",
  cloudPerSecond: "cloud",
  wiredPerSecond: "wired",
} as const satisfies Record<Exclude<PriceName, "perSecond">, keyof CostParts>;
