import type { Policy } from "../../learning/inference";
import type { Base } from "../explore";

/** What the page is about, as it lies in it as JSON. */
export interface PageData extends Base {
  readonly seed: number;
  readonly model: PageModel;
}

/** A trained network with its parameters as base64 of little-endian 32-bit floats. */
export interface PageModel extends Omit<Policy, "network"> {
  readonly sizes: readonly number[];
  readonly parameters: string;
  /** Number of demonstrations it learned from. */
  readonly demonstrations: number;
  /** Share of labels right on the validation set. */
  readonly accuracy: number;
}

/** The policy of a model of the page. */
export function policyOf({ sizes, parameters, statistics, head }: PageModel): Policy {
  const bytes = Uint8Array.from(atob(parameters), (character) => character.charCodeAt(0));
  return { network: { sizes, parameters: new Float32Array(bytes.buffer) }, statistics, head };
}
