import { meanSnr } from "../mec/states";
import type { Scenario } from "../scenario/scenario";

/** A quantity that the explorer's sliders turn, as it stands in one scenario. */
export interface Parameter {
  readonly name: ParameterName;
  /** Where it is in a scenario, such as radio.meanSnrDb. */
  readonly field: string;
  readonly label: string;
  readonly unit: string;
  /** What it means, in a few words. */
  readonly about: string;
  readonly group: ParameterGroup;
  /** What the scenario says; of a range, its middle. In `unit`. */
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly scale: "linear" | "log";
}

/** The groups in which the parameters are shown. */
export const PARAMETER_GROUPS = ["Channel and grants", "Work", "Clocks", "Wired link", "Prices"] as const;

export type ParameterGroup = (typeof PARAMETER_GROUPS)[number];

/** Values of parameters, in their units; what is left out is as in the scenario. */
export type Values = { readonly [name in ParameterName]?: number };

/** What makes a parameter out of a part of a scenario. */
interface Definition {
  readonly field: string;
  readonly label: string;
  readonly unit: string;
  readonly about: string;
  readonly group: ParameterGroup;
  read(scenario: Scenario): number;
  write(scenario: Scenario, value: number): Scenario;
  /** The ends of its slider, given what the scenario says. A scale is logarithmic where the lower end is above zero. */
  ends(value: number, scenario: Scenario): [number, number];
  /** May be negative, so that its scale is linear whatever its ends. */
  readonly signed?: boolean;
  /** Whether it changes anything in a scenario; in all of them where nothing is said. */
  actsIn?(scenario: Scenario): boolean;
}

const isMeasured = ({ application }: Scenario): boolean => application.measured !== undefined;
const isDrawn = (scenario: Scenario): boolean => !isMeasured(scenario);

/** All parameters, in the order in which they are shown. */
const DEFINITIONS = {
  meanSnrDb: {
    field: "radio.meanSnrDb",
    label: "Mean SNR",
    unit: "dB",
    about: "mean signal-to-noise ratio on a subcarrier",
    group: "Channel and grants",
    signed: true,
    // A trace holds the rates themselves.
    actsIn: ({ radio }) => radio.fading !== "trace",
    read: (scenario) => (scenario.radio.linkBudget ? 10 * Math.log10(meanSnr(scenario)) : scenario.radio.meanSnrDb),
    write(scenario, meanSnrDb) {
      const { linkBudget: _replaced, ...radio } = scenario.radio;
      return { ...scenario, radio: { ...radio, meanSnrDb } };
    },
    ends: (value) => [Math.min(-20, Math.floor(value)), Math.max(30, Math.ceil(value))],
  },
  subcarriers: {
    ...rangeOf("radio", "subcarriersGranted", 1, ({ radio }) => radio.subcarriers),
    label: "Granted subcarriers",
    unit: "",
    about: "subcarriers granted to a sub-task, mean",
    group: "Channel and grants",
  },
  cores: {
    ...rangeOf("edge", "coresGranted", 1, ({ edge }) => edge.cores),
    label: "Granted cores",
    unit: "",
    about: "cores granted to a sub-task, mean",
    group: "Channel and grants",
  },
  dataKb: {
    ...rangeOf("application", "dataBytes", 1e3),
    label: "Data",
    unit: "KB",
    about: "data on a dependency, device input and output included, mean",
    group: "Work",
    actsIn: isDrawn,
  },
  cyclesPerByte: {
    ...rangeOf("application", "cyclesPerByte", 1),
    label: "Intensity",
    unit: "cycles/B",
    about: "cycles that a sub-task computes for a byte of its input, mean",
    group: "Work",
    actsIn: isDrawn,
  },
  measuredScale: {
    field: "application.measured.scale",
    label: "Size of the input",
    unit: "",
    about: "what measured data, and the work with them, are multiplied by, mean",
    group: "Work",
    actsIn: isMeasured,
    read: ({ application }) => middleOf(application.measured?.scale ?? [1, 1]),
    write(scenario, value) {
      const { measured } = scenario.application;
      if (!measured) return scenario;
      const scale = movedTo(measured.scale, value, 1);
      return { ...scenario, application: { ...scenario.application, measured: { ...measured, scale } } };
    },
    // A scale is 1000 at most, and the upper end of a range at most twice its middle.
    ends(value) {
      const [low, high] = around(value, [0.1, 10]);
      return [low, Math.max(value, Math.min(high, 500))];
    },
  },
  deviceGhz: {
    ...numberOf("device", "clockHz", 1e9, [0.2, 5]),
    label: "Device clock",
    unit: "GHz",
    about: "clock of the device; its power grows with the cube",
    group: "Clocks",
  },
  edgeGhz: {
    ...numberOf("edge", "coreHz", 1e9, [0.2, 5]),
    label: "Edge core clock",
    unit: "GHz",
    about: "clock of one core at the edge",
    group: "Clocks",
  },
  cloudGhz: {
    ...numberOf("cloud", "clockHz", 1e9, [0.2, 5]),
    label: "Cloud clock",
    unit: "GHz",
    about: "clock in the cloud",
    group: "Clocks",
  },
  wiredDelayMs: {
    ...rangeOf("wired", "delayS", 1e-3, undefined, [0.1, 100]),
    label: "Wired delay",
    unit: "ms",
    about: "delay of the wired link between small cell and cloud, mean",
    group: "Wired link",
  },
  wiredMbitPerS: {
    ...numberOf("wired", "rateBitPerS", 1e6, [0.01, 10]),
    label: "Wired rate",
    unit: "Mbit/s",
    about: "rate of the wired link between small cell and cloud",
    group: "Wired link",
  },
  localPerJoule: {
    ...priceOf("localPerJoule"),
    label: "Energy price",
    unit: "1/J",
    about: "price of a joule of the device",
  },
  radioPerGrant: {
    ...priceOf("radioPerGrant"),
    label: "Radio grant price",
    unit: "",
    about: "price of the whole band for a sub-task that is offloaded; it pays its share",
  },
  radioPerSecond: {
    ...priceOf("radioPerSecond"),
    label: "Radio price",
    unit: "1/s",
    about: "price of a second of the whole band; a transfer pays its share",
  },
  edgePerGrant: {
    ...priceOf("edgePerGrant"),
    label: "Edge grant price",
    unit: "",
    about: "price of all cores for a sub-task at the edge; it pays its share",
  },
  edgePerSecond: {
    ...priceOf("edgePerSecond"),
    label: "Edge price",
    unit: "1/s",
    about: "price of a second of all cores; a sub-task at the edge pays its share",
  },
  cloudPerSecond: {
    ...priceOf("cloudPerSecond"),
    label: "Cloud price",
    unit: "1/s",
    about: "price of a second of execution in the cloud",
  },
  wiredPerSecond: {
    ...priceOf("wiredPerSecond"),
    label: "Wired price",
    unit: "1/s",
    about: "price of a second on the wired link",
  },
} as const satisfies Record<string, Definition>;

