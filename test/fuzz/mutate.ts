/** A generator of random numbers from 0 to 1, 1 not among them. */
export type Random = () => number;

const below = (random: Random, bound: number): number => Math.floor(random() * bound);

/** One of some. */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)] as T;
}

/** Stands in JSON for a number that JSON.stringify does not write. */
const ENDLESS = "\u0001endless\u0001";

/** Values that readers stumble over. */
const VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    "",
    "x",
    "1",
    "NaN",
    "../../x",
    "\u0000",
    "\u2028",
    "x".repeat(5000),
    "__proto__",
    "constructor",
  ],
  ...[
    0,
    -0,
    1,
    -1,
    2,
    3,
    0.5,
    7,
    199,
    200,
    201,
    65_535,
    65_536,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    1e-308,
    5e-324,
    1e12,
    1e15,
    1e300,
    1.7e308,
  ],
  ...[
    ENDLESS,
    [],
    {},
    [[]],
    [null],
    [0, 0],
    [1, 0],
    { length: 5 },
    { toString: 1, valueOf: 1 },
    new Array(300).fill(0),
  ],
];

const KEYS = ["__proto__", "constructor", "prototype", "toString", "length", "", "name", "config", "layers", "x\ny"];

type Node = Record<string, unknown>;

/** Every place within a value: what holds it, and its key there. */
function placesIn(value: unknown): [holder: Node, key: string][] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Node;
  return Object.keys(holder).flatMap((key) => [[holder, key] as [Node, string], ...placesIn(holder[key])]);
}

/** A JSON text with some of its values replaced, left out, doubled, swapped or moved into each other. */
export function mutatedJson(random: Random, text: string): string {
  const root: Node = { value: JSON.parse(text) };
  for (let times = 1 + below(random, 3); times > 0; times--) {
    const places = placesIn(root);
    if (places.length === 0) break;
    const [holder, key] = pick(random, places);
    const [other, otherKey] = pick(random, places);
    const kind = below(random, 7);
    if (kind <= 1) set(holder, key, structuredClone(pick(random, VALUES)));
    else if (kind === 2) delete holder[key];
    else if (kind === 3)
      set(holder, Array.isArray(holder) ? String(holder.length) : pick(random, KEYS), structuredClone(other[otherKey]));
    else if (kind === 4 && typeof holder[key] === "number")
      set(holder, key, (holder[key] as number) * pick(random, [-1, 0, 0.1, 2, 10, 1e6, 1e-6]));
    else set(holder, key, structuredClone(other[otherKey]));
  }
  return JSON.stringify(root.value ?? null).replaceAll(
    JSON.stringify(ENDLESS),
    pick(random, ["1e999", "-1e999", "1e400"]),
  );
}

/** As an own property, whatever it is called. */
function set(holder: Node, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

const TOKENS =
  "{ } [ ] ( ) \" ' : , ; -> -- = # // /* */ \\ \\u0000 null true NaN Infinity 1e999 -1 0 __proto__ digraph graph subgraph strict node edge label bytes cycles size device \0 \n \r \uFEFF \u001b[31m \ud83d\ude00".split(
    " ",
  );

/** Bytes of which some are turned over, cut out, doubled, replaced by others or by words that mean something to a reader. */
export function mutatedBytes(random: Random, bytes: Buffer, others: readonly Buffer[]): Buffer {
  let result = Buffer.from(bytes);
  for (let times = 1 + below(random, 4); times > 0; times--) {
    const at = below(random, result.length + 1);
    const end = Math.min(result.length, at + below(random, pick(random, [2, 9, 100, 4000])));
    const [head, middle, tail] = [result.subarray(0, at), result.subarray(at, end), result.subarray(end)];
    const kind = below(random, 8);
    if (kind === 0) result = Buffer.concat([head, tail]);
    else if (kind === 1) result = Buffer.concat([head, middle, middle, tail]);
    else if (kind === 2) result = Buffer.concat([head, Buffer.from(pick(random, TOKENS)), tail]);
    else if (kind === 3) {
      const other = pick(random, others);
      const from = below(random, other.length + 1);
      result = Buffer.concat([head, other.subarray(from, from + below(random, 500)), tail]);
    } else if (kind === 4) result = Buffer.from(head);
    else if (kind === 5) result.fill(pick(random, [0, 1, 0x7f, 0x80, 0xff, 0x20]), at, Math.min(end, at + 8));
    else if (at < result.length) result[at] = (result[at] as number) ^ (1 << below(random, 8));
  }
  return result;
}
