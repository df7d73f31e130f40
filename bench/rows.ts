/** What is measured, and how it is summed up. */

/** A line of the table of results: medians, and ours over the peer's. */
export interface Row {
  readonly stage: string;
  readonly ours: number;
  /** Quartiles of our runs. */
  readonly oursRange: Range;
  /** Who the peer is. */
  readonly against: string;
  readonly peer: number;
  readonly peerRange: Range;
  /** Ours over the peer's: below 1 we are faster. */
  readonly ratio: number;
  readonly unit: Unit;
}

/** A small table of its own: what has no peer, or several. */
export interface Table {
  readonly title: string;
  readonly note: string;
  readonly head: readonly string[];
  readonly lines: readonly (readonly (string | number)[])[];
}

/** What a stage finds. */
export interface Results {
  readonly rows: readonly Row[];
  readonly tables: readonly Table[];
}

/** How much a stage measures: everything, or as little as shows that it works. */
export interface Effort {
  readonly quick: boolean;
}

type Unit = "s" | "µs";
type Range = readonly [low: number, high: number];

/** A row of runs measured in that unit. */
export function rowOf(
  stage: string,
  ours: readonly number[],
  against: string,
  peer: readonly number[],
  unit: Unit = "s",
): Row {
  const [a, b] = [median(ours), median(peer)];
  return {
    stage,
    ours: a,
    oursRange: quartiles(ours),
    against,
    peer: b,
    peerRange: quartiles(peer),
    ratio: a / b,
    unit,
  };
}

/** The value below which that share of the values lies (nearest rank). */
export function quantile(values: readonly number[], share: number): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.min(Math.floor(share * ordered.length), ordered.length - 1)] as number;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

const quartiles = (values: readonly number[]): Range => [quantile(values, 0.25), quantile(values, 0.75)];

/** How long the work takes, in seconds. */
export async function seconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** How long each call takes, in microseconds. */
export function microsecondsOfCalls(calls: number, work: (call: number) => unknown): number[] {
  return Array.from({ length: calls }, (_, call) => {
    const start = performance.now();
    work(call);
    return 1000 * (performance.now() - start);
  });
}

/** Three digits that count. */
export const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
