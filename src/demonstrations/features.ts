import { ratesOf, type States } from "../mec/states";
import type { Scenario } from "../scenario/scenario";
import { log10Float32 } from "./log10";

/** A row-major matrix of 32-bit floats. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** Mean and standard deviation of each feature over the training set; stored beside the model. */
export interface Statistics {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Names of the features of a scenario's states, in the order of the columns. */
export function featureNames({ application }: Pick<States, "application">): string[] {
  const tasks = Array.from({ length: application.subTasks }, (_, task) => task);
  return [
    ...application.dependencies.map(
      ({ from, to }) => `log10 bytes ${from < 0 ? "device" : from}-${to < 0 ? "device" : to}`,
    ),
    ...tasks.map((task) => `log10 cycles per byte ${task}`),
    ...tasks.map((task) => `log10 rate ${task}`),
    ...tasks.map((task) => `subcarriers ${task}`),
    ...tasks.map((task) => `cores ${task}`),
    "wired delay",
  ];
}

/**
 * The features of a batch, [count x (E + 4T + 1)]: what the paper calls the state S, the channel as the rate it gives. Logarithms
 * where a quantity spans decades; not yet standardised. `rates` are those of ratesOf, for a caller that has them.
 */
export function encode(scenario: Scenario, states: States, rates = ratesOf(scenario, states)): Matrix {
  const { subTasks, dependencies } = states.application;
  const links = dependencies.length;
  const columns = links + 4 * subTasks + 1;
  const values = new Float32Array(states.count * columns);
  let i = 0;
  for (let k = 0; k < states.count; k++) {
    const task = k * subTasks;
    for (let link = 0; link < links; link++) values[i++] = logOf(states.dataBytes[k * links + link] as number);
    for (let t = task; t < task + subTasks; t++) values[i++] = logOf(states.cyclesPerByte[t] as number);
    for (let t = task; t < task + subTasks; t++) values[i++] = logOf(rates[t] as number);
    for (let t = task; t < task + subTasks; t++) values[i++] = states.subcarriers[t] as number;
    for (let t = task; t < task + subTasks; t++) values[i++] = states.cores[t] as number;
    values[i++] = states.wiredDelayS[k] as number;
  }
  return { rows: states.count, columns, values };
}

/** Decimal logarithm; quantities below 1 (no data at all, for one) count as 1. */
function logOf(value: number): number {
  return log10Float32(Math.max(value, 1));
}

/** The rows first, ..., first + count - 1 of a matrix, without copying. */
export function matrixRows({ columns, values }: Matrix, first: number, count: number): Matrix {
  return { rows: count, columns, values: values.subarray(first * columns, (first + count) * columns) };
}

/** Mean and standard deviation of each column; 1 in place of the deviation of a column that does not vary. */
export function statisticsOf({ rows, columns, values }: Matrix): Statistics {
  const mean = new Array<number>(columns).fill(0);
  const deviation = new Array<number>(columns).fill(0);
  for (let i = 0; i < values.length; i++)
    mean[i % columns] = (mean[i % columns] as number) + (values[i] as number) / rows;
  for (let i = 0; i < values.length; i++) {
    const difference = (values[i] as number) - (mean[i % columns] as number);
    deviation[i % columns] = (deviation[i % columns] as number) + difference ** 2 / rows;
  }
  return { mean, deviation: deviation.map((variance, j) => constantToOne(Math.sqrt(variance), mean[j] as number)) };
}

/** What is left of a constant column is rounding, far below its mean. */
function constantToOne(deviation: number, mean: number): number {
  return deviation > 1e-6 * Math.abs(mean) ? deviation : 1;
}

/** Features minus their mean, over their standard deviation. */
export function standardise({ rows, columns, values }: Matrix, { mean, deviation }: Statistics): Matrix {
  const standardised = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const column = i % columns;
    standardised[i] = ((values[i] as number) - (mean[column] as number)) / (deviation[column] as number);
  }
  return { rows, columns, values: standardised };
}
