import seedrandom from "seedrandom";
import { InputError } from "../errors";
import type { Scenario } from "../scenario/scenario";

/** The device as an end of a dependency: the source of the entry sub-tasks' input and the sink of the exits' output. */
export const DEVICE = -1;

/** `from` hands data to `to`; either may be DEVICE, not both. */
export interface Dependency {
  readonly from: number;
  readonly to: number;
}

/**
 * An application: a directed acyclic graph of T sub-tasks, numbered in a topological order (a dependency goes from a
 * lower to a higher number). The dependencies between sub-tasks come first, then the inputs from the device, then the
 * outputs to it; states and cost tables keep one number a dependency in this order.
 */
export interface Application {
  /** Number of sub-tasks T. */
  readonly subTasks: number;
  /** Number of dependencies between two sub-tasks: the first ones of `dependencies`. */
  readonly inner: number;
  readonly dependencies: readonly Dependency[];
  /** For each sub-task the indices of the dependencies that bring its input. */
  readonly inputs: readonly (readonly number[])[];
  /** For each sub-task the index of its output to the device, or -1. */
  readonly output: readonly number[];
}

/** Builds the application of a scenario. */
export function applicationOf({ application }: Scenario): Application {
  const { subTasks, branches, density, graphSeed, dependencies, measured } = application;
  switch (application.topology) {
    case "chain":
      return buildApplication(subTasks, branchEdges(subTasks, 1));
    case "branches":
      return buildApplication(subTasks, branchEdges(subTasks, branches));
    case "forkJoin":
      return buildApplication(subTasks, forkJoinEdges(subTasks));
    case "tree":
      return buildApplication(subTasks, treeEdges(subTasks, branches));
    case "random":
      return buildApplication(subTasks, randomEdges(subTasks, density, graphSeed));
    case "layered":
      return buildApplication(subTasks, layeredEdges(subTasks, branches, density, graphSeed));
    case "seriesParallel":
      return buildApplication(subTasks, seriesParallelEdges(subTasks, density, graphSeed));
    case "graph":
      return buildApplication(subTasks, dependencies, measured);
  }
}

/** Bytes from the device to each sub-task and back, [T]; a dependency is there where they are above zero. */
export interface DeviceBytes {
  readonly inputBytes: readonly number[];
  readonly outputBytes: readonly number[];
}

/**
 * Builds an application from the dependencies between its sub-tasks. A sub-task without a predecessor gets its input from
 * the device, one without a successor returns its output to it; those that `device` names do so besides. Throws an
 * InputError unless from < to for each.
 */
export function buildApplication(
  subTasks: number,
  edges: readonly (readonly [number, number])[],
  device?: DeviceBytes,
): Application {
  const hasInput = new Array<boolean>(subTasks).fill(false);
  const hasOutput = new Array<boolean>(subTasks).fill(false);
  const seen = new Set<number>();
  const dependencies: Dependency[] = [];
  for (const [from, to] of edges) {
    if (!(from >= 0 && from < to && to < subTasks) || seen.has(from * subTasks + to)) {
      throw new InputError(`dependency [${from}, ${to}]; allowed: each pair once, 0 <= from < to < ${subTasks}.`);
    }
    seen.add(from * subTasks + to);
    hasOutput[from] = true;
    hasInput[to] = true;
    dependencies.push({ from, to });
  }
  const inner = dependencies.length;
  for (let task = 0; task < subTasks; task++) {
    if (!hasInput[task] || Number(device?.inputBytes[task]) > 0) dependencies.push({ from: DEVICE, to: task });
  }
  for (let task = 0; task < subTasks; task++) {
    if (!hasOutput[task] || Number(device?.outputBytes[task]) > 0) dependencies.push({ from: task, to: DEVICE });
  }
  const inputs = Array.from({ length: subTasks }, () => [] as number[]);
  const output = new Array<number>(subTasks).fill(-1);
  for (const [index, { from, to }] of dependencies.entries()) {
    if (to === DEVICE) output[from] = index;
    else (inputs[to] as number[]).push(index);
  }
  return { subTasks, inner, dependencies, inputs, output };
}

type Edges = [number, number][];

/** Independent chains side by side, numbered level by level: the first sub-task of each, then the second of each, and so on. */
function branchEdges(subTasks: number, branches: number): Edges {
  const edges: Edges = [];
  for (let task = branches; task < subTasks; task++) edges.push([task - branches, task]);
  return edges;
}

/** Sub-task 0 forks to all others but the last, which joins them. */
function forkJoinEdges(subTasks: number): Edges {
  const last = subTasks - 1;
  if (subTasks < 3) return branchEdges(subTasks, 1);
  const edges: Edges = [];
  for (let task = 1; task < last; task++) edges.push([0, task], [task, last]);
  return edges;
}

function treeEdges(subTasks: number, children: number): Edges {
  const edges: Edges = [];
  for (let task = 1; task < subTasks; task++) edges.push([Math.floor((task - 1) / children), task]);
  return edges;
}

function randomEdges(subTasks: number, density: number, seed: number): Edges {
  const random = seedrandom.alea(`graph/${seed}`);
  const edges: Edges = [];
  for (let from = 0; from < subTasks; from++) {
    for (let to = from + 1; to < subTasks; to++) {
      if (random() < density) edges.push([from, to]);
    }
  }
  return edges;
}

/**
 * Layers of `width` sub-tasks, the last one perhaps narrower, and dependencies between neighbouring layers at random; a
 * sub-task that would get none from the layer before gets one, so that the first layer reaches all.
 */
function layeredEdges(subTasks: number, width: number, density: number, seed: number): Edges {
  const random = seedrandom.alea(`graph/${seed}`);
  const edges: Edges = [];
  for (let to = width; to < subTasks; to++) {
    const first = (Math.floor(to / width) - 1) * width;
    const before = edges.length;
    for (let from = first; from < first + width; from++) {
      if (random() < density) edges.push([from, to]);
    }
    if (edges.length === before) edges.push([first + Math.floor(random() * width), to]);
  }
  return edges;
}

/**
 * A random series-parallel graph with one source and one sink, grown from a single dependency. Each further sub-task w takes
 * a random dependency u - v and, with the probability `density`, stands beside it (u - w - v is added), else in it (u - w - v
 * takes its place). Its treewidth is at most 2.
 */
function seriesParallelEdges(subTasks: number, density: number, seed: number): Edges {
  if (subTasks < 3) return branchEdges(subTasks, 1);
  const random = seedrandom.alea(`graph/${seed}`);
  const order = [0, 1];
  const grown: Edges = [[0, 1]];
  for (let task = 2; task < subTasks; task++) {
    const at = Math.floor(random() * grown.length);
    const [from, to] = grown[at] as [number, number];
    if (random() < density) grown.push([from, task]);
    else grown[at] = [from, task];
    grown.push([task, to]);
    order.splice(order.indexOf(from) + 1, 0, task);
  }
  const numbers = new Map(order.map((task, number) => [task, number]));
  return grown
    .map(([from, to]): [number, number] => [numbers.get(from) as number, numbers.get(to) as number])
    .sort(([a, b], [c, d]) => a - c || b - d);
}
