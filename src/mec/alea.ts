/**
 * The generators that `seedrandom.alea` makes of the texts `${prefix}0`, `${prefix}1`, `${prefix}2`, ...: the function that is
 * returned fills `draws`, [count x width], with the first numbers, uniform on [0, 1), of those numbered first, first + 1, ....
 * The algorithm is Johannes Baagøe's Alea with his hash Mash (2010), as in seedrandom 3, number for number.
 *
 * Each step waits for the one before, so several generators go side by side: a processor then works on them at the same time.
 */
export function aleaStreams(prefix: string): (first: number, count: number, draws: Float64Array) => void {
  // Row i holds character i of each generator's text; the digits come after the prefix.
  const text = new Float64Array((prefix.length + DIGITS_MOST) * LANES);
  for (let i = 0; i < prefix.length; i++) text.fill(prefix.charCodeAt(i), i * LANES, (i + 1) * LANES);
  const blank = new Float64Array(LANES).fill(" ".charCodeAt(0));
  const blanks = [room(), room(), room()] as const;
  const seeds = [room(), room(), room()] as const;
  blanks[0].fill(MASH_START);
  for (const [i, hash] of blanks.entries()) {
    if (i > 0) hash.set(blanks[i - 1] as Float64Array);
    mash(hash, blank, 0, 1);
  }
  const afterPrefix = blanks[2].slice();
  mash(afterPrefix, text, 0, prefix.length);

  return (first, count, draws) => {
    const width = draws.length / count;
    for (let done = 0; done < count; ) {
      const index = first + done;
      const digits = String(index).length;
      const lanes = Math.min(LANES, count - done, 10 ** digits - index);
      const end = prefix.length + digits;
      writeDigits(index, lanes, text, prefix.length, end);
      seeds[0].set(afterPrefix);
      mash(seeds[0], text, prefix.length, end);
      seeds[1].set(seeds[0]);
      mash(seeds[1], text, 0, end);
      seeds[2].set(seeds[1]);
      mash(seeds[2], text, 0, end);
      for (let i = 0; i < 3; i++) subtractFrom(blanks[i] as Float64Array, seeds[i] as Float64Array);
      draw(seeds, lanes, width, draws, done * width);
      done += lanes;
    }
  };
}

/** Generators side by side. */
const LANES = 16;

const WORD = 2 ** 32;
const PER_WORD = 2 ** -32;
const MASH_START = 0xefc8249d;
/** Digits of the largest safe integer. */
const DIGITS_MOST = 16;

function room(): Float64Array {
  return new Float64Array(LANES);
}

/** Takes the characters [from, to) of the texts into their hashes. */
function mash(hashes: Float64Array, text: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    for (let lane = 0; lane < LANES; lane++) {
      let n = (hashes[lane] as number) + (text[i * LANES + lane] as number);
      let h = 0.02519603282416938 * n;
      n = Math.floor(h);
      h -= n;
      h *= n;
      n = Math.floor(h);
      h -= n;
      hashes[lane] = n + h * WORD;
    }
  }
}

/** Hashes become the generators' states: those of blanks less those of the seeds, on the circle [0, 1). */
function subtractFrom(blanks: Float64Array, seeds: Float64Array): void {
  for (let lane = 0; lane < LANES; lane++) {
    const d = ((blanks[lane] as number) >>> 0) * PER_WORD - ((seeds[lane] as number) >>> 0) * PER_WORD;
    seeds[lane] = d < 0 ? d + 1 : d;
  }
}

type Triple = readonly [Float64Array, Float64Array, Float64Array];

/** Draws `width` numbers of each of the first `lanes` generators; the first generator's go to [at], the next one's behind them. */
function draw(states: Triple, lanes: number, width: number, draws: Float64Array, at: number): void {
  for (let lane = 0; lane < lanes; lane += 2) {
    // Two at a time, a and b. Where the last one is odd, b is a lane that nobody asked for: a is written over it.
    let [a0, a1, a2] = [states[0][lane] as number, states[1][lane] as number, states[2][lane] as number];
    let [b0, b1, b2] = [states[0][lane + 1] as number, states[1][lane + 1] as number, states[2][lane + 1] as number];
    let carryA = 1;
    let carryB = 1;
    const toA = at + lane * width;
    const toB = lane + 1 < lanes ? toA + width : toA;
    for (let i = 0; i < width; i++) {
      const a = 2091639 * a0 + carryA * PER_WORD;
      const b = 2091639 * b0 + carryB * PER_WORD;
      carryA = Math.floor(a);
      carryB = Math.floor(b);
      a0 = a1;
      b0 = b1;
      a1 = a2;
      b1 = b2;
      a2 = a - carryA;
      b2 = b - carryB;
      draws[toB + i] = b2;
      draws[toA + i] = a2;
    }
  }
}

/** Writes index, index + 1, ... in decimal digits into the rows [from, to) of the text. */
function writeDigits(index: number, lanes: number, text: Float64Array, from: number, to: number): void {
  for (let lane = 0; lane < lanes; lane++) {
    let left = index + lane;
    for (let i = to - 1; i >= from; i--) {
      const rest = Math.floor(left / 10);
      text[i * LANES + lane] = 48 + (left - 10 * rest);
      left = rest;
    }
  }
}
