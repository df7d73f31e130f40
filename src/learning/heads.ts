import { InputError } from "../errors";
import { EDGE, LOCAL, SITES, siteOfLargest } from "../mec/sites";

/** How the outputs of the network stand for decisions. */
export interface Head {
  readonly name: HeadName;
  /** Number of outputs for T sub-tasks. */
  units(subTasks: number): number;
  /** What turns the last layer's sums into outputs: a sigmoid each, or a softmax over the three sites of a sub-task. */
  readonly activation: "sigmoid" | "softmax";
  /** Targets [count x units] of decisions [count x T], for cross-entropy. */
  targets(decisions: Uint8Array): Float32Array;
  /** Decisions [count x T] of outputs [count x units]. */
  decide(outputs: Float32Array): Uint8Array;
}

export type HeadName = "literal" | "sigmoid" | "softmax";

/** One output a sub-task and site; the largest of the three wins, the lowest site of equal ones. */
const perSite = {
  units: (subTasks: number) => SITES * subTasks,
  targets(decisions: Uint8Array): Float32Array {
    const targets = new Float32Array(decisions.length * SITES);
    for (let i = 0; i < decisions.length; i++) targets[SITES * i + (decisions[i] as number)] = 1;
    return targets;
  },
  decide(outputs: Float32Array): Uint8Array {
    const decisions = new Uint8Array(outputs.length / SITES);
    for (let i = 0; i < decisions.length; i++) decisions[i] = siteOfLargest(outputs, SITES * i);
    return decisions;
  },
};

/** The heads by name. */
export const HEADS: Record<HeadName, Head> = {
  /**
   * The paper to the letter: T sigmoids, below 0.5 local, else offloaded. The paper does not say how T outputs name two places to
   * offload to; here an offloaded sub-task goes to the edge.
   */
  literal: {
    name: "literal",
    activation: "sigmoid",
    units: (subTasks) => subTasks,
    targets: (decisions) => Float32Array.from(decisions, (site) => (site === LOCAL ? 0 : 1)),
    decide: (outputs) => Uint8Array.from(outputs, (output) => (output < 0.5 ? LOCAL : EDGE)),
  },
  /** 3T sigmoids, one a sub-task and site. */
  sigmoid: { name: "sigmoid", activation: "sigmoid", ...perSite },
  /** 3T outputs, a softmax over the sites of each sub-task. */
  softmax: { name: "softmax", activation: "softmax", ...perSite },
};

/** The head of a name; an InputError lists the names there are. */
export function headNamed(name: string): Head {
  if (!Object.hasOwn(HEADS, name)) {
    throw new InputError(`head is ${JSON.stringify(name)}; allowed: ${Object.keys(HEADS).join(", ")}.`);
  }
  return HEADS[name as HeadName];
}
