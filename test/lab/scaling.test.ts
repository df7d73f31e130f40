import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { loadDemonstrations } from "../../src/demonstrations/store";
import type { ScalingPoint } from "../../src/figures/scaling-figure";
import { Interrupted } from "../../src/lab/long-work";
import {
  crossings,
  decision,
  exponentialBase,
  generation,
  peakMemoryAt,
  powerLaw,
  timesAt,
  trainingPass,
} from "../../src/lab/scaling";
import { sampleStates } from "../../src/mec/states";
import { costTables } from "../../src/mec/tables";
import type { Optimum } from "../../src/optimal/optimal";
import { inputError, naiveOptimum, roundScenario, temporaryFolder } from "../support";

const never = new AbortController().signal;
const pointsOf = (xs: readonly number[], yOf: (x: number, i: number) => number): ScalingPoint[] =>
  xs.map((x, i) => ({ x, y: yOf(x, i) }));

function near(found: number, expected: number, relative = 1e-12): void {
  assert.ok(Math.abs(found - expected) <= relative * Math.abs(expected), `${found} is not ${expected}`);
}

test("an exact power law and an exact exponential are found, with an interval of no width", () => {
  const square = powerLaw(pointsOf([1, 2, 4, 8, 16], (x) => 3 * x ** 2));
  for (const value of [square.rate.value, square.rate.low, square.rate.high]) near(value, 2);
  near(square.factor, 3);
  assert.deepEqual([square.form, square.least, square.most], ["power", 1, 16]);
  const tripling = exponentialBase(pointsOf([2, 3, 5, 9], (x) => 5 * 3 ** x));
  for (const value of [tripling.rate.value, tripling.rate.low, tripling.rate.high]) near(value, 3);
  near(tripling.factor, 5);
  assert.deepEqual([tripling.form, tripling.least, tripling.most], ["exponential", 2, 9]);
});

test("the interval of an exponent is Student's, from the points' distances to the line", () => {
  // Distances 0.1 (1, -1, -1, 1): they do not move the line. 0.04 over 2 degrees of freedom and 5, the squares of -1.5, ..., 1.5.
  const four = powerLaw(
    pointsOf([0, 1, 2, 3].map(Math.exp), (x, i) => x * Math.exp([0.1, -0.1, -0.1, 0.1][i] as number)),
  );
  near(four.rate.value, 1);
  near(four.rate.high - 1, 4.3027 * Math.sqrt(0.04 / 2 / 5), 0.01);
  near(1 - four.rate.low, four.rate.high - 1, 1e-9);
  // Six points: 0.04 over 4 degrees of freedom and 17.5.
  const distances = [0.1, -0.1, 0, 0, -0.1, 0.1];
  const six = exponentialBase(pointsOf([1, 2, 3, 4, 5, 6], (x, i) => Math.exp(x + (distances[i] as number))));
  near(six.rate.value, Math.E);
  near(Math.log(six.rate.high) - 1, 2.7764 * Math.sqrt(0.04 / 4 / 17.5), 0.003);
  near(1 - Math.log(six.rate.low), Math.log(six.rate.high) - 1, 1e-9);
});

test("no law is fitted to too few points, nor to what has no logarithm", () => {
  const three = pointsOf([1, 2, 3, 3], (x) => x);
  assert.throws(() => powerLaw(three), inputError("points are 3 of different x; allowed: at least 4."));
  assert.throws(
    () => exponentialBase(pointsOf([1, 2, 3, 4], (x) => x - 2)),
    inputError("point is (1, -1); allowed: numbers above 0."),
  );
});

test("curves cross where they are equal, between their points and on them, and only where both are", () => {
  // x^2 and 16 are straight on logarithmic axes, whatever their points.
  const square = pointsOf([1, 3, 10], (x) => x ** 2);
  const [crossing, ...more] = crossings(
    square,
    pointsOf([1, 2, 10], () => 16),
  );
  near(crossing?.x as number, 4);
  near(crossing?.y as number, 16);
  assert.equal(more.length, 0);
  assert.deepEqual(
    crossings(
      pointsOf([1, 3], (x) => x ** 2),
      pointsOf([1, 10], () => 16),
    ),
    [],
  );
  assert.deepEqual(
    crossings(
      square,
      pointsOf([1, 3, 10], (x) => x ** 2 + 1),
    ),
    [],
  );
  const onAPoint = crossings(
    pointsOf([1, 2, 4], (x) => x),
    pointsOf([1, 2, 4], () => 2),
  );
  assert.deepEqual(
    onAPoint.map(({ x }) => x),
    [2],
  );
  const wave = pointsOf([1, 2, 4], (_, i) => [1, 4, 1][i] as number);
  const twice = crossings(
    wave,
    pointsOf([1, 4], () => 2),
  ).map(({ x }) => x);
  assert.equal(twice.length, 2);
  near(twice[0] as number, Math.SQRT2);
  near(twice[1] as number, 2 * Math.SQRT2);
});

