import assert from "node:assert/strict";
import test from "node:test";
import { ratesOf, sampleStates } from "../../src/mec/states";
import { loadScenario } from "../../src/scenario/load";
import { row } from "../support";

/** Throughput of a band of 20 MHz that tells where it comes from; the floor is 0.1523 x 20 MHz = 3.046 Mbit/s. */
const TRACE = Array.from({ length: 40 }, (_, second) => 4e6 + 2.5e6 * second);

function scenarioWith(trace: number[], radio: object = {}) {
  return loadScenario("paper", { radio: { fading: "trace", trace, ...radio } });
}

/** What the whole band carries, by the rate and the grant of each sub-task of state k. */
function throughputs(scenario: ReturnType<typeof loadScenario>, count: number): number[][] {
  const states = sampleStates(scenario, "1/train", 0, count);
  const rates = ratesOf(scenario, states).map((rate, i) => (rate * 256) / (states.subcarriers[i] as number));
  return Array.from({ length: count }, (_, k) => row(rates, k, 6));
}

test("the sub-tasks of a state get their share of consecutive seconds of the trace", () => {
  for (const [k, found] of throughputs(scenarioWith(TRACE), 200).entries()) {
    const start = TRACE.findIndex((bitPerS) => Math.abs(bitPerS / found[0] - 1) < 1e-6);
    assert.ok(start >= 0, `state ${k}: ${found}`);
    for (const [task, bitPerS] of found.entries()) {
      assert.ok(Math.abs(bitPerS / TRACE[start + task] - 1) < 1e-6, `state ${k}, sub-task ${task}`);
    }
  }
});

test("windows begin anywhere from the first second to the last that leaves room", () => {
  const starts = new Map<number, number>();
  for (const found of throughputs(scenarioWith(TRACE), 7000)) {
    const start = Math.round((found[0] - 4e6) / 2.5e6);
    starts.set(start, (starts.get(start) ?? 0) + 1);
  }
  // 35 places; 200 each with a standard deviation of 14.
  assert.deepEqual(
    [...starts.keys()].sort((a, b) => a - b),
    Array.from({ length: 35 }, (_, i) => i),
  );
  assert.ok([...starts.values()].every((count) => Math.abs(count - 200) < 5 * 14));
  assert.deepEqual(
    new Set(throughputs(scenarioWith(TRACE.slice(0, 6)), 20).map((found) => Math.round(found[0]))).size,
    1,
  );
});

test("a gap of the trace is as the floor of flat fading", () => {
  const [found] = throughputs(scenarioWith([0, 1, 3e6, 3.1e6, 0, 5e6]), 1);
  for (const [task, expected] of [3.046e6, 3.046e6, 3.046e6, 3.1e6, 3.046e6, 5e6].entries()) {
    assert.ok(Math.abs(found[task] / expected - 1) < 1e-6, `${task}: ${found[task]}`);
  }
});

test("throughput is kept to a millionth, whatever the mean signal-to-noise ratio is and however high it is", () => {
  for (const meanSnrDb of [-100, 0, 100]) {
    for (const bitPerS of [3.1e6, 2e7, 1e9]) {
      const [found] = throughputs(scenarioWith(new Array(6).fill(bitPerS), { meanSnrDb }), 1);
      for (const value of found)
        assert.ok(Math.abs(value / bitPerS - 1) < 1e-6, `${meanSnrDb} dB, ${bitPerS}: ${value}`);
    }
  }
});

test("all but the gains of a state is as with flat fading, and depends on the seed and its number alone", () => {
  const trace = sampleStates(scenarioWith(TRACE), "1/train", 0, 40);
  const flat = sampleStates(loadScenario("paper"), "1/train", 0, 40);
  for (const name of ["dataBytes", "cyclesPerByte", "subcarriers", "cores", "wiredDelayS"] as const) {
    assert.deepEqual(trace[name], flat[name]);
  }
  const part = sampleStates(scenarioWith(TRACE), "1/train", 30, 10);
  assert.deepEqual([...part.gains], [...trace.gains.subarray(180)]);
  assert.notDeepEqual(sampleStates(scenarioWith(TRACE), "2/train", 0, 40).gains, trace.gains);
});
