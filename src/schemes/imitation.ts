import { decider, type Model } from "../learning/model";
import type { Scheme } from "./scheme";

/** Deep imitation learning for offloading (DIOS): a deep network that learned from the optimal decisions. */
export function dios(model: Model): Scheme {
  const decide = decider(model);
  return { name: "DIOS", title: "deep imitation", decide: ({ states }) => decide(states) };
}

/** Shallow learning for offloading (SOS): a network with one hidden layer that learned from the same demonstrations. */
export function sos(model: Model): Scheme {
  const decide = decider(model);
  return { name: "SOS", title: "shallow imitation", decide: ({ states }) => decide(states) };
}
