/** What a worker of generateParallel runs: it makes what each message asks for; the arrays of the answer change hands. */
import { parentPort } from "node:worker_threads";
import { mixedIntegerPlan } from "../optimal/mixed-integer";
import type { Scenario } from "../scenario/scenario";
import { buffersOf, type Demonstrated, demonstrate } from "./demonstrate";

/** The number of a chunk, and the arguments of demonstrate. */
export interface Order {
  readonly index: number;
  readonly scenario: Scenario;
  readonly stream: string;
  readonly first: number;
  readonly count: number;
  readonly into: Demonstrated | undefined;
}

/** The answer to an order. */
export type Made = [index: number, demonstrated: Demonstrated];

parentPort?.on("message", async ({ index, scenario, stream, first, count, into }: Order) => {
  const demonstrated = demonstrate(scenario, stream, first, count, await mixedIntegerPlan(scenario), into);
  const made: Made = [index, demonstrated];
  parentPort?.postMessage(made, buffersOf(demonstrated));
});
