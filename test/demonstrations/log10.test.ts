import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { log10Float32 } from "../../src/demonstrations/log10";

const expected = (x: number) => Math.fround(Math.log10(x));

test("it is the logarithm rounded to 32 bits: a million numbers from 1 to 10^12, spread evenly over the decades", () => {
  for (let i = 0; i <= 1e6; i++) {
    const x = 10 ** ((12 * i) / 1e6);
    assert.equal(log10Float32(x), expected(x), String(x));
  }
});

test("it is so around powers of ten and of two, and at the ends of the range", () => {
  for (let e = 0; e <= 308; e++) {
    for (const x of [10 ** e, 2 ** e, 10 ** e * (1 + 2 ** -52), 2 ** e * (2 - 2 ** -52)]) {
      assert.equal(log10Float32(x), expected(x), String(x));
    }
  }
  for (const x of [1, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NaN]) {
    assert.equal(log10Float32(x), expected(x), String(x));
  }
});

test("it is so for any number from 1 on", () => {
  fc.assert(
    fc.property(fc.double({ min: 1, noNaN: true }), (x) => assert.equal(log10Float32(x), expected(x))),
    { numRuns: 20_000, seed: 1 },
  );
});

test("it is so where the nearest 32-bit float hangs on the last bits", () => {
  // Numbers whose logarithm is next to the middle between two 32-bit floats.
  for (let i = 0; i < 10_000; i++) {
    const float = Math.fround(3 + i / 10_000);
    const x = 10 ** (float + 2 ** -23);
    for (const near of [x, x * (1 - 2 ** -52), x * (1 + 2 ** -52)]) assert.equal(log10Float32(near), expected(near));
  }
});
