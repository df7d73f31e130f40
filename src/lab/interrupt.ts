/**
 * How long work hears that it should stop: the stop button of a notebook, Ctrl-C on a terminal.
 *
 * Work that listens ends by itself and may keep what it has; its cell goes on for up to five seconds. A second interrupt
 * stops without asking.
 */

const handlers = new Set<() => void>();

/** A kernel calls `runInterruptHandlers` itself; elsewhere the signal does. */
const inKernel = () => "__tslab__" in globalThis;

/** Calls `handler` at the next interrupt, once. Returns a function that stops listening. */
export function onInterrupt(handler: () => void): () => void {
  if (handlers.size === 0 && !inKernel()) process.once("SIGINT", runInterruptHandlers);
  handlers.add(handler);
  return () => {
    handlers.delete(handler);
    if (handlers.size === 0) process.off("SIGINT", runInterruptHandlers);
  };
}

/** Runs `work` with a signal that is aborted at an interrupt. Resolves or rejects as `work` does. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stopListening = onInterrupt(() => controller.abort());
  try {
    return await work(controller.signal);
  } finally {
    stopListening();
  }
}

/** Tells all who listen; false when nobody does. For the kernel. */
export function runInterruptHandlers(): boolean {
  const told = [...handlers];
  handlers.clear();
  for (const handler of told) handler();
  return told.length > 0;
}
