import { AsyncResource } from "node:async_hooks";
import vm from "node:vm";
import { inNotebook } from "../display";
import { outputPlace } from "../output";

/**
 * A function to call as often as things happen: `work` runs once at a time, later, with the last value given; values in between are
 * left out. What it prints goes where `latest` was called, and what it throws is shown there.
 */
export function latest<T>(work: (value: T) => unknown): (value: T) => void {
  let waiting: [T] | undefined;
  let running = false;
  const run = AsyncResource.bind(async () => {
    while (waiting) {
      const [value] = waiting;
      waiting = undefined;
      await withErrorsShown(() => work(value));
      await arrived();
    }
    running = false;
  });
  return (value) => {
    waiting = [value];
    if (running) return;
    running = true;
    arrived().then(run);
  };
}

/** Lets in what has been sent: a front end that sends ten values while work goes on must not start ten runs. */
const arrived = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

/** Runs `work`; an error is shown as output in place of being thrown. Resolves when it has ended. */
export async function withErrorsShown<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await interruptibly(work);
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const publish = outputPlace();
    if (publish)
      publish("error", { ename: error.name, evalue: error.message, traceback: (error.stack ?? "").split("\n") });
    else console.error(error);
    return undefined;
  }
}

const CALL: unique symbol = Symbol.for("dios-lab/call");
const script = new vm.Script(`globalThis[Symbol.for("dios-lab/call")]()`, { filename: "callback:" });

/** Calls `work` so that the stop button ends it even in a loop that never waits; cells have this from tslab. */
function interruptibly<T>(work: () => T): T {
  if (!inNotebook()) return work();
  const place = globalThis as { [CALL]?: () => T };
  place[CALL] = work;
  try {
    return script.runInThisContext({ breakOnSigint: true, displayErrors: false });
  } finally {
    delete place[CALL];
  }
}