export type ParameterName = keyof typeof DEFINITIONS;

/** The parameters as they stand in a scenario; those that change nothing in it, or that it leaves no room to turn (one core in all, say), are left out. */
export function parametersIn(scenario: Scenario): Parameter[] {
  return (Object.entries(DEFINITIONS) as [ParameterName, Definition][])
    .filter(([, { actsIn }]) => actsIn?.(scenario) ?? true)
    .map(([name, definition]): Parameter => {
      const { field, label, unit, about, group, read, ends, signed = false } = definition;
      const value = read(scenario);
      const [min, max] = ends(value, scenario);
      const scale = min > 0 && !signed ? "log" : "linear";
      return { name, field, label, unit, about, group, value, min, max, scale };
    })
    .filter(({ min, max }) => min < max);
}

/**
 * The scenario with these values. One that equals what the scenario says changes nothing, so that without changes states and costs
 * are exactly its own; of a range both ends move by the same factor, so that the state of a seed and index keeps its shape.
 */
export function scenarioWith(scenario: Scenario, values: Values): Scenario {
  const changed = changesOf(scenario, values);
  if (changed.length === 0) return scenario;
  const sources = Object.fromEntries(changed.map(([{ field }]) => [field, "the explorer"]));
  const result = {
    ...scenario,
    name: `${scenario.name.slice(0, 52)}-changed`,
    description: `${scenario.name} with ${changesText(scenario, values)}`,
    sources: { ...scenario.sources, ...sources },
  };
  return changed.reduce((partly: Scenario, [{ write }, value]) => write(partly, value), result);
}

/** "Mean SNR (dB) 5, Wired delay (ms) 20"; empty where nothing differs from the scenario. */
export function changesText(scenario: Scenario, values: Values): string {
  return changesOf(scenario, values)
    .map(([definition, value]) => `${titleOf(definition)} ${value}`)
    .join(", ");
}

