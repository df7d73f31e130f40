import { cos, type Evaluation, eos, evaluate, generate, gos, los, oos, ros, type Scenario } from "dios-lab";
import { fastRadio } from "./scheme";

/** The scheme beside those of the paper, on states that nothing was tuned on. */
export function compare(scenario: Scenario, seed: number, count: number): Evaluation {
  const test = generate({ scenario, seed, split: "test", count });
  return evaluate(test, [oos, fastRadio(5e6), gos, ros(seed), los, eos, cos]);
}
