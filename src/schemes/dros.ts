import { type QModel, qDecider } from "../learning/q-model";
import type { Scheme } from "./scheme";

/** Deep reinforcement learning for offloading (DROS): a double duelling deep Q-network that decides sub-task after sub-task. */
export function dros(model: QModel): Scheme {
  const decide = qDecider(model);
  return { name: "DROS", title: "deep reinforcement", decide: ({ states }) => decide(states) };
}