function changesOf(scenario: Scenario, values: Values): [Definition, number][] {
  return (Object.entries(values) as [ParameterName, number][])
    .map(([name, value]): [Definition, number] => [DEFINITIONS[name], value])
    .filter(([{ read }, value]) => value !== read(scenario));
}

/** Label and unit, as on an axis: "Wired delay (ms)". */
export function titleOf({ label, unit }: Pick<Parameter, "label" | "unit">): string {
  return unit === "" ? label : `${label} (${unit})`;
}

/** A value in the four digits that sliders give. */
export function rounded(value: number): number {
  return digits(value, 4);
}

/** The value at a share (0 to 1) of the way from the lower to the upper end, in four digits. */
export function valueAt({ min, max, scale }: Parameter, share: number): number {
  const value = scale === "log" ? min * (max / min) ** share : min + (max - min) * share;
  return Math.min(max, Math.max(min, rounded(value)));
}

/** Where a value is on the way from the lower (0) to the upper end (1). */
export function shareAt({ min, max, scale }: Parameter, value: number): number {
  return scale === "log" ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
}

/** `count` values, evenly spaced on the parameter's scale from end to end. */
export function gridOf(parameter: Parameter, count: number): number[] {
  return Array.from({ length: count }, (_, i) => valueAt(parameter, i / (count - 1)));
}

type Group = "application" | "device" | "edge" | "cloud" | "radio" | "wired" | "prices";

function partOf(scenario: Scenario, group: Group, key: string): unknown {
  return (scenario[group] as Record<string, unknown>)[key];
}

function withPart(scenario: Scenario, group: Group, key: string, value: unknown): Scenario {
  return { ...scenario, [group]: { ...scenario[group], [key]: value } };
}

/** A number of a scenario, `factor` SI units to one; the slider reaches from `reach[0]` to `reach[1]` times its value. */
function numberOf(group: Group, key: string, factor: number, reach: [number, number]) {
  return {
    field: `${group}.${key}`,
    read: (scenario: Scenario) => (partOf(scenario, group, key) as number) / factor,
    write: (scenario: Scenario, value: number) => withPart(scenario, group, key, value * factor),
    ends: (value: number) => around(value, reach),
  };
}

type Range = readonly [low: number, high: number];

const middleOf = ([low, high]: Range): number => (low + high) / 2;

/** A range with another middle, `value` of `factor` SI units: both ends move alike. */
function movedTo(range: Range, value: number, factor: number): [number, number] {
  const middle = middleOf(range) / factor;
  const moved = (end: number) => (middle === 0 ? value * factor : (end * value) / middle);
  return [moved(range[0]), moved(range[1])];
}

/** The middle of a range; where there is a `most`, the range is of whole numbers from 1 to that. */
function rangeOf(
  group: Group,
  key: string,
  factor: number,
  most?: (scenario: Scenario) => number,
  reach: [number, number] = [0.1, 10],
) {
  const range = (scenario: Scenario) => partOf(scenario, group, key) as Range;
  return {
    field: `${group}.${key}`,
    read: (scenario: Scenario) => middleOf(range(scenario)) / factor,
    write(scenario: Scenario, value: number) {
      const moved = movedTo(range(scenario), value, factor);
      const limit = most?.(scenario);
      const whole = (end: number) => Math.min(limit as number, Math.max(1, Math.round(end)));
      return withPart(scenario, group, key, limit === undefined ? moved : moved.map(whole));
    },
    ends(value: number, scenario: Scenario): [number, number] {
      const [low, high] = around(value, reach);
      if (!most) return [low, high];
      // Where the upper end of the range is all there are; where it is a single one.
      const middle = digits((most(scenario) * value) / range(scenario)[1], 3);
      return [Math.min(value, Math.max(1, low)), Math.max(value, Math.min(high, middle))];
    },
  };
}

function priceOf(key: keyof Scenario["prices"]) {
  return {
    ...numberOf("prices", key, 1, [0, 4]),
    group: "Prices" as const,
    ends: (value: number): [number, number] => [0, value === 0 ? 5 : digits(4 * value, 1)],
  };
}

/** Ends around a value, in one digit; from zero to one where it is zero. */
function around(value: number, [low, high]: [number, number]): [number, number] {
  return value === 0 ? [0, 1] : [Math.min(value, digits(low * value, 1)), Math.max(value, digits(high * value, 1))];
}

function digits(value: number, count: number): number {
  return Number(value.toPrecision(count));
}
