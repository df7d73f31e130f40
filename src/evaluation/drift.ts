import { CholeskyDecomposition, Matrix as DenseMatrix } from "ml-matrix";
import { type Matrix, type Statistics, standardise, statisticsOf } from "../demonstrations/features";
import { InputError, requireInteger } from "../errors";

/** What is known of a training distribution, to say whether states still come from it. */
export interface DriftMonitor {
  /** States that are judged together. */
  readonly window: number;
  /** Of the training features. */
  readonly statistics: Statistics;
  /** The inverse of the covariance of the moments (see momentsOf), with their means. */
  readonly meanMoments: Float64Array;
  readonly precision: DenseMatrix;
  /** A window further away than this is an alarm. */
  readonly limit: number;
}

/** How to watch. */
export interface DriftOptions {
  /** States that are judged together: more of them see smaller drift, later. */
  readonly window: number;
  /** Share of windows of the training distribution that are to give an alarm. */
  readonly falseAlarmRate: number;
}

/** Added to the variance of each moment: one that never varied in training is far away as soon as it does. */
const RIDGE = 1e-6;

/**
 * Learns a training distribution from its features [rows x columns], not standardised. A window is as far away as the means of its moments are from
 * those of training, by Hotelling's T-squared (1931): `window` times the squared Mahalanobis distance. Moments are the standardised features and their
 * squares, so a change of a mean or of a spread shows; one of dependence between features alone does not.
 *
 * The first half of the rows gives means and covariance. The limit is the conformal quantile of the windows of the second half (Vovk et al., 2005): with m
 * windows, the ceil((m + 1)(1 - falseAlarmRate))th smallest distance. So a window of the training distribution gives an alarm with a probability of at
 * most falseAlarmRate, and at least that minus 1 / (m + 1), whatever the distribution is. Throws an InputError where the rows are too few for that.
 */
export function driftMonitor(features: Matrix, { window, falseAlarmRate }: DriftOptions): DriftMonitor {
  requireInteger("window", window, 1, 1_000_000);
  if (!(falseAlarmRate > 0 && falseAlarmRate < 1)) {
    throw new InputError(`falseAlarmRate is ${falseAlarmRate}; allowed: a number above 0 and below 1.`);
  }
  const { columns, values } = features;
  const half = Math.floor(features.rows / 2);
  const windows = Math.floor((features.rows - half) / window);
  const rank = Math.ceil((windows + 1) * (1 - falseAlarmRate));
  if (rank > windows) {
    const least = 2 * window * Math.ceil(1 / falseAlarmRate - 1) - 1;
    throw new InputError(`training states are ${features.rows}; allowed: ${least} at least for this window and rate.`);
  }
  const fitted = { rows: half, columns, values: values.subarray(0, half * columns) };
  const statistics = statisticsOf(fitted);
  const moments = momentsOf(standardise(fitted, statistics));
  const meanMoments = meanOfRows(moments, 0, half);
  const precision = new CholeskyDecomposition(covarianceOf(moments, meanMoments)).solve(DenseMatrix.eye(2 * columns));
  const known = { window, statistics, meanMoments, precision };
  const rest = { rows: features.rows - half, columns, values: values.subarray(half * columns) };
  const limit = distances(known, rest).sort()[rank - 1] as number;
  return { ...known, limit };
}

/** How far each whole window of consecutive states is away from training, [rows / window], by their features, not standardised. */
export function driftDistances(monitor: DriftMonitor, features: Matrix): Float64Array {
  const { columns, rows } = features;
  const known = monitor.statistics.mean.length;
  if (columns !== known) {
    throw new InputError(`the states have ${columns} features; allowed: ${known}, as in training.`);
  }
  if (rows < monitor.window)
    throw new InputError(`states are ${rows}; allowed: a window, ${monitor.window}, at least.`);
  return distances(monitor, features);
}

/** Share of windows that give an alarm. */
export function alarmShare({ limit }: DriftMonitor, distances: Float64Array): number {
  return distances.filter((distance) => distance > limit).length / distances.length;
}

function distances(
  { window, statistics, meanMoments, precision }: Omit<DriftMonitor, "limit">,
  features: Matrix,
): Float64Array {
  const moments = momentsOf(standardise(features, statistics));
  return Float64Array.from({ length: Math.floor(features.rows / window) }, (_, index) => {
    const mean = meanOfRows(moments, index * window, window);
    const difference = DenseMatrix.columnVector(mean.map((value, j) => value - (meanMoments[j] as number)));
    return window * precision.mmul(difference).dot(difference);
  });
}

/** Each row of standardised features, and after it their squares. */
function momentsOf({ rows, columns, values }: Matrix): Matrix {
  const moments = new Float32Array(2 * values.length);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) {
      const value = values[row * columns + j] as number;
      moments[2 * row * columns + j] = value;
      moments[(2 * row + 1) * columns + j] = value * value;
    }
  }
  return { rows, columns: 2 * columns, values: moments };
}

function meanOfRows({ columns, values }: Matrix, first: number, rows: number): Float64Array {
  const mean = new Float64Array(columns);
  for (let row = first; row < first + rows; row++) {
    for (let j = 0; j < columns; j++) (mean[j] as number) += (values[row * columns + j] as number) / rows;
  }
  return mean;
}

function covarianceOf({ rows, columns, values }: Matrix, mean: Float64Array): DenseMatrix {
  const covariance = new Float64Array(columns * columns);
  const difference = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) difference[j] = (values[row * columns + j] as number) - (mean[j] as number);
    for (let i = 0; i < columns; i++) {
      const one = difference[i] as number;
      for (let j = 0; j < columns; j++) (covariance[i * columns + j] as number) += one * (difference[j] as number);
    }
  }
  const matrix = DenseMatrix.from1DArray(columns, columns, Array.from(covariance));
  return matrix.div(rows).add(DenseMatrix.eye(columns).mul(RIDGE));
}
