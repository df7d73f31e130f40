import type { Scenario } from "../scenario/scenario";

/** A free parameter: a number in a range that the literature allows, searched on a linear or logarithmic scale. */
export interface FreeParameter {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Where the search starts: near the end of earlier searches, which started from the middle of all ranges. */
  readonly start: number;
  readonly scale: "linear" | "log";
  /** Where the range comes from. */
  readonly source: string;
}

const CYCLES = "500 to 1500 cycles/bit, as in Miettinen and Nurminen 2010 and most of the field since";
const CLOCKS = "clocks of phones and servers in the field: 0.5 to 2.5 GHz a device, up to 10 GHz a server";
const DATA = "tens of kilobytes to a few megabytes, as in Chen et al. 2016 (the paper's reference [5])";
const GRANTS = "any grant up to the paper's 256 subcarriers and 16 cores";
const PRICES = "free: the paper names a cost of communication and computation resources without its weights";

/** What the paper leaves open, with the ranges that are searched. A "width" is added to the lower end of its range. */
export const SPACE: readonly FreeParameter[] = [
  { name: "dataLow", low: 1e4, high: 3e5, start: 1.33e5, scale: "log", source: DATA },
  { name: "dataHigh", low: 4e5, high: 3e6, start: 7.29e5, scale: "log", source: DATA },
  { name: "cyclesLow", low: 4000, high: 12_000, start: 7270, scale: "linear", source: CYCLES },
  { name: "cyclesWidth", low: 0, high: 4000, start: 642, scale: "linear", source: CYCLES },
  { name: "deviceHz", low: 0.5e9, high: 2.5e9, start: 1.52e9, scale: "log", source: CLOCKS },
  { name: "coreHz", low: 0.4e9, high: 4e9, start: 0.667e9, scale: "log", source: CLOCKS },
  { name: "cloudHz", low: 1e9, high: 10e9, start: 1.99e9, scale: "log", source: CLOCKS },
  { name: "meanSnrDb", low: -5, high: 25, start: -0.333, scale: "linear", source: "cell edge to cell centre" },
  { name: "subcarriersLow", low: 1, high: 64, start: 37.6, scale: "linear", source: GRANTS },
  { name: "subcarriersWidth", low: 0, high: 192, start: 89.7, scale: "linear", source: GRANTS },
  { name: "coresLow", low: 1, high: 6, start: 1.64, scale: "linear", source: GRANTS },
  { name: "coresWidth", low: 0, high: 6, start: 2.82, scale: "linear", source: GRANTS },
  { name: "wiredBitPerS", low: 1e8, high: 1e10, start: 1.89e8, scale: "log", source: "0.1 to 10 Gbit/s backhaul" },
  { name: "localPerJoule", low: 0, high: 2, start: 1.12, scale: "linear", source: PRICES },
  { name: "radioPerGrant", low: 0, high: 15, start: 12.1, scale: "linear", source: PRICES },
  { name: "radioPerSecond", low: 0, high: 5, start: 3.33, scale: "linear", source: PRICES },
  { name: "edgePerGrant", low: 0, high: 5, start: 2.78, scale: "linear", source: PRICES },
  { name: "edgePerSecond", low: 0, high: 2, start: 0.463, scale: "linear", source: PRICES },
  { name: "cloudPerSecond", low: 0, high: 2, start: 0.311, scale: "linear", source: PRICES },
  { name: "wiredPerSecond", low: 0, high: 2, start: 1.21, scale: "linear", source: PRICES },
];

/** The shapes of the application of six sub-tasks that are tried. */
export const TOPOLOGIES = {
  chain: { topology: "chain" },
  "2-branches": { topology: "branches", branches: 2 },
  "3-branches": { topology: "branches", branches: 3 },
  "6-branches": { topology: "branches", branches: 6 },
  "fork-join": { topology: "forkJoin" },
  "binary-tree": { topology: "tree", branches: 2 },
} as const;

export type TopologyName = keyof typeof TOPOLOGIES;

/** What is fixed while the free parameters are searched. */
export interface Structure {
  readonly topology: TopologyName;
  readonly greedyBy: "time" | "cost";
}

/** The point of the unit cube at which the search starts. */
export function startPoint(): number[] {
  return SPACE.map(({ low, high, start, scale }) =>
    scale === "log" ? Math.log(start / low) / Math.log(high / low) : (start - low) / (high - low),
  );
}

/** The values of a point of the unit cube, by name; rounded to three significant digits, as a person would give them. */
export function valuesAt(point: readonly number[]): Record<string, number> {
  return Object.fromEntries(
    SPACE.map(({ name, low, high, scale }, i) => {
      const at = point[i] as number;
      const value = scale === "log" ? low * (high / low) ** at : low + at * (high - low);
      return [name, Number(value.toPrecision(3))];
    }),
  );
}

/** The scenario at a point of the unit cube, as one gives it to loadScenario. */
export function scenarioAt(point: readonly number[], { topology, greedyBy }: Structure): Partial<Scenario> {
  const values = valuesAt(point);
  const of = (name: string) => values[name] as number;
  const whole = (name: string) => Math.round(of(name));
  return {
    name: `calibrated-${topology}-${greedyBy}`,
    application: {
      ...TOPOLOGIES[topology],
      subTasks: 6,
      dataBytes: [of("dataLow"), of("dataHigh")],
      cyclesPerByte: [of("cyclesLow"), Number((of("cyclesLow") + of("cyclesWidth")).toPrecision(3))],
    } as Scenario["application"],
    device: { clockHz: of("deviceHz"), capacitance: 1e-27 },
    edge: {
      coreHz: of("coreHz"),
      cores: 16,
      coresGranted: [whole("coresLow"), whole("coresLow") + whole("coresWidth")],
    },
    cloud: { clockHz: of("cloudHz") },
    radio: {
      bandwidthHz: 20e6,
      subcarriers: 256,
      subcarriersGranted: [whole("subcarriersLow"), whole("subcarriersLow") + whole("subcarriersWidth")],
      fading: "flat",
      meanSnrDb: of("meanSnrDb"),
    },
    wired: { rateBitPerS: of("wiredBitPerS"), delayS: [0.01, 0.02] },
    prices: {
      perSecond: 1,
      localPerJoule: of("localPerJoule"),
      radioPerGrant: of("radioPerGrant"),
      radioPerSecond: of("radioPerSecond"),
      edgePerGrant: of("edgePerGrant"),
      edgePerSecond: of("edgePerSecond"),
      cloudPerSecond: of("cloudPerSecond"),
      wiredPerSecond: of("wiredPerSecond"),
    },
    greedy: { by: greedyBy },
  };
}
