import { Type } from "@sinclair/typebox";
import { InputError, show } from "../../errors";
import { parseJson } from "../../files";
import { checked } from "../explain";
import type { Imported } from "./imported";

/** Throughput that holds for a time. */
interface Piece {
  readonly seconds: number;
  readonly bitPerS: number;
}

const pieces = Type.Array(
  Type.Object({
    duration_ms: Type.Number({ minimum: 0, maximum: 1e9, unit: "ms" }),
    bandwidth_kbps: Type.Number({ minimum: 0, maximum: 1e12, unit: "kbit/s" }),
  }),
);

/** Seconds of a trace; what comes after is too much for a scenario. */
const SECONDS_MOST = 100_000;

/**
 * Reads a throughput trace and gives it a value a second: the mean over that second. Two forms are read: the JSON of the 4G/LTE
 * traces of Ghent university as Sabre and others have it, a list of {duration_ms, bandwidth_kbps}; and text with a line
 * `seconds,Mbit/s` for each change, under a heading or none. A heading may name another unit of throughput.
 */
export function readTrace(text: string, file: string): Imported {
  const json = /^\s*[[{]/.test(text);
  const trace = perSecond(json ? jsonPieces(text, file) : textPieces(text, file), file);
  const mean = trace.reduce((sum, bitPerS) => sum + bitPerS / trace.length, 0);
  const mbit = (bitPerS: number) => (bitPerS / 1e6).toFixed(1);
  return {
    radio: { fading: "trace", trace },
    sources: { "radio.trace": `${file}: throughput, the mean of each second` },
    taken: [
      `${trace.length} seconds of throughput: ${mbit(trace.reduce((a, b) => Math.min(a, b)))} to ${mbit(trace.reduce((a, b) => Math.max(a, b)))} Mbit/s, on average ${mbit(mean)}.`,
    ],
    assumed: [
      "The throughput is that of the whole band, radio.bandwidthHz; a grant of n of the N subcarriers gets n/N of it, and never less than 0.1523 bit/s/Hz.",
    ],
  };
}

function jsonPieces(text: string, file: string): Piece[] {
  return checked(pieces, parseJson(text, file), file).map(({ duration_ms, bandwidth_kbps }) => ({
    seconds: duration_ms / 1e3,
    bitPerS: bandwidth_kbps * 1e3,
  }));
}

const UNITS: Record<string, number> = { "": 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9 };

function textPieces(text: string, file: string): Piece[] {
  let factor: number | undefined;
  const times: number[] = [];
  const rates: number[] = [];
  for (const [index, untrimmed] of text.split(/\r?\n/).entries()) {
    const line = untrimmed.trim();
    if (line === "" || line.startsWith("#")) continue;
    if (factor === undefined) {
      const hasHeading = !/^[-+.\d]/.test(line);
      factor = hasHeading ? unitOf(line, file) : 1e6;
      if (hasHeading) continue;
    }
    const cells = line.split(/\s*[,;\t ]\s*/);
    const [time = Number.NaN, value = Number.NaN] = cells.map((cell) => (cell === "" ? Number.NaN : Number(cell)));
    if (cells.length !== 2 || !Number.isFinite(time) || !(value >= 0 && value <= 1e9)) {
      throw new InputError(
        `${file}, line ${index + 1} is ${show(line)}; allowed: seconds and a throughput, such as 3,17.5.`,
      );
    }
    const before = times.at(-1);
    if (before !== undefined && time <= before) {
      throw new InputError(`${file}, line ${index + 1} is at ${time} s; allowed: later than ${before} s, that before.`);
    }
    times.push(time);
    rates.push(value * factor);
  }
  return times.map((time, index) => {
    // The last one holds as long as the one before.
    const [from, to] = index + 1 < times.length ? [time, times[index + 1]] : [times[index - 1] ?? time - 1, time];
    return { seconds: (to as number) - (from as number), bitPerS: rates[index] as number };
  });
}

/** What the second column's numbers are multiplied with to be bit/s. */
function unitOf(heading: string, file: string): number {
  const [time = "", throughput = "", more] = heading.split(/[,;\t]/);
  const unit = /(?:^|[^a-z])([kMG]?)(?:bits?\/s|bps|bit\/sec)(?:[^a-z]|$)/i.exec(throughput);
  const inSeconds = /^\s*["']?(time|t|seconds?|s)\b/i.test(time) && !/\bms\b|milli|minute/i.test(time);
  if (more !== undefined || !inSeconds || !unit) {
    throw new InputError(
      `${file}: the heading is ${show(heading)}; allowed: time in s and a throughput in bit/s, kbit/s, Mbit/s or Gbit/s.`,
    );
  }
  return UNITS[unit[1] as string] as number;
}

/** The mean of each whole second. */
function perSecond(all: readonly Piece[], file: string): number[] {
  const total = all.reduce((sum, { seconds }) => sum + seconds, 0);
  // Durations in milliseconds add up to a whole second but for rounding.
  const length = Math.floor(total + 1e-6);
  if (length < 1 || length > SECONDS_MOST) {
    throw new InputError(`${file} lasts ${total} s; allowed: 1 to ${SECONDS_MOST} s.`);
  }
  const bits = new Array<number>(length).fill(0);
  let from = 0;
  for (const { seconds, bitPerS } of all) {
    const to = from + seconds;
    for (let second = Math.floor(from); second < Math.min(to, length); second++) {
      const overlap = Math.min(to, second + 1) - Math.max(from, second);
      bits[second] = (bits[second] as number) + overlap * bitPerS;
    }
    from = to;
  }
  return bits.map(Math.round);
}
