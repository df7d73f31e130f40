import assert from "node:assert/strict";
import test from "node:test";
import seedrandom from "seedrandom";
import { type Estimate, meanOf, ratioOf, reductionOf } from "../../src/evaluation/estimate";

function assertEstimate({ value, low, high }: Estimate, expected: number, halfWidth: number): void {
  for (const [actual, wanted] of [
    [value, expected],
    [low, expected - halfWidth],
    [high, expected + halfWidth],
  ]) {
    assert.ok(Math.abs(actual - wanted) < 1e-6, `${[value, low, high]}, expected ${expected} ± ${halfWidth}`);
  }
}

test("meanOf is the mean with 1.96 standard errors on each side", () => {
  // 1, 2, 3, 6: mean 3, variance (4 + 1 + 0 + 9) / 3 = 14/3, standard error sqrt(14/12) = 1.0801234; x 1.9599640 = 2.1170031.
  assertEstimate(meanOf([1, 2, 3, 6]), 3, 2.1170031);
  assertEstimate(meanOf(Float64Array.of(5, 5, 5)), 5, 0);
  assertEstimate(meanOf([7]), 7, 0);
});

test("ratioOf has the interval of the delta method", () => {
  // Means 3 and 4: 0.75. Residuals a - 0.75 b: -0.5, -1, -1.5, 3: variance 12.5 / 3; standard error sqrt(12.5/12) / 4 = 0.2551552.
  assertEstimate(ratioOf([1, 2, 3, 6], [2, 4, 6, 4]), 0.75, 0.5000949);
});

test("reductionOf is one minus the ratio", () => {
  assertEstimate(reductionOf([1, 2, 3, 6], [2, 4, 6, 4]), 0.25, 0.5000949);
});

test("where one is the same multiple of the other in each pair, the ratio is exact", () => {
  assertEstimate(ratioOf([2, 20, 14], [1, 10, 7]), 2, 0);
});

test("the 95 % intervals of the mean and of the reduction cover the truth in 95 % of 2,000 experiments", () => {
  const random = seedrandom.alea("coverage");
  const exponential = () => -Math.log(random() + 2 ** -33);
  let mean = 0;
  let reduction = 0;
  for (let experiment = 0; experiment < 2000; experiment++) {
    // Costs of two schemes on the same 300 states, with something in common: means 3 and 4, so the reduction is 1/4.
    const common = Float64Array.from({ length: 300 }, exponential);
    const a = common.map((x) => 2 * x + exponential());
    const b = common.map((x) => 2 * x + 2 * exponential());
    mean += covers(meanOf(a), 3) / 2000;
    reduction += covers(reductionOf(a, b), 0.25) / 2000;
  }
  // Standard deviation of a coverage sqrt(0.95 x 0.05 / 2000) = 0.005; skewness takes up to another 0.005.
  for (const coverage of [mean, reduction]) assert.ok(Math.abs(coverage - 0.95) < 0.02, `${coverage}`);
});

function covers({ low, high }: Estimate, truth: number): number {
  return low <= truth && truth <= high ? 1 : 0;
}
