import assert from "node:assert/strict";
import test from "node:test";
import seedrandom from "seedrandom";
import { aleaStreams } from "../../src/mec/alea";

/** What seedrandom itself draws: `width` numbers of each of the generators named first, first + 1, .... */
function drawn(prefix: string, first: number, count: number, width: number): number[] {
  return Array.from({ length: count }, (_, k) => seedrandom.alea(`${prefix}${first + k}`)).flatMap((random) =>
    Array.from({ length: width }, () => random()),
  );
}

function assertSame(prefix: string, first: number, count: number, width: number): void {
  const draws = new Float64Array(count * width);
  aleaStreams(prefix)(first, count, draws);
  assert.deepEqual([...draws], drawn(prefix, first, count, width), `${prefix}${first}, ${count} x ${width}`);
}

test("the streams draw what seedrandom's Alea draws: 20,000 seeds", () => {
  assertSame("1/train/", 0, 20_000, 5);
});

test("long runs of few generators too", () => {
  assertSame("9007199254740991/validation/", 99_998, 5, 5000);
});

test("they do so for any count, whatever is left over of a group", () => {
  for (let count = 1; count <= 70; count++) assertSame("2/test/", 12_345, count, 3);
});

test("they do so where the number of digits changes", () => {
  for (let digits = 1; digits <= 15; digits++) assertSame("7/", Math.max(0, 10 ** digits - 20), 40, 4);
  assertSame("7/", Number.MAX_SAFE_INTEGER - 2, 3, 4);
});

test("they do so for an empty prefix and for one that is not ASCII", () => {
  assertSame("", 0, 50, 4);
  assertSame("graine é 種 🌱/", 0, 50, 4);
});

test("what was drawn before does not matter", () => {
  const draw = aleaStreams("3/");
  const draws = new Float64Array(12);
  draw(995, 6, draws);
  draw(7, 3, draws);
  assert.deepEqual([...draws], drawn("3/", 7, 3, 4));
});
