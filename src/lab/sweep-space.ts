import seedrandom from "seedrandom";
import { InputError, requireInteger, show } from "../errors";
import { HEADS } from "../learning/heads";
import { TRAIN_DEFAULTS } from "../learning/train";
import type { RunOptions } from "./runs";

/** What a sweep can vary. All hidden layers have the same width. */
export const SWEPT = ["layers", "width", "learningRate", "batch", "epochs", "demonstrations", "head"] as const;

export type Swept = (typeof SWEPT)[number];

/** Numbers to choose from at random, evenly on a linear or logarithmic scale; whole ones but for the learning rate. */
export interface Range {
  readonly low: number;
  readonly high: number;
  /** Default linear. */
  readonly scale?: "linear" | "log";
}

/** For what is varied the values to try, or a range to draw them from. */
export type SweepSpace = { readonly [Name in Swept]?: readonly (number | string)[] | Range };

/** A hyper-parameter sweep, as one writes it into a JSON file. */
export interface SweepOptions {
  readonly space: SweepSpace;
  /** Trials of a random search. Without it all combinations of the values are tried (a grid), and no range is allowed. */
  readonly trials?: number;
  /** Seed of a random search. Default: that of the experiment. */
  readonly seed?: number;
  /** What all trials share. */
  readonly options?: RunOptions;
}

/** What one trial has of what is varied. */
export type TrialValues = { readonly [Name in Swept]?: number | string };

const MOST_TRIALS = 10_000;

/**
 * The trials of a sweep, in order. Trial k of a random search depends on (seed, k) and the space alone: more trials go on where fewer
 * ended. Throws an InputError that names what is wrong with the options.
 */
export function trialsOf({ space, trials, seed = 1 }: SweepOptions): TrialValues[] {
  const axes = checkedSpace(space);
  if (trials === undefined) return grid(axes);
  requireInteger("trials", trials, 1, MOST_TRIALS);
  requireInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  return Array.from({ length: trials }, (_, trial) =>
    Object.fromEntries(axes.map(([name, axis]) => [name, drawn(name, axis, `${seed}/sweep/${trial}/${name}`)])),
  );
}

type Axis = readonly [name: Swept, values: readonly (number | string)[] | Range];

/** All combinations, the last axis varying fastest. */
function grid(axes: readonly Axis[]): TrialValues[] {
  let trials: TrialValues[] = [{}];
  for (const [name, values] of axes) {
    if (!isList(values)) {
      throw new InputError(
        `space.${name} is a range; allowed: a list of values, or trials, the number of random ones.`,
      );
    }
    trials = trials.flatMap((trial) => values.map((value) => ({ ...trial, [name]: value })));
    if (trials.length > MOST_TRIALS) {
      throw new InputError(
        `space has more than ${MOST_TRIALS} combinations; allowed: fewer, or trials, the number of random ones.`,
      );
    }
  }
  return trials;
}

function drawn(name: Swept, axis: Axis[1], seed: string): number | string {
  const at = seedrandom.alea(seed)();
  if (isList(axis)) return axis[Math.floor(at * axis.length)] as number | string;
  const { low, high, scale } = axis;
  const value = scale === "log" ? low * (high / low) ** at : low + at * (high - low);
  return name === "learningRate" ? Number(value.toPrecision(3)) : Math.round(value);
}

/** The options of a trial's run. */
export function runOptionsOf({ layers, width, ...values }: TrialValues, shared: RunOptions = {}): RunOptions {
  const hidden = shared.hidden ?? TRAIN_DEFAULTS.hidden;
  const own = { ...values } as RunOptions;
  if (layers === undefined && width === undefined) return { ...shared, ...own };
  const count = (layers ?? hidden.length) as number;
  requireInteger("layers", count, 1, 20);
  return { ...shared, ...own, hidden: new Array<number>(count).fill((width ?? hidden[0]) as number) };
}

const SHARED = ["head", "hidden", "learningRate", "batch", "epochs", "patience", "seed", "demonstrations"] as const;

