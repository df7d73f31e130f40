import assert from "node:assert/strict";
import test from "node:test";
import { emptyStates, meanSnr, ratesOf, type States, sampleStates, sliceStates } from "../../src/mec/states";
import { loadScenario } from "../../src/scenario/load";
import { roundScenario } from "../support";

const ARRAYS = ["dataBytes", "cyclesPerByte", "subcarriers", "cores", "gains", "wiredDelayS"] as const;

function arraysOf(states: States) {
  return Object.fromEntries(ARRAYS.map((name) => [name, [...states[name]]]));
}

for (const preset of ["paper", "paper-selective"]) {
  test(`${preset}: state k depends on the seed and k alone`, () => {
    const scenario = loadScenario(preset);
    const whole = sampleStates(scenario, "1/train", 0, 60);
    for (const [first, count] of [
      [0, 1],
      [59, 1],
      [7, 13],
      [20, 40],
    ] as const) {
      const part = sampleStates(scenario, "1/train", first, count);
      assert.deepEqual(arraysOf(part), arraysOf(sliceStates(whole, first, count)));
    }
  });
}

test("another seed, split or k gives another state", () => {
  const scenario = loadScenario("paper");
  const streams = ["1/train", "1/validation", "1/test", "2/train", "11/train"];
  const seen = new Set<number>();
  for (const stream of streams) for (const gain of sampleStates(scenario, stream, 0, 40).gains) seen.add(gain);
  assert.equal(seen.size, streams.length * 40 * 6);
});

test("sampled quantities lie in their ranges and integers reach both ends", () => {
  const scenario = roundScenario({ radio: { subcarriersGranted: [17, 20] } });
  const states = sampleStates(scenario, "1/train", 0, 2000);
  const within = (values: Float32Array, least: number, most: number) =>
    values.every((value) => value >= Math.fround(least) && value <= Math.fround(most));
  assert.ok(within(states.dataBytes, 20e3, 1196e3));
  assert.ok(within(states.cyclesPerByte, 8000, 10200));
  assert.ok(within(states.wiredDelayS, 0.01, 0.02));
  assert.deepEqual([...new Set(states.cores)].sort(), [3, 4]);
  assert.deepEqual([...new Set(states.subcarriers)].sort(), [17, 18, 19, 20]);
  assert.ok(states.gains.every((gain) => gain > 0 && gain < 25));
});

test("a range of one value gives that value", () => {
  const scenario = loadScenario("paper", { application: { dataBytes: [5, 5] }, edge: { coresGranted: [4, 4] } });
  const states = sampleStates(scenario, "1/train", 0, 10);
  assert.ok(states.dataBytes.every((bytes) => bytes === 5));
  assert.ok(states.cores.every((cores) => cores === 4));
});

/** Asserts that the mean of values is `expected` within 4.5 standard errors (a chance of 7 in a million, were the seed not fixed). */
function assertMean(what: string, values: ArrayLike<number>, expected: number, variance: number): void {
  const mean = Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const bound = 4.5 * Math.sqrt(variance / values.length);
  assert.ok(Math.abs(mean - expected) <= bound, `${what}: ${mean}, expected ${expected} within ${bound}`);
}

test("uniform quantities have the moments of the uniform distribution", () => {
  const states = sampleStates(roundScenario(), "1/train", 0, 5000);
  // Mean (a + b) / 2, variance (b - a)^2 / 12; for whole numbers ((b - a + 1)^2 - 1) / 12. Of the square of the standardised
  // uniform u in [-1, 1]: mean 1/3, variance 1/5 - 1/9.
  assertMean("bytes", states.dataBytes, 608e3, 1176e3 ** 2 / 12);
  assertMean(
    "bytes, squared",
    states.dataBytes.map((d) => ((d - 608e3) / 588e3) ** 2),
    1 / 3,
    1 / 5 - 1 / 9,
  );
  assertMean("cycles per byte", states.cyclesPerByte, 9100, 2200 ** 2 / 12);
  assertMean("subcarriers", states.subcarriers, 112, (191 ** 2 - 1) / 12);
  assertMean("cores", states.cores, 3.5, 1 / 4);
  assertMean("wired delay", states.wiredDelayS, 0.015, 0.01 ** 2 / 12);
});

