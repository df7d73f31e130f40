import { nativeFor } from "../native/kernels";

/**
 * The generators that `seedrandom.alea` makes of the texts `${prefix}0`, `${prefix}1`, `${prefix}2`, ...: the function that is
 * returned fills `draws`, [count x width], with the first numbers, uniform on [0, 1), of those numbered first, first + 1, ....
 * The algorithm is Johannes Baagøe's Alea with his hash Mash (2010), as in seedrandom 3, number for number.
 *
 * Each step waits for the one before, so several generators go side by side: a processor then works on them at the same time.
 */
export function aleaStreams(prefix: string): (first: number, count: number, draws: Float64Array) => void {
  const { characters, hashes } = hashedPrefix(prefix);
  const [first, second, third, afterPrefix] = Array.from(hashes, (hash) => room().fill(hash));
  const blanks = [first, second, third];
  const seeds = [room(), room(), room()] as const;
  // Row i holds character i of each generator's text; the digits come after the prefix.
  const text = new Float64Array((prefix.length + DIGITS_MOST) * LANES);
  text.set(rowsOf(characters));

  return (first, count, draws) => {
    const kernels = nativeFor(count);
    if (kernels) {
      kernels.drawStreams(characters, hashes, Float64Array.of(first, count), draws);
      return;
    }
    const width = draws.length / count;
    for (let done = 0; done < count; ) {
      const index = first + done;
      const digits = String(index).length;
      const lanes = Math.min(LANES, count - done, 10 ** digits - index);
      const end = prefix.length + digits;
      writeDigits(index, lanes, text, prefix.length, end);
      seeds[0].set(afterPrefix as Float64Array);
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

/**
 * The characters of a prefix, and what hashes begin with: those of one, two and three blanks, and what the third becomes after the prefix.
 */
export function hashedPrefix(prefix: string): { characters: Uint16Array; hashes: Float64Array } {
  const characters = Uint16Array.from({ length: prefix.length }, (_, i) => prefix.charCodeAt(i));
  const blank = rowsOf(Uint16Array.of(BLANK));
  const hash = room().fill(MASH_START);
  const hashes = [blank, blank, blank, rowsOf(characters)].map((text) => {
    mash(hash, text, 0, text.length / LANES);
    return hash[0] as number;
  });
  return { characters, hashes: Float64Array.from(hashes) };
}

/** Characters as rows of a text that is the same for all generators. */
function rowsOf(characters: Uint16Array): Float64Array {
  return Float64Array.from(
    { length: characters.length * LANES },
    (_, i) => characters[Math.floor(i / LANES)] as number,
  );
}

/** Generators side by side. */
const LANES = 16;

const WORD = 2 ** 32;
const PER_WORD = 2 ** -32;
const MASH_START = 0xefc8249d;
const BLANK = 0x20;
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
