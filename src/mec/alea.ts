/**
 * The generators that `seedrandom.alea` makes of the texts `${prefix}0`, `${prefix}1`, `${prefix}2`, ...: the function that is
 * returned fills `draws` with the first numbers, uniform on [0, 1), of the generator of one of them, without making an object
 * for each. The algorithm is Johannes Baagøe's Alea with his hash Mash (2010), as in seedrandom 3, number for number.
 */
export function aleaStreams(prefix: string): (index: number, draws: Float64Array) => void {
  const text = new Uint16Array(prefix.length + DIGITS_MOST);
  for (let i = 0; i < prefix.length; i++) text[i] = prefix.charCodeAt(i);
  const blank = Uint16Array.of(" ".charCodeAt(0));
  const blank0 = mash(MASH_START, blank, 0, 1);
  const blank1 = mash(blank0, blank, 0, 1);
  const blank2 = mash(blank1, blank, 0, 1);
  const afterPrefix = mash(blank2, text, 0, prefix.length);

  return (index, draws) => {
    const end = writeDigits(index, text, prefix.length);
    const seed0 = mash(afterPrefix, text, prefix.length, end);
    const seed1 = mash(seed0, text, 0, end);
    const seed2 = mash(seed1, text, 0, end);
    let s0 = difference(blank0, seed0);
    let s1 = difference(blank1, seed1);
    let s2 = difference(blank2, seed2);
    let carry = 1;
    for (let i = 0; i < draws.length; i++) {
      const t = 2091639 * s0 + carry * PER_WORD;
      carry = t | 0;
      s0 = s1;
      s1 = s2;
      s2 = t - carry;
      draws[i] = s2;
    }
  };
}

const WORD = 2 ** 32;
const PER_WORD = 2 ** -32;
const MASH_START = 0xefc8249d;
/** Digits of the largest safe integer. */
const DIGITS_MOST = 16;

/** The state of Mash after the characters [from, to) of a text. */
function mash(state: number, text: Uint16Array, from: number, to: number): number {
  let n = state;
  for (let i = from; i < to; i++) {
    n += text[i] as number;
    let h = 0.02519603282416938 * n;
    n = h >>> 0;
    h -= n;
    h *= n;
    n = h >>> 0;
    h -= n;
    n += h * WORD;
  }
  return n;
}

/** The hash of a blank less that of the seed, on the circle [0, 1). */
function difference(blank: number, seed: number): number {
  const d = (blank >>> 0) * PER_WORD - (seed >>> 0) * PER_WORD;
  return d < 0 ? d + 1 : d;
}

/** Writes a whole number in decimal digits from [at] on; returns where it ends. */
function writeDigits(value: number, text: Uint16Array, at: number): number {
  let end = at + 1;
  for (let bound = 10; value >= bound; bound *= 10) end++;
  let left = value;
  for (let i = end - 1; i >= at; i--) {
    const rest = Math.floor(left / 10);
    text[i] = 48 + left - 10 * rest;
    left = rest;
  }
  return end;
}
