/** What a worker of generateParallel runs: it makes what each message asks for; the arrays of the answer change hands. */
import { parentPort } from "node:worker_threads";
import { mixedIntegerPlan } from "../optimal/mixed-integer";
import type { Scenario } from "../scenario/scenario";
import { type Demonstrated, demonstrate } from "./demonstrate";

/** The arguments of demonstrate. */
export type Order = [scenario: Scenario, stream: string, first: number, count: number];

parentPort?.on("message", async (order: Order) => {
  const made = demonstrate(...order, await mixedIntegerPlan(order[0]));
  parentPort?.postMessage(made, buffersOf(made));
});

function buffersOf({ states, features, decisions, costs }: Demonstrated): ArrayBuffer[] {
  const { dataBytes, cyclesPerByte, subcarriers, cores, gains, wiredDelayS } = states;
  const arrays = [dataBytes, cyclesPerByte, subcarriers, cores, gains, wiredDelayS, features.values, decisions, costs];
  return arrays.map(({ buffer }) => buffer as ArrayBuffer);
}
