import assert from "node:assert/strict";
import test from "node:test";
import { type Matrix, standardise, statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { headNamed } from "../../src/learning/heads";
import { plainForward } from "../../src/learning/inference";
import { initialNetwork } from "../../src/learning/network";
import {
  nativeQuantisedForward,
  plainQuantisedForward,
  type QuantisedNetwork,
  quantise,
  webassemblyQuantisedForward,
} from "../../src/learning/quantised";
import { TRAIN_DEFAULTS, train } from "../../src/learning/train";
import { native } from "../../src/native/kernels";
import { loadScenario } from "../../src/scenario/load";

const scenario = loadScenario("paper");
const training = generate({ scenario, seed: 9, split: "train", count: 4000 });
const statistics = statisticsOf(training.features);
const inputs = standardise(training.features, statistics);
const rows = (first: number, count: number): Matrix => ({
  rows: count,
  columns: inputs.columns,
  values: inputs.values.subarray(first * inputs.columns, (first + count) * inputs.columns),
});

for (const [way, make] of [
  ...(native ? [["native code", nativeQuantisedForward] as const] : []),
  ["WebAssembly", webassemblyQuantisedForward],
  ["plain loops", plainQuantisedForward],
] as const) {
  test(`whole numbers small enough for hand arithmetic, in ${way}`, () => {
    const network: QuantisedNetwork = {
      sizes: [2, 2, 1],
      inputFactor: 10,
      layers: [
        // Sums [2x - 3y, x + y], times [0.5, 1] plus [1, 0].
        {
          weights: Int8Array.of(2, 1, -3, 1),
          scales: Float32Array.of(0.5, 1),
          biases: Float32Array.of(1, 0),
        },
        { weights: Int8Array.of(4, -1), scales: Float32Array.of(0.25), biases: Float32Array.of(0.5) },
      ],
    };
    const values = Float32Array.of(0.7, 0.1, -0.31, 0.2, 20, 1);
    // (7, 1): h = [5.5 + 1, 8] -> [6 (even), 8]; (24 - 8) / 4 + 0.5.
    // (-3, 2): h = [-5, -1] -> 0; 0.5.
    // (127, 10), of 200 and 10: h = [113, 137 -> 127]; (452 - 127) / 4 + 0.5.
    assert.deepEqual([...make(network)({ rows: 3, columns: 2, values })], [4.5, 0.5, 81.75]);
  });

  test(`a sum that leaves 16 bits stays at their end, in ${way}`, () => {
    const network: QuantisedNetwork = {
      sizes: [5, 1],
      inputFactor: 1,
      layers: [
        { weights: Int8Array.of(127, 127, 127, 127, -127), scales: Float32Array.of(1), biases: Float32Array.of(0) },
      ],
    };
    const forward = make(network);
    const sumOf = (...values: number[]) => forward({ rows: 1, columns: 5, values: Float32Array.from(values) })[0];
    // 4 x 16129 stops at 32767, from which the last product is taken.
    assert.equal(sumOf(127, 127, 127, 127, 127), 16638);
    assert.equal(sumOf(-127, -127, -127, -127, 0), -32768);
    // 2 x 16129, and 16129 - 16129 beside it: what is not zero goes two by two, and two together do not leave 16 bits.
    assert.equal(sumOf(127, 127, 127, 0, 127), 32258);
    assert.equal(sumOf(127, 0, 127, 127, 127), 32258);
  });
}

test("WebAssembly has the bits of the plain loops, for widths that are not round", () => {
  for (const hidden of [[256, 256], [70, 33], [5], []]) {
    const network = initialNetwork([inputs.columns, ...hidden, 18], `quantised/${hidden}`);
    const quantised = quantise(network, rows(0, 200));
    assert.deepEqual(
      webassemblyQuantisedForward(quantised)(rows(200, 300)),
      plainQuantisedForward(quantised)(rows(200, 300)),
    );
  }
});

test("outputs are those of the network it comes from, within what 8 bits resolve", () => {
  const network = initialNetwork([inputs.columns, 96, 64, 18], "near");
  const outputs = plainForward(network)(rows(1000, 500));
  const near = plainQuantisedForward(quantise(network, rows(0, 1000)))(rows(1000, 500));
  const deviation = Math.sqrt(outputs.reduce((sum, value) => sum + value * value, 0) / outputs.length);
  const error = Math.sqrt(
    outputs.reduce((sum, value, i) => sum + (value - (near[i] as number)) ** 2, 0) / outputs.length,
  );
  // A weight is off by half of 1/127 of the largest at most: a hundredth of the outputs' size when three layers add up.
  assert.ok(error < 0.03 * deviation, `off by ${error} of ${deviation}`);
  assert.ok(error > 0, "it is rounded at all");
});

test("a trained network loses at most half a point of its accuracy", async () => {
  const validation = generate({ scenario, seed: 9, split: "validation", count: 2000 });
  const set = { features: standardise(validation.features, statistics), decisions: validation.decisions };
  const options = { ...TRAIN_DEFAULTS, hidden: [64, 64], batch: 64, epochs: 12 };
  const { network } = await train({ features: inputs, decisions: training.decisions }, set, options);
  const accuracyOf = (outputs: Float32Array) => {
    const decided = headNamed(options.head).decide(outputs);
    return decided.filter((site, i) => site === set.decisions[i]).length / decided.length;
  };
  const before = accuracyOf(plainForward(network)(set.features));
  const after = accuracyOf(webassemblyQuantisedForward(quantise(network, rows(0, 1000)))(set.features));
  assert.ok(before > 0.8, `trained to ${before}`);
  assert.ok(after > before - 0.005, `${before} became ${after}`);
});