/** Options of a sweep that a user wrote. Throws an InputError that names what is wrong. */
export function sweepOptions(given: unknown): SweepOptions {
  const fields = object("the sweep", given, ["space", "trials", "seed", "options"]);
  const options = fields.options === undefined ? {} : object("options", fields.options, SHARED);
  for (const [name, value] of Object.entries(options)) {
    const expected = name === "head" ? "string" : "number";
    const wrong = (Array.isArray(value) && name === "hidden" ? value : [value]).find((v) => typeof v !== expected);
    if (wrong !== undefined) throw new InputError(`options.${name} holds ${show(wrong)}; allowed: a ${expected}.`);
  }
  if (options.hidden !== undefined && !Array.isArray(options.hidden)) {
    throw new InputError(`options.hidden is ${show(options.hidden)}; allowed: a list of numbers of units.`);
  }
  checkedSpace(fields.space);
  return given as SweepOptions;
}

function checkedSpace(given: unknown): Axis[] {
  const space = object("space", given, SWEPT);
  const axes = Object.entries(space) as unknown as [Swept, unknown][];
  if (axes.length === 0) throw new InputError(`space is empty; allowed: values or ranges of ${SWEPT.join(", ")}.`);
  return axes.map(([name, axis]) => [name, isList(axis) ? checkedList(name, axis) : checkedRange(name, axis)]);
}

function checkedList(name: Swept, values: readonly unknown[]): readonly (number | string)[] {
  const names = Object.keys(HEADS);
  const right = (value: unknown) => (name === "head" ? names.includes(value as string) : Number.isFinite(value));
  const wrong = values.find((value) => !right(value));
  if (values.length > MOST_TRIALS) {
    throw new InputError(`space.${name} has ${values.length} values; allowed: at most ${MOST_TRIALS}.`);
  }
  if (values.length === 0 || wrong !== undefined) {
    const what = values.length === 0 ? "is empty" : `holds ${show(wrong)}`;
    throw new InputError(
      `space.${name} ${what}; allowed: a list of ${name === "head" ? names.join(", ") : "numbers"}.`,
    );
  }
  return values as readonly (number | string)[];
}

function checkedRange(name: Swept, given: unknown): Range {
  if (name === "head")
    throw new InputError(`space.head is not a list; allowed: a list of ${Object.keys(HEADS).join(", ")}.`);
  const { low, high, scale = "linear" } = object(`space.${name}`, given, ["low", "high", "scale"]) as Partial<Range>;
  if (!Number.isFinite(low) || !Number.isFinite(high) || !((low as number) < (high as number))) {
    throw new InputError(
      `space.${name} is from ${show(low)} to ${show(high)}; allowed: numbers low and high, low below high.`,
    );
  }
  if (scale !== "linear" && scale !== "log") {
    throw new InputError(`space.${name}.scale is ${show(scale)}; allowed: linear, log.`);
  }
  if (scale === "log" && !((low as number) > 0)) {
    throw new InputError(`space.${name}.low is ${low}; allowed: a number above 0 on a logarithmic scale.`);
  }
  return given as Range;
}

function object(what: string, given: unknown, allowed: readonly string[]): Record<string, unknown> {
  if (typeof given !== "object" || given === null || isList(given)) {
    throw new InputError(`${what} is ${show(given)}; allowed: an object with ${allowed.join(", ")}.`);
  }
  const unknown = Object.keys(given).find((key) => !allowed.includes(key));
  if (unknown !== undefined) {
    throw new InputError(`${what} has ${show(unknown)}; allowed: ${allowed.join(", ")}.`);
  }
  return given as Record<string, unknown>;
}

/**
 * Values or a range as one types them into a field: `1, 2, 3`, `32 to 512`, `0.001 to 0.1 log`, `sigmoid, softmax`. Undefined for an empty
 * field.
 */
export function axisOfText(text: string): readonly (number | string)[] | Range | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const range = /^(\S+)\s+to\s+([^\s,]+)(?:[\s,]+(\S+))?$/.exec(trimmed);
  if (range) {
    const [, low, high, scale = "linear"] = range;
    return { low: Number(low), high: Number(high), scale: scale as "linear" | "log" };
  }
  return trimmed.split(",").map((part) => {
    const value = part.trim();
    return value !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
  });
}

/** Array.isArray does not know read-only arrays. */
const isList = (value: unknown): value is readonly unknown[] & readonly (number | string)[] => Array.isArray(value);
