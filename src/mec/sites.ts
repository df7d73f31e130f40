/** Where a sub-task runs: 0 local (on the device), 1 edge (the paper's SCcNB), 2 cloud. */
export type Site = 0 | 1 | 2;

export const LOCAL = 0;
export const EDGE = 1;
export const CLOUD = 2;

/** Number of sites. */
export const SITES = 3;

/** Names of the sites, by number. */
export const SITE_NAMES = ["local", "edge", "cloud"] as const;

/** The site whose value at [at + site] is the largest; the lowest of equal ones. */
export function siteOfLargest(values: Float32Array, at: number): Site {
  const [local, edge, cloud] = [values[at] as number, values[at + EDGE] as number, values[at + CLOUD] as number];
  return local >= edge && local >= cloud ? LOCAL : edge >= cloud ? EDGE : CLOUD;
}

/**
 * 1 where moving data between two sites crosses the radio link (one of them is the device), at [3 * from + to];
 * the same in both directions.
 */
export const CROSSES_RADIO = Float64Array.of(0, 1, 1, 1, 0, 0, 1, 0, 0);

/** 1 where moving data between two sites crosses the wired link (one of them is the cloud), at [3 * from + to]. */
export const CROSSES_WIRED = Float64Array.of(0, 0, 1, 0, 0, 1, 1, 1, 0);
