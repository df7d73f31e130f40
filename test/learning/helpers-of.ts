import { setTimeout } from "node:timers/promises";
import type { VectorLearner } from "../../src/learning/vector-learner";

/** Waits until so many threads help a learner: they take part when they have come up. */
export async function helpersOf(learner: VectorLearner, helpers: number): Promise<void> {
  while (learner.helpers() < helpers) await setTimeout(2);
}
