const DECIMAL: Record<string, number> = { "": 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const BINARY: Record<string, number> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** What sizes may look like, for messages. */
export const SIZES = "bytes, or a size with its unit such as 1.2 MB, 300 kB, 4 MiB or 800 kbit";

/** What amounts of work may look like, for messages. */
export const WORKS = "cycles, or work with its unit such as 3 Gcycles or 250 Mcycles";

/** The bytes of a size in words, such as "1.2 MB", "4 MiB", "800 kbit" or "500 bytes"; undefined when it has no such unit. */
export function bytesOf(text: string): number | undefined {
  const [, number, prefix = "", unit] = /^\s*([\d.]\S*)\s*([kKMGT]i?)?(B|bytes?|bits?)\s*$/.exec(spaced(text)) ?? [];
  const factor = { ...DECIMAL, ...BINARY }[prefix];
  const value = Number(number);
  if (unit === undefined || factor === undefined || Number.isNaN(value)) return undefined;
  return (value * factor) / (unit.startsWith("bit") ? 8 : 1);
}

/** The cycles of an amount of work in words, such as "3 Gcycles"; undefined when it has no such unit. */
export function cyclesOf(text: string): number | undefined {
  const [, number, prefix = ""] = /^\s*([\d.]\S*)\s*([kKMGT])?cycles?\s*$/.exec(spaced(text)) ?? [];
  const value = Number(number);
  return number === undefined || Number.isNaN(value) ? undefined : value * (DECIMAL[prefix] as number);
}

/** A space between the number and the unit: an exponent belongs to the number. */
function spaced(text: string): string {
  return text.replace(/^(\s*[\d.]+(?:[eE][+-]?\d+)?)/, "$1 ");
}

/** An amount with four digits and a decimal prefix, such as "233.6 MB". */
export function inWords(value: number, unit: string): string {
  const [prefix, factor] = Object.entries(DECIMAL).findLast(([name, size]) => name !== "K" && value >= size) ?? ["", 1];
  return `${Number((value / factor).toPrecision(4))} ${prefix}${unit}`;
}
