/** How long work goes on before it lets others in: an eighth of a frame that a user would notice. */
const SLICE_MS = 12;

/**
 * Runs steps to their end in slices of a few milliseconds, so that what else there is to do, such as taking the move of a slider, is
 * done in between. `onProgress` is told after each slice what the steps yielded last. Undefined when `signal` was aborted.
 */
export async function runInSlices<T, R>(
  steps: Generator<T, R>,
  onProgress: (step: T) => void,
  signal: AbortSignal,
): Promise<R | undefined> {
  let sliceEnds = performance.now() + SLICE_MS;
  while (!signal.aborted) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() < sliceEnds) continue;
    onProgress(value);
    await new Promise((resolve) => setTimeout(resolve));
    sliceEnds = performance.now() + SLICE_MS;
  }
  return undefined;
}
