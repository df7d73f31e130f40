import assert from "node:assert/strict";
import test from "node:test";
import { fallbackAt, fallbackCurve, thresholdFor } from "../../src/evaluation/fallback";

/** Five states whose optimum is 10; the decisions cost 0, 1, 2, 3 and 4 more. State 2 is the least sure, then 4, then 0, 1 and 3 equally. */
const set = { optimum: [10, 10, 10, 10, 10], totals: [10, 11, 12, 13, 14], confidence: [0.9, 0.9, 0.1, 0.9, 0.5] };

test("the least sure states are searched first, by hand", () => {
  const points = fallbackCurve(set, 5);
  assert.deepEqual(
    points.map(({ share }) => share),
    [0, 0.2, 0.4, 0.6, 0.8, 1],
  );
  // 60/50 at first; without state 2 it is 58, without 4 as well 54.
  const costs = points.map(({ relativeCost }) => relativeCost.value);
  assert.deepEqual(costs.slice(0, 3), [60 / 50, 58 / 50, 54 / 50]);
  assert.equal(costs.at(-1), 1);
});

test("what is below a threshold is searched, what is at it is not", () => {
  const { share, relativeCost } = fallbackAt(set, 0.5);
  assert.deepEqual([share, relativeCost.value], [0.2, 58 / 50]);
  // Differences from the ratio: 0, 1, 0, 3, 4 minus 1.6; their variance is 13.2 / 4 = 3.3.
  const reach = (1.959963984540054 * Math.sqrt(3.3 / 5)) / 10;
  assert.ok(Math.abs(relativeCost.high - relativeCost.value - reach) < 1e-12);
});

test("the threshold is the least at which the cost is within the gap, with equally sure states on one side", () => {
  assert.equal(thresholdFor(set, 0.2), 0.1);
  assert.equal(thresholdFor(set, 0.19), 0.5);
  assert.equal(thresholdFor(set, 0.16), 0.5);
  assert.equal(thresholdFor(set, 0.15), 0.9);
  assert.equal(thresholdFor(set, 0.08), 0.9);
  // The three equally sure ones lose 4 of 50 together.
  assert.equal(thresholdFor(set, 0.079), Number.POSITIVE_INFINITY);
  assert.equal(fallbackAt(set, Number.POSITIVE_INFINITY).share, 1);
});