test("gains have the moments of the exponential distribution of mean 1", () => {
  const { gains } = sampleStates(roundScenario({ radio: { fading: "selective" } }), "1/train", 0, 500);
  // E g = 1, var g = 1; E g^2 = 2, var g^2 = 24 - 4; P(g > 1) = 1/e.
  assert.equal(gains.length, 500 * 6 * 18);
  assertMean("gains", gains, 1, 1);
  assertMean(
    "squares",
    gains.map((g) => g ** 2),
    2,
    20,
  );
  assertMean(
    "share above 1",
    gains.map((g) => Number(g > 1)),
    Math.exp(-1),
    Math.exp(-1) * (1 - Math.exp(-1)),
  );
});

test("quantities of different sub-tasks are not correlated", () => {
  const { cyclesPerByte: rho } = sampleStates(roundScenario(), "1/train", 0, 5000);
  const products = Array.from(
    { length: 5000 },
    (_, k) => ((rho[6 * k] - 9100) / 1100) * ((rho[6 * k + 1] - 9100) / 1100),
  );
  assertMean("product", products, 0, 1 / 9);
});

/** One state of one sub-task with this grant and these gains; 10 subcarriers' spacing is 1 MHz. */
function rateOf(fading: "flat" | "selective", granted: number, gains: number[], meanSnrDb = 0): number {
  const scenario = loadScenario("paper", {
    application: { topology: "chain", subTasks: 1 },
    radio: { bandwidthHz: 25.6e6, subcarriers: 256, subcarriersGranted: [1, 30], fading, meanSnrDb },
  });
  const states = emptyStates(scenario, 1);
  states.subcarriers[0] = granted;
  states.gains.set(gains);
  return ratesOf(scenario, states)[0];
}

test("the rate in flat fading is n (B/N) log2(1 + snr g)", () => {
  assert.equal(rateOf("flat", 10, [3]), 10 * 1e5 * 2);
  assert.equal(rateOf("flat", 20, [1.5], 10), 20 * 1e5 * 4);
});

test("the rate in flat fading does not fall below 0.1523 bit/s/Hz", () => {
  assert.ok(Math.abs(rateOf("flat", 10, [0.001]) - 152_300) < 1e-6);
  // log2(1 + g) is above the floor from g = 2^0.1523 - 1 = 0.1113 on.
  assert.ok(rateOf("flat", 10, [0.111]) < 152_300.1);
  assert.ok(rateOf("flat", 10, [0.112]) > 153_000);
});

test("the rate in selective fading sums over blocks of 12 subcarriers, the last one partial", () => {
  // 30 subcarriers: 12 at log2(1 + 1) = 1, 12 at log2(1 + 3) = 2, 6 at log2(1 + 7) = 3: 54 x 1e5.
  assert.equal(rateOf("selective", 30, [1, 3, 7]), 54e5);
  assert.equal(rateOf("selective", 24, [1, 3, 7]), 36e5);
  assert.equal(rateOf("selective", 13, [1, 3, 7]), 14e5);
  assert.equal(rateOf("selective", 1, [1, 3, 7]), 1e5);
  assert.equal(rateOf("selective", 12, [0, 3, 7]), 0, "no floor");
});

test("the mean signal-to-noise ratio is 10^(dB/10)", () => {
  const within = (meanSnrDb: number) => meanSnr(loadScenario("paper", { radio: { meanSnrDb } }));
  assert.equal(within(0), 1);
  assert.equal(within(20), 100);
  assert.equal(within(-10), 0.1);
});

test("the link budget is power less path loss less noise", () => {
  const linkBudget = {
    transmitPowerDbm: 23,
    distanceM: 100,
    pathLossAt1KmDb: 140,
    pathLossExponent: 3.5,
    noiseDbmPerHz: -174,
    noiseFigureDb: 9,
  };
  // At 0.1 km the path loss is 140 - 35 = 105 dB; over 10 MHz (70 dB) the noise is -174 + 9 + 70 = -95 dBm; 23 - 105 + 95 = 13 dB.
  const snr = meanSnr(loadScenario("paper", { radio: { bandwidthHz: 10e6, linkBudget } }));
  assert.ok(Math.abs(snr - 19.952623149688797) < 1e-9, String(snr));
});
