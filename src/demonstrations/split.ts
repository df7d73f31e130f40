/** What a data set is for. Each split has its own stream of states, so no state is in two of them. */
export type Split = "train" | "validation" | "test";

/** The name of the stream of states of a seed and a split, as given to `sampleStates`. */
export function streamOf(seed: number, split: Split): string {
  return `${seed}/${split}`;
}
