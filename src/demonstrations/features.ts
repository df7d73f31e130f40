import { ratesOf, type States } from "../mec/states";
import { nativeFor } from "../native/kernels";
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
 * where a quantity spans decades; not yet standardised. `rates` are those of ratesOf, for a caller that has them. The features go `into` the matrix given.
 */
export function encode(
  scenario: Scenario,
  states: States,
  rates = ratesOf(scenario, states),
  into = emptyFeatures(states),
): Matrix {
  const { subTasks, dependencies } = states.application;
  const links = dependencies.length;
  const { values } = into;
  const kernels = nativeFor(states.count);
  if (kernels) {
    const { dataBytes, cyclesPerByte, subcarriers, cores, wiredDelayS } = states;
    kernels.encode(dataBytes, cyclesPerByte, rates, subcarriers, cores, wiredDelayS, values);
    return into;
  }
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
  return into;
}

/** A matrix of zeros for the features of a batch. */
export function emptyFeatures({ application, count }: States): Matrix {
  const columns = application.dependencies.length + 4 * application.subTasks + 1;
  return { rows: count, columns, values: new Float32Array(count * columns) };
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
export function statisticsOf(features: Matrix): Statistics {
  return statisticsOfParts(features.rows, features.columns, () => [features]);
}

/** The statistics of a matrix whose rows come in parts, in their order; they are asked for twice. */
export function statisticsOfParts(rows: number, columns: number, parts: () => Iterable<Matrix>): Statistics {
  const mean = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (const { values } of parts()) {
    for (let i = 0; i < values.length; ) {
      for (let j = 0; j < columns; j++) mean[j] = (mean[j] as number) + (values[i++] as number) / rows;
    }
  }
  for (const { values } of parts()) {
    for (let i = 0; i < values.length; ) {
      for (let j = 0; j < columns; j++) {
        const difference = (values[i++] as number) - (mean[j] as number);
        squares[j] = (squares[j] as number) + difference ** 2 / rows;
      }
    }
  }
  const deviation = Array.from(squares, (variance, j) => constantToOne(Math.sqrt(variance), mean[j] as number));
  return { mean: Array.from(mean), deviation };
}

/** What is left of a constant column is rounding, far below its mean. */
function constantToOne(deviation: number, mean: number): number {
  return deviation > 1e-6 * Math.abs(mean) ? deviation : 1;
}

/** Features minus their mean, over their standard deviation; `into` may be the features themselves. */
export function standardise(
  { rows, columns, values }: Matrix,
  { mean, deviation }: Statistics,
  into: Float32Array = new Float32Array(values.length),
): Matrix {
  for (let i = 0; i < values.length; ) {
    for (let j = 0; j < columns; j++, i++) {
      into[i] = ((values[i] as number) - (mean[j] as number)) / (deviation[j] as number);
    }
  }
  return { rows, columns, values: into };
}
