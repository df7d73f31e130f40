import { InputError, show } from "../errors";
import { EDGE, LOCAL, SITES, siteOfLargest } from "../mec/sites";

/** How the outputs of the network stand for decisions. */
export interface Head {
  readonly name: HeadName;
  /** Number of outputs for T sub-tasks. */
  units(subTasks: number): number;
  /** What turns the last layer's sums into outputs: a sigmoid each, or a softmax over the three sites of a sub-task. */
  readonly activation: "sigmoid" | "softmax";
  /** Outputs of the last layer's sums [count x units]. */
  outputs(sums: Float32Array): Float32Array;
  /** Targets [count x units] of decisions [count x T], for cross-entropy. */
  targets(decisions: Uint8Array): Float32Array;
  /**
   * Decisions [count x T] of the last layer's sums [count x units]. They order the sites as the outputs do, also where these are so near
   * to 1 that rounding makes them equal.
   */
  decide(sums: Float32Array): Uint8Array;
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
  decide(sums: Float32Array): Uint8Array {
    const decisions = new Uint8Array(sums.length / SITES);
    for (let i = 0; i < decisions.length; i++) decisions[i] = siteOfLargest(sums, SITES * i);
    return decisions;
  },
};

function sigmoids(sums: Float32Array): Float32Array {
  const outputs = new Float32Array(sums.length);
  for (let i = 0; i < sums.length; i++) outputs[i] = 1 / (1 + Math.exp(-(sums[i] as number)));
  return outputs;
}

/** A softmax over each three, the sites of one sub-task. */
function softmaxes(sums: Float32Array): Float32Array {
  const outputs = new Float32Array(sums.length);
  for (let i = 0; i < sums.length; i += SITES) {
    const [a, b, c] = [sums[i] as number, sums[i + 1] as number, sums[i + 2] as number];
    const largest = Math.max(a, b, c);
    const [ea, eb, ec] = [Math.exp(a - largest), Math.exp(b - largest), Math.exp(c - largest)];
    const total = ea + eb + ec;
    outputs[i] = ea / total;
    outputs[i + 1] = eb / total;
    outputs[i + 2] = ec / total;
  }
  return outputs;
}

/** The heads by name. */
export const HEADS: Record<HeadName, Head> = {
  /**
   * The paper to the letter: T sigmoids, below 0.5 local, else offloaded. The paper does not say how T outputs name two places to
   * offload to; here an offloaded sub-task goes to the edge.
   */
  literal: {
    name: "literal",
    activation: "sigmoid",
    outputs: sigmoids,
    units: (subTasks) => subTasks,
    targets: (decisions) => Float32Array.from(decisions, (site) => (site === LOCAL ? 0 : 1)),
    // A sum below 0 is an output below 0.5.
    decide: (sums) => Uint8Array.from(sums, (sum) => (sum < 0 ? LOCAL : EDGE)),
  },
  /** 3T sigmoids, one a sub-task and site. */
  sigmoid: { name: "sigmoid", activation: "sigmoid", outputs: sigmoids, ...perSite },
  /** 3T outputs, a softmax over the sites of each sub-task. */
  softmax: { name: "softmax", activation: "softmax", outputs: softmaxes, ...perSite },
};

/**
 * The derivative, by the last layer's sums [some x units], of the cross-entropy a sub-task over a batch of `rows` rows, of which these are some: for
 * both activations output minus target.
 */
export function crossEntropyError(
  head: Head,
  sums: Float32Array,
  targets: Float32Array,
  units: number,
  rows: number,
): Float32Array {
  const error = head.outputs(sums);
  const scale = 1 / ((rows * units) / head.units(1));
  for (let i = 0; i < error.length; i++) error[i] = ((error[i] as number) - (targets[i] as number)) * scale;
  return error;
}

/** The head of a name; an InputError lists the names there are. */
export function headNamed(name: string): Head {
  if (!Object.hasOwn(HEADS, name)) {
    throw new InputError(`head is ${show(name)}; allowed: ${Object.keys(HEADS).join(", ")}.`);
  }
  return HEADS[name as HeadName];
}
