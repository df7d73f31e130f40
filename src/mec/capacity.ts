import type { Scenario } from "../scenario/scenario";
import { EDGE, LOCAL } from "./sites";
import type { States } from "./states";

/** Subcarriers and cores: those that there are, or those that the decisions of a state hold. */
export interface Capacity {
  readonly subcarriers: number;
  readonly cores: number;
}

/**
 * What the sub-tasks of a state may hold at the same time: N subcarriers and M cores where the scenario's capacity is "shared",
 * undefined where grants have no limit.
 */
export function capacityOf({ capacity, radio, edge }: Scenario): Capacity | undefined {
  return capacity === "shared" ? { subcarriers: radio.subcarriers, cores: edge.cores } : undefined;
}

/** What `decisions` ([count x T]) hold in state k: the subcarriers of all that is offloaded, the cores of what is at the edge. */
export function heldBy(states: States, decisions: Uint8Array, k: number): Capacity {
  const { subTasks } = states.application;
  let subcarriers = 0;
  let cores = 0;
  for (let i = k * subTasks; i < (k + 1) * subTasks; i++) {
    if (decisions[i] !== LOCAL) subcarriers += states.subcarriers[i] as number;
    if (decisions[i] === EDGE) cores += states.cores[i] as number;
  }
  return { subcarriers, cores };
}

/** Whether `decisions` ([count x T]) hold no more than the capacity in state k; without a capacity all fits. */
export function fits(capacity: Capacity | undefined, states: States, decisions: Uint8Array, k: number): boolean {
  if (!capacity) return true;
  const held = heldBy(states, decisions, k);
  return held.subcarriers <= capacity.subcarriers && held.cores <= capacity.cores;
}
