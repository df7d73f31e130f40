/**
 * Math.fround(Math.log10(x)) of a number from 1 on, in a third of the time: x = 2^e m, with log10 m from a table of 256 points
 * and a polynomial of degree 4. What is found is within 2^-44 of the logarithm; in the rare case that the nearest 32-bit float
 * hangs on more than that, Math.log10 decides.
 */
export function log10Float32(x: number): number {
  if (!(x < LARGEST)) return Math.fround(Math.log10(x));
  double[0] = x;
  const high = words[HIGH] as number;
  const exponent = (high >>> 20) - 1023;
  const point = (high >>> 12) & 0xff;
  const r = x * (SCALE[exponent] as number) * (INVERSE[point] as number) - 1;
  const series = r * (Math.LOG10E + r * (-Math.LOG10E / 2 + r * (Math.LOG10E / 3 - r * (Math.LOG10E / 4))));
  const y = exponent * LOG10_2 + ((LOG10[point] as number) + series);
  const nearest = Math.fround(y - BOUND);
  return nearest === Math.fround(y + BOUND) ? nearest : Math.fround(Math.log10(x));
}

const LARGEST = 1e300;
const LOG10_2 = Math.log10(2);
/** Well above the error of y and that of Math.log10. */
const BOUND = 2 ** -40;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** Which of the two words of a double holds its exponent. */
const HIGH = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** 2^-e, by which x becomes m. */
const SCALE = Float64Array.from({ length: 1000 }, (_, e) => 2 ** -e);

/** At the middle of each 256th of [1, 2): the inverse, and the logarithm of what it stands for. */
const INVERSE = Float64Array.from({ length: 256 }, (_, i) => 1 / (1 + (i + 0.5) / 256));
const LOG10 = INVERSE.map((inverse) => -Math.log10(inverse));
