/** What a worker of generateParallel runs: it makes what each message asks for; the arrays of the answer change hands. */
import { parentPort } from "node:worker_threads";
import { mixedIntegerPlan } from "../optimal/mixed-integer";
import type { Scenario } from "../scenario/scenario";
import { buffersOf, type Demonstrated, demonstrate } from "./demonstrate";

/** The arguments of demonstrate. */
export type Order = [scenario: Scenario, stream: string, first: number, count: number, into: Demonstrated | undefined];

parentPort?.on("message", async ([scenario, stream, first, count, into]: Order) => {
  const made = demonstrate(scenario, stream, first, count, await mixedIntegerPlan(scenario), into);
  parentPort?.postMessage(made, buffersOf(made));
});
