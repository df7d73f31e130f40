/** A measured quantity with its 95 % confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** An estimate in per cent; of what it is above `base`, for one. */
export function percentOf({ value, low, high }: Estimate, base = 0): Estimate {
  return { value: 100 * (value - base), low: 100 * (low - base), high: 100 * (high - base) };
}

/** The 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/** The mean of independent numbers, with the normal interval. */
export function meanOf(values: ArrayLike<number>): Estimate {
  const mean = average(values);
  return around(mean, Math.sqrt(variance(values, mean) / values.length));
}

/**
 * mean(a) / mean(b) of paired numbers (two schemes on the same states), with the interval of the delta method: the variance of
 * the ratio R is that of (a - R b) over n mean(b)^2.
 */
export function ratioOf(a: ArrayLike<number>, b: ArrayLike<number>): Estimate {
  const base = average(b);
  const ratio = average(a) / base;
  const residuals = Float64Array.from(a, (value, i) => value - ratio * (b[i] as number));
  return around(ratio, Math.sqrt(variance(residuals, average(residuals)) / residuals.length) / Math.abs(base));
}

/** 1 - mean(a) / mean(b): by how much a is below b. */
export function reductionOf(a: ArrayLike<number>, b: ArrayLike<number>): Estimate {
  const { value, low, high } = ratioOf(a, b);
  return { value: 1 - value, low: 1 - high, high: 1 - low };
}

/** The 97.5 % quantile of Student's t distribution; above 15 degrees of freedom by Abramowitz and Stegun, 26.7.5. */
export function studentQuantile(degrees: number): number {
  return T[degrees - 1] ?? Z + (Z ** 3 + Z) / (4 * degrees) + (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * degrees ** 2);
}

/** With 1, 2, ... degrees of freedom. */
const T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131];

/**
 * The mean over independent repetitions (training seeds) with Student's interval, which covers how repetitions differ in training and
 * in test states alike. A single repetition keeps its own interval.
 */
export function acrossSeeds(estimates: readonly Estimate[]): Estimate {
  const [only] = estimates;
  if (only && estimates.length === 1) return only;
  const values = estimates.map(({ value }) => value);
  const mean = average(values);
  const reach = studentQuantile(values.length - 1) * Math.sqrt(variance(values, mean) / values.length);
  return { value: mean, low: mean - reach, high: mean + reach };
}

function around(value: number, standardError: number): Estimate {
  return { value, low: value - Z * standardError, high: value + Z * standardError };
}

function average(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** The unbiased sample variance; 0 for a single number. */
function variance(values: ArrayLike<number>, mean: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i] as number) - mean) ** 2;
  return values.length > 1 ? sum / (values.length - 1) : 0;
}