test("a time is the median of one call at least in each of three rounds, after one that warms up", async (context) => {
  let now = 0;
  context.mock.method(performance, "now", () => now);
  const ended: number[] = [];
  const points = await timesAt(
    "a clock",
    [2, 5],
    (x) => {
      const seconds = [70, 1, 50, 3].map((second) => x * second);
      return {
        call: async () => {
          now += 1000 * (seconds.shift() as number);
        },
        end: () => ended.push(x),
      };
    },
    0,
  );
  assert.deepEqual(points, [
    { x: 2, y: 6 },
    { x: 5, y: 15 },
  ]);
  assert.deepEqual(ended, [2, 5]);
});

test("an interrupt stops the timing of what takes long, says that nothing was kept, and frees it", async () => {
  let ended = 0;
  const timing = timesAt(
    "sleep",
    [1, 2],
    () => ({
      call: () => new Promise((resolve) => setTimeout(resolve, 120)),
      end: () => ended++,
    }),
    60,
  );
  const caught = assert.rejects(timing, (error) => {
    assert.ok(error instanceof Interrupted);
    assert.match(error.message, /^timing of sleep was interrupted; nothing of it was kept, run it again\.$/);
    return true;
  });
  process.emit("SIGINT");
  await caught;
  assert.ok(ended >= 1);
});

test("the exact methods that are timed find the plan that trying all in another way finds", async () => {
  const scenario = roundScenario();
  const states = sampleStates(scenario, "4/scaling", 0, 5);
  const costs = costTables(scenario, states);
  for (const method of ["exhaustive search", "variable elimination", "minimum cut", "optimal"] as const) {
    const { call } = decision(method, scenario, 4);
    for (let k = 0; k < states.count; k++) {
      const found = (await call(never)) as Uint8Array | Optimum;
      const decisions = found instanceof Uint8Array ? found : found.decisions;
      assert.deepEqual([...decisions], naiveOptimum(states.application, costs, k).plan, method);
    }
  }
});

test("the networks that are timed have an answer for each sub-task, and 8 bits nearly the same as 32", () => {
  const scenario = roundScenario({ application: { topology: "chain", subTasks: 9 } });
  const [float32, int8] = (["network, float32", "network, int8"] as const).map((method) =>
    decision(method, scenario, 4),
  );
  let same = 0;
  for (let k = 0; k < 100; k++) {
    const [a, b] = [float32?.call(never), int8?.call(never)] as [Uint8Array, Uint8Array];
    assert.deepEqual([a.length, b.length], [9, 9]);
    same += a.filter((site, task) => site === b[task]).length;
  }
  assert.ok(same >= 0.9 * 900 && same < 900, `${same} of 900 labels`);
  const sums = decision("forward pass, float32", scenario, 4).call(never) as Float32Array;
  assert.equal(sums.length, 27);
});

test("the generation that is timed stores the demonstrations, the same for any number of threads, and takes them away at the end", async () => {
  const folder = temporaryFolder();
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    const costs = [];
    for (const threads of [1, 2]) {
      const { call, end } = generation({ scenario: roundScenario(), seed: 3, count: 12_000, threads });
      await call(never);
      const [made] = fs.readdirSync(folder) as [string];
      costs.push(loadDemonstrations(path.join(folder, made, "train.arrow")).costs);
      end?.();
      assert.deepEqual(fs.readdirSync(folder), []);
    }
    assert.equal(costs[0]?.length, 12_000);
    assert.deepEqual(costs[0], costs[1]);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});

test("a pass over a training set can be stopped", async () => {
  const { call, end } = trainingPass({ scenario: roundScenario(), seed: 1, count: 2000, hidden: [16], threads: 2 });
  await call(never);
  await assert.rejects(async () => call(AbortSignal.abort()), /aborted/);
  end?.();
});

test("peak memory is that of the job: it grows with the network and not with the process that asks", async () => {
  const asker = Buffer.alloc(400e6, 1);
  const points = await peakMemoryAt("width", [8, 1024], (width) => ({
    work: "trainingPass",
    options: { scenario: roundScenario(), seed: 1, count: 512, hidden: [width, width], threads: 1 },
  }));
  const [narrow, wide] = points.map(({ y }) => y) as [number, number];
  // Weights, two moments and a gradient of 1024 x 1024 numbers of 4 bytes.
  assert.ok(wide - narrow > 4 * 4 * 1024 ** 2, `${narrow} and ${wide} bytes`);
  assert.ok(wide < asker.length / 2, `${wide} bytes`);
});
