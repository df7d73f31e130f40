import assert from "node:assert/strict";
import test from "node:test";
import { type CmaEsState, populationSize, startCmaEs, stepCmaEs } from "../../src/calibration/cma-es";

type Objective = (point: readonly number[]) => number;

async function minimise(objective: Objective, n: number, generations: number, seed = "seed"): Promise<CmaEsState> {
  let state = startCmaEs(new Array(n).fill(0.5), 0.3);
  for (let i = 0; i < generations; i++) state = await stepCmaEs(state, seed, async (points) => points.map(objective));
  return state;
}

/** Squared distance from 0.3 in every parameter. */
const sphere: Objective = (x) => x.reduce((sum, v) => sum + (v - 0.3) ** 2, 0);

/** Axes whose lengths differ by a factor of 1000, around 0.7. */
const ellipsoid: Objective = (x) => x.reduce((sum, v, i) => sum + 10 ** ((6 * i) / (x.length - 1)) * (v - 0.7) ** 2, 0);

/** Rosenbrock's curved valley, with its minimum 0 at (1, ..., 1), on [-2, 2] scaled to the unit cube. */
const rosenbrock: Objective = (point) => {
  const x = point.map((v) => 4 * v - 2);
  return x.slice(1).reduce((sum, next, i) => {
    const v = x[i] as number;
    return sum + 100 * (next - v * v) ** 2 + (1 - v) ** 2;
  }, 0);
};

test("the minima of known functions are found", async () => {
  assert.ok((await minimise(sphere, 10, 400)).best.value < 1e-12);
  assert.ok((await minimise(ellipsoid, 8, 500)).best.value < 1e-9);
  const { best } = await minimise(rosenbrock, 5, 500);
  assert.ok(best.value < 1e-9);
  for (const v of best.point) assert.ok(Math.abs(v - 0.75) < 1e-4, `${v} stands for ${4 * v - 2}, not 1`);
});

test("a minimum on the edge of the unit cube is found, and no point outside is asked for", async () => {
  let outside = 0;
  const { best } = await minimise(
    (x) => {
      outside += x.filter((v) => v < 0 || v > 1).length;
      return x.reduce((sum, v) => sum + v, 0);
    },
    5,
    200,
  );
  assert.equal(outside, 0);
  assert.ok(best.value < 1e-3);
});

test("noise does not keep it from the neighbourhood of the minimum", async () => {
  let calls = 0;
  // A deterministic ripple of 0.01, which has a new phase in each call.
  const { mean } = await minimise((x) => sphere(x) + 0.01 * Math.sin(1000 * ++calls), 6, 150);
  assert.ok(sphere(mean) < 0.02);
});

test("the same seed gives the same search, another seed another, and a search goes on from its JSON", async () => {
  const whole = await minimise(rosenbrock, 4, 40);
  assert.deepEqual(await minimise(rosenbrock, 4, 40), whole);
  assert.notDeepEqual((await minimise(rosenbrock, 4, 40, "other")).mean, whole.mean);
  let state = await minimise(rosenbrock, 4, 15);
  state = JSON.parse(JSON.stringify(state));
  for (let i = 15; i < 40; i++) state = await stepCmaEs(state, "seed", async (points) => points.map(rosenbrock));
  assert.deepEqual(state, whole);
});

test("a generation has 4 + 3 ln n points, as in Hansen's tutorial", () => {
  // 3 ln 10 = 6.9; 3 ln 20 = 8.99
  assert.equal(populationSize(10), 10);
  assert.equal(populationSize(20), 12);
});
