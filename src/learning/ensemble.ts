import { encode, standardise } from "../demonstrations/features";
import { InputError } from "../errors";
import { SITES } from "../mec/sites";
import type { States } from "../mec/states";
import type { Scenario } from "../scenario/scenario";
import { headNamed } from "./heads";
import { forwardOf, type Policy } from "./inference";

/** What is decided, and how sure that is. */
export interface Judgement {
  /** [count x T] */
  readonly decisions: Uint8Array;
  /** [count] the higher, the surer; comparable between states, and not between judges. */
  readonly confidence: Float64Array;
}

/** Decides, and says how sure it is. */
export type Judge = (scenario: Scenario, states: States) => Judgement;

/** What an ensemble takes its confidence from. */
export const CONFIDENCES = ["margin", "agreement"] as const;

export type Confidence = (typeof CONFIDENCES)[number];

/**
 * Several networks that decide by the mean of their outputs, or one (deep ensembles: Lakshminarayanan, Pritzel and Blundell, NIPS 2017). A plan is as sure as the
 * least sure of its sub-tasks, by
 *
 * - margin: how far the mean output of the site is above that of the next best;
 * - agreement: minus how far the members' outputs are apart, the sum over the sites of their standard deviations. One network alone always agrees.
 *
 * Throws an InputError without a network, and for networks of the head `literal`, which has no output a site.
 */
export function ensembleJudge(members: readonly Policy[], by: Confidence): Judge {
  if (members.length === 0) throw new InputError("members is empty; allowed: at least 1 network.");
  if (!CONFIDENCES.includes(by)) throw new InputError(`confidence is ${by}; allowed: ${CONFIDENCES.join(", ")}.`);
  const ready = members.map(({ network, statistics, head: name }) => {
    const head = headNamed(name);
    if (head.name === "literal") throw new InputError("head is literal; allowed: sigmoid, softmax.");
    return { forward: forwardOf(network), statistics, head };
  });
  return (scenario, states) => {
    const encoded = encode(scenario, states);
    const outputs = ready.map(({ forward, statistics, head }) =>
      head.outputs(forward(standardise(encoded, statistics))),
    );
    return judged(outputs, states, by);
  };
}

/** The judgement of members with these outputs [members][count x 3T]. */
export function judged(
  outputs: readonly Float32Array[],
  { count, application: { subTasks } }: Pick<States, "count" | "application">,
  by: Confidence,
): Judgement {
  const decisions = new Uint8Array(count * subTasks);
  const confidence = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const mean = new Float64Array(SITES);
  for (let i = 0; i < decisions.length; i++) {
    let apart = 0;
    for (let site = 0; site < SITES; site++) {
      let [sum, squares] = [0, 0];
      for (const member of outputs) {
        const output = member[SITES * i + site] as number;
        sum += output;
        squares += output * output;
      }
      mean[site] = sum / outputs.length;
      apart += Math.sqrt(Math.max(0, squares / outputs.length - (mean[site] as number) ** 2));
    }
    const largest = Math.max(...mean);
    decisions[i] = mean.indexOf(largest);
    const others = mean.filter((_, site) => site !== decisions[i]);
    const sure = by === "margin" ? largest - Math.max(...others) : -apart;
    const k = Math.floor(i / subTasks);
    confidence[k] = Math.min(confidence[k] as number, sure);
  }
  return { decisions, confidence };
}
