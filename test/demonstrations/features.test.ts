import assert from "node:assert/strict";
import test from "node:test";
import { encode, featureNames, standardise, statisticsOf } from "../../src/demonstrations/features";
import { emptyStates, sampleStates } from "../../src/mec/states";
import { loadScenario } from "../../src/scenario/load";

test("features of a state, by hand, in the order of their names", () => {
  const scenario = loadScenario("paper", {
    application: { topology: "chain", subTasks: 2 },
    radio: { bandwidthHz: 1.6e6, subcarriers: 16, subcarriersGranted: [1, 16], meanSnrDb: 0 },
  });
  const states = emptyStates(scenario, 1);
  states.dataBytes.set([1e5, 1000, 0]);
  states.cyclesPerByte.set([100, 10_000]);
  states.subcarriers.set([10, 5]);
  states.cores.set([3, 4]);
  states.gains.set([1, 3]); // rates 10 x 1e5 x 1 = 1e6 and 5 x 1e5 x 2 = 1e6
  states.wiredDelayS[0] = 0.25;
  const { rows, columns, values } = encode(scenario, states);
  assert.deepEqual([rows, columns], [1, 12]);
  assert.deepEqual(Object.fromEntries(featureNames(states).map((name, i) => [name, values[i]])), {
    "log10 bytes 0-1": 5,
    "log10 bytes device-0": 3,
    "log10 bytes 1-device": 0, // no data at all counts as one byte
    "log10 cycles per byte 0": 2,
    "log10 cycles per byte 1": 4,
    "log10 rate 0": 6,
    "log10 rate 1": 6,
    "subcarriers 0": 10,
    "subcarriers 1": 5,
    "cores 0": 3,
    "cores 1": 4,
    "wired delay": 0.25,
  });
});

test("there is a name for each column, and no two are the same", () => {
  for (const application of [{ topology: "branches" }, { topology: "forkJoin" }, { topology: "random" }] as const) {
    const scenario = loadScenario("paper", { application });
    const states = sampleStates(scenario, "1/train", 0, 3);
    const names = featureNames(states);
    assert.equal(encode(scenario, states).values.length, 3 * names.length);
    assert.equal(new Set(names).size, names.length);
  }
});

test("the statistics of a column are its mean and its deviation", () => {
  const values = Float32Array.of(1, 10, 3, 10, 5, 10, 7, 10);
  const { mean, deviation } = statisticsOf({ rows: 4, columns: 2, values });
  // 1, 3, 5, 7: mean 4, variance (9 + 1 + 1 + 9) / 4 = 5. A constant column has deviation 1 in place of 0.
  assert.deepEqual(mean, [4, 10]);
  assert.deepEqual(deviation, [Math.sqrt(5), 1]);
  const standardised = standardise({ rows: 4, columns: 2, values }, { mean, deviation }).values;
  assert.deepEqual(
    [...standardised],
    [-3, 0, -1, 0, 1, 0, 3, 0].map((value) => Math.fround(value / Math.sqrt(5))),
  );
});

test("standardised features have mean 0 and deviation 1, and constant ones stay finite", () => {
  const scenario = loadScenario("paper", { wired: { delayS: [0.1, 0.1] }, edge: { coresGranted: [4, 4] } });
  const features = encode(scenario, sampleStates(scenario, "1/train", 0, 2000));
  const { columns, values } = standardise(features, statisticsOf(features));
  for (let column = 0; column < columns; column++) {
    const numbers = [...values].filter((_, i) => i % columns === column);
    const mean = numbers.reduce((sum, value) => sum + value, 0) / 2000;
    const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2000;
    const constant = column >= columns - 7; // cores of 6 sub-tasks and the wired delay
    assert.ok(Math.abs(mean) < 1e-4, `mean of column ${column} is ${mean}`);
    assert.ok(Math.abs(variance - (constant ? 0 : 1)) < 1e-3, `variance of column ${column} is ${variance}`);
  }
});
