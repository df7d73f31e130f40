import type { States } from "../mec/states";
import type { Tables } from "../mec/tables";
import type { Scenario } from "../scenario/scenario";

/** The paper's names of the schemes, in the order of its figures. */
export const SCHEME_NAMES = ["OOS", "DIOS", "DROS", "SOS", "GOS", "ROS", "LOS", "EOS", "COS"] as const;

export type SchemeName = (typeof SCHEME_NAMES)[number];

/** What a scheme may look at: the states, and what they come to. */
export interface Situation {
  readonly scenario: Scenario;
  readonly states: States;
  /** Seconds (see delayTables). */
  readonly delays: Tables;
  /** Costs (see costTables). */
  readonly costs: Tables;
}

/** A way to decide where each sub-task runs. */
export interface Scheme {
  /** A name of SCHEME_NAMES, or another one for a scheme of your own. */
  readonly name: string;
  /** What it does, in a few words, for tables and figures. */
  readonly title: string;
  /** Decisions [count x T] for a batch of states. */
  decide(situation: Situation): Uint8Array;
}
