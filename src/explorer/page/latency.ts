/** How long a block of calls takes at least: far above the resolution of the browser's clock. */
const BLOCK_MS = 4;

/** Blocks that the median is taken of. */
const BLOCKS = 41;

/** The median time of one call of `work`. */
export interface Latency {
  readonly milliseconds: number;
  /** Calls that were timed in all. */
  readonly calls: number;
}

/** Times calls of `work` in blocks, lets the page breathe in between, and takes the median of the blocks. */
export async function latencyOf(work: () => unknown): Promise<Latency> {
  let size = 1;
  while (timed(work, size) < BLOCK_MS) size *= 2;
  const times: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    times.push(timed(work, size) / size);
    await new Promise((resolve) => setTimeout(resolve));
  }
  const sorted = times.toSorted((a, b) => a - b);
  return { milliseconds: sorted[(BLOCKS - 1) / 2] as number, calls: BLOCKS * size };
}

function timed(work: () => unknown, calls: number): number {
  const start = performance.now();
  for (let call = 0; call < calls; call++) work();
  return performance.now() - start;
}
