import { interruptible } from "./interrupt";
import { type Progress, progress } from "./progress";

/** Work was stopped by an interrupt: the stop button of a notebook, Ctrl-C on a terminal. The message is one sentence that says what was kept. */
export class Interrupted extends Error {
  override name = "Interrupted";
}

/**
 * Runs long work under a progress bar of `total` steps, with a signal that an interrupt aborts. What the work throws after that becomes
 * an Interrupted with the sentence `ifInterrupted`; so a work that is stopped need only call `signal.throwIfAborted()`.
 */
export async function longWork<T>(
  label: string,
  total: number,
  ifInterrupted: string,
  work: (bar: Progress, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const bar = progress(label, total);
  try {
    return await interruptible(async (signal) => {
      try {
        return await work(bar, signal);
      } catch (error) {
        throw signal.aborted ? new Interrupted(ifInterrupted) : error;
      }
    });
  } finally {
    bar.stop();
  }
}
