import { InputError } from "../../errors";
import { type Scenario, SUB_TASKS_MOST } from "../scenario";
import type { Imported } from "./imported";
import { inWords } from "./quantity";

/** A sub-task with its own work and data, in any order. */
export interface Task {
  readonly name: string;
  readonly cycles: number;
  /** Data from the device; 0 for none. */
  readonly inputBytes: number;
  /** Data to the device; 0 for none. */
  readonly outputBytes: number;
}

/** Data that sub-task `from` hands to sub-task `to`: indices. */
export interface Link {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

const BYTES_MOST = 1e12;
const CYCLES_MOST = 1e15;

/**
 * The application of a graph that a file describes, with its sizes and work. Sub-tasks are numbered anew in topological order, as
 * near to the order given as that allows. The links between two sub-tasks become one dependency.
 *
 * A sub-task with work and no input gets one byte of input, since work goes with input. InputErrors name the file, and
 * a cycle by its sub-tasks.
 */
export function measuredApplication(
  tasks: readonly Task[],
  links: readonly Link[],
  file: string,
): Required<Pick<Imported, "application" | "taken" | "assumed">> {
  const names = tasks.map(({ name }) => name);
  const joined = joinedLinks(names, links, file);
  const number = topologicalNumbers(names, joined, file);
  const inOrder = tasks.map((_, index) => tasks[number.indexOf(index)] as Task);
  for (const { name, cycles, inputBytes, outputBytes } of inOrder) {
    requireAmount(`the work of ${quoted(name)}`, cycles, CYCLES_MOST, "cycles", file);
    requireAmount(`the input of ${quoted(name)}`, inputBytes, BYTES_MOST, "bytes", file);
    requireAmount(`the output of ${quoted(name)}`, outputBytes, BYTES_MOST, "bytes", file);
  }
  const numbered = joined
    .map(({ from, to, bytes }) => ({ from: number[from] as number, to: number[to] as number, bytes }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
  const dataBytes = numbered.map(({ bytes }) => bytes);
  const inputBytes = inOrder.map((task) => task.inputBytes);
  const starved = inOrder.flatMap(({ cycles }, task) => {
    const bytes = numbered.reduce((sum, link) => sum + (link.to === task ? link.bytes : 0), inputBytes[task] as number);
    return cycles > 0 && bytes < 1 ? [task] : [];
  });
  for (const task of starved) {
    const link = numbered.findIndex(({ to }) => to === task);
    if (link < 0) inputBytes[task] = 1;
    else dataBytes[link] = 1;
  }
  const measured: NonNullable<Scenario["application"]["measured"]> = {
    names: inOrder.map(({ name }) => (name.length > 200 ? `${name.slice(0, 199)}…` : name)),
    dataBytes,
    inputBytes,
    outputBytes: inOrder.map((task) => task.outputBytes),
    cycles: inOrder.map(({ cycles }) => cycles),
    scale: [0.5, 1.5],
  };
  return {
    application: {
      topology: "graph",
      subTasks: tasks.length,
      dependencies: numbered.map(({ from, to }) => [from, to]),
      measured,
    },
    taken: [
      `${tasks.length} sub-tasks with ${inWords(sum(measured.cycles), "cycles")} of work.`,
      `${numbered.length} dependencies with ${inWords(sum(dataBytes), "B")}; ${inWords(sum(inputBytes), "B")} from the device and ${inWords(sum(measured.outputBytes), "B")} to it.`,
    ],
    assumed: [
      "In each state the data of a dependency are 0.5 to 1.5 times those of the file, and work goes with them (application.measured.scale).",
      ...(starved.length > 0
        ? [
            `Work without any input gets one byte of it: ${starved.map((task) => quoted(names[number.indexOf(task)] as string)).join(", ")}.`,
          ]
        : []),
    ],
  };
}

/**
 * For each of the things that `names` names its number in a topological order of the links: of those that may come next the first.
 * Throws an InputError that names a cycle, or when there are none or more than an application may have.
 */
export function topologicalNumbers(
  names: readonly string[],
  links: readonly Omit<Link, "bytes">[],
  file: string,
): number[] {
  requireSubTasks(names.length, file);
  const number = new Array<number>(names.length).fill(-1);
  for (let next = 0; next < names.length; next++) {
    const waiting = new Set(links.filter(({ from }) => number[from] === -1).map(({ to }) => to));
    const ready = number.findIndex((given, task) => given === -1 && !waiting.has(task));
    if (ready < 0) throw new InputError(`${file} has the cycle ${cycleAmong(names, links, number)}; allowed: none.`);
    number[ready] = next;
  }
  return number;
}

/** Throws an InputError unless an application may have so many sub-tasks. */
export function requireSubTasks(count: number, file: string): void {
  if (count < 1 || count > SUB_TASKS_MOST) {
    throw new InputError(`${file} has ${count} sub-tasks; allowed: 1 to ${SUB_TASKS_MOST}.`);
  }
}

/** A cycle among those without a number, each of which waits for another of them. */
function cycleAmong(
  names: readonly string[],
  links: readonly Omit<Link, "bytes">[],
  number: readonly number[],
): string {
  const path = [number.indexOf(-1)];
  for (;;) {
    const last = path[path.length - 1];
    const before = (links.find(({ from, to }) => to === last && number[from] === -1) as Omit<Link, "bytes">).from;
    const again = path.indexOf(before);
    path.push(before);
    if (again >= 0) {
      const cycle = path.slice(again).reverse();
      const shown = cycle.length > 8 ? [...cycle.slice(0, 4), -1, ...cycle.slice(-3)] : cycle;
      return shown.map((task) => (task < 0 ? "..." : quoted(names[task] as string))).join(" -> ");
    }
  }
}

/** One link where there were several between the same two sub-tasks. */
function joinedLinks(names: readonly string[], links: readonly Link[], file: string): Link[] {
  const joined = new Map<string, Link>();
  for (const { from, to, bytes } of links) {
    const key = `${from}-${to}`;
    joined.set(key, { from, to, bytes: bytes + (joined.get(key)?.bytes ?? 0) });
  }
  for (const { from, to, bytes } of joined.values()) {
    const what = `the data from ${quoted(names[from] as string)} to ${quoted(names[to] as string)}`;
    requireAmount(what, bytes, BYTES_MOST, "bytes", file);
  }
  return [...joined.values()];
}

function requireAmount(what: string, value: number, most: number, unit: string, file: string): void {
  if (!(value >= 0 && value <= most)) {
    throw new InputError(`${file}: ${what} is ${value}; allowed: a number from 0 to ${most} (${unit}).`);
  }
}

/** A name in a message: at most 60 characters of it. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 57)}...` : name);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
