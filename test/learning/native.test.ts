import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import seedrandom from "seedrandom";
import { type Matrix, statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { nativeForward, plainForward, webassemblyForward } from "../../src/learning/inference";
import { type LearnerState, startOf } from "../../src/learning/learner";
import { initialNetwork, type Network } from "../../src/learning/network";
import {
  nativeQuantisedForward,
  plainQuantisedForward,
  quantise,
  webassemblyQuantisedForward,
} from "../../src/learning/quantised";
import { TRAIN_DEFAULTS, train, trainingSetOf } from "../../src/learning/train";
import { vectorLearner } from "../../src/learning/vector-learner";
import { native } from "../../src/native/kernels";
import { loadScenario } from "../../src/scenario/load";
import { ROOT } from "../../src/version";
import { buildWithoutNative } from "../support";
import { helpersOf } from "./helpers-of";

// Where there are no native kernels, what is tested in their place is that all goes on without them.
const skip = native ? false : "there are no native kernels here";

/** Random numbers of which a third are zero and a few are -0, as a pruned network and a ReLU have them. */
function numbers(count: number, seed: string): Float32Array {
  const random = seedrandom.alea(seed);
  return Float32Array.from({ length: count }, () => {
    const value = 3 * random() - 1.5;
    return Math.abs(value) < 0.5 ? (value < 0.01 ? 0 : -0) : value;
  });
}

const matrix = (rows: number, columns: number, seed: string): Matrix => ({
  rows,
  columns,
  values: numbers(rows * columns, seed),
});

/** A network some of whose weights are zero. */
const networkOf = (sizes: number[]): Network => {
  const { parameters } = initialNetwork(sizes, `native/${sizes}`);
  return { sizes, parameters: parameters.map((value, i) => (i % 7 === 0 ? 0 : value + 0.01)) };
};

/** Bits as whole numbers, so that 0 and -0 differ. */
const bits = ({ buffer, byteOffset, length }: Float32Array) => new Uint32Array(buffer, byteOffset, length);

const SHAPES = [
  [1, 1],
  [34, 18],
  [3, 5, 2],
  [24, 48, 96],
  [34, 256, 256, 18],
  [70, 5, 130, 97, 3],
  [100, 300, 41],
];
// None, one, blocks of 64 that are full or not, and enough for several threads.
const ROWS = [0, 1, 2, 63, 64, 65, 1500, 2051];

for (const sizes of SHAPES) {
  test(`a network ${sizes.join("-")} has the same outputs natively and in WebAssembly, in all bits`, { skip }, () => {
    const network = networkOf(sizes);
    const [ours, theirs] = [nativeForward(network), webassemblyForward(network)];
    for (const rows of ROWS) {
      const inputs = matrix(rows, sizes[0] as number, `rows/${rows}`);
      assert.deepEqual(bits(ours(inputs)), bits(theirs(inputs)), `${rows} rows`);
    }
  });

  test(`a quantised network ${sizes.join("-")} has the bits of the plain loops and of WebAssembly`, { skip }, () => {
    const columns = sizes[0] as number;
    const quantised = quantise(networkOf(sizes), matrix(50, columns, "calibration"));
    const ways = [nativeQuantisedForward, webassemblyQuantisedForward, plainQuantisedForward].map((way) =>
      way(quantised),
    );
    for (const rows of [0, 1, 65, 1100]) {
      // Five times what it was calibrated with: sums reach the ends of 16 bits.
      const { values, ...shape } = matrix(rows, columns, `quantised/${rows}`);
      const inputs = { ...shape, values: values.map((value) => 5 * value) };
      const [ours, ...others] = ways.map((forward) => forward(inputs));
      for (const theirs of others) assert.deepEqual(ours, theirs, `${rows} rows`);
    }
  });
}

test("natively a network has the outputs of the plain loops, up to rounding", { skip }, () => {
  const network = networkOf([34, 70, 33, 18]);
  const inputs = matrix(300, 34, "plain");
  const theirs = plainForward(network)(inputs);
  const worst = nativeForward(network)(inputs).reduce((most, value, i) => {
    return Math.max(most, Math.abs(value - (theirs[i] as number)));
  }, 0);
  assert.ok(worst < 1e-5, `off by ${worst}`);
});

test("natively a row of features that is not there is refused", { skip }, () => {
  const forward = nativeForward(networkOf([4, 2]));
  assert.throws(() => forward({ rows: 3, columns: 4, values: new Float32Array(11) }), /fewer features/);
});

/** What is learned in some steps, by threads and in native code or not. */
async function learned(
  sizes: readonly number[],
  rows: number,
  threads: number,
  inNative: boolean,
  frozen?: Uint8Array,
): Promise<LearnerState> {
  const start = startOf(networkOf([...sizes]).parameters);
  const learner = vectorLearner(sizes, start, Math.max(rows, 2), { threads, frozen, inNative });
  const inputs = matrix(rows, sizes[0] as number, "learned");
  const targets = Float32Array.from({ length: rows * (sizes.at(-1) as number) }, (_, i) => i % 2);
  try {
    await helpersOf(learner, Math.min(threads, Math.ceil(rows / 128)) - 1);
    for (let step = 0; step < 6; step++) {
      learner.step(inputs, 0.01, (sums) => sums.map((sum, i) => (Math.tanh(sum) - (i % 2)) / rows));
      learner.imitate(inputs, targets, 0.01);
    }
    return learner.read();
  } finally {
    learner.dispose();
  }
}

for (const [sizes, rows] of [
  [[34, 256, 256, 18], 512],
  [[3, 37, 11, 6], 333],
  [[70, 5, 130, 2], 129],
  [[1, 1], 1],
  [[24, 24, 24], 7],
] as const) {
  test(`steps of ${rows} rows with ${sizes.join("-")} learn the same natively and in WebAssembly, in all bits`, {
    skip,
  }, async () => {
    const wanted = await learned(sizes, rows, 1, false);
    for (const threads of [1, 3]) {
      const found = await learned(sizes, rows, threads, true);
      for (const part of ["parameters", "first", "second"] as const) {
        assert.deepEqual(bits(found[part]), bits(wanted[part]), `${part}, ${threads} threads`);
      }
    }
  });
}

test("training leaves the same file of its state natively and in WebAssembly, byte for byte", { skip }, async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-native-"));
  try {
    const { features, decisions } = generate({ scenario: loadScenario("paper"), seed: 3, split: "train", count: 700 });
    const set = trainingSetOf({ features, decisions }, statisticsOf(features));
    const files = [];
    for (const inNative of [true, false]) {
      const checkpoint = path.join(folder, String(inNative));
      await train(set, set, { ...TRAIN_DEFAULTS, hidden: [40, 30], batch: 256, epochs: 3 }, { checkpoint, inNative });
      files.push(fs.readFileSync(checkpoint));
    }
    assert.deepEqual(files[0], files[1]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test("what is frozen stays natively as in WebAssembly", { skip }, async () => {
  const sizes = [5, 30, 4];
  const frozen = networkOf(sizes).parameters.map((_, i) => (i % 3 === 0 ? 1 : 0));
  const [ours, theirs] = (await Promise.all(
    [true, false].map((inNative) => learned(sizes, 100, 1, inNative, Uint8Array.from(frozen))),
  )) as [LearnerState, LearnerState];
  assert.deepEqual(bits(ours.parameters), bits(theirs.parameters));
  assert.equal(ours.parameters[3], networkOf(sizes).parameters[3]);
});

test("where the add-on is not there, WebAssembly trains and decides, with the same bits", () => {
  const folder = buildWithoutNative();
  const script = `
      const { forwardOf } = require("./build/src/learning/inference");
      const { startOf } = require("./build/src/learning/learner");
      const { native } = require("./build/src/native/kernels");
      const { vectorLearner } = require("./build/src/learning/vector-learner");
      const { initialNetwork } = require("./build/src/learning/network");
      const network = initialNetwork([3, 37, 6], "absent");
      const inputs = { rows: 200, columns: 3, values: Float32Array.from({ length: 600 }, (_, i) => Math.sin(i)) };
      const learner = vectorLearner(network.sizes, startOf(network.parameters), 200, { threads: 2 });
      for (let step = 0; step < 3; step++) learner.step(inputs, 0.01, (sums) => sums.map((sum) => sum / 200));
      const { parameters } = learner.read();
      learner.dispose();
      const sums = forwardOf({ sizes: network.sizes, parameters })(inputs);
      console.log(JSON.stringify({ native: native !== undefined, bytes: Buffer.from(sums.buffer).toString("base64") }));`;
  const run = (cwd: string) =>
    JSON.parse(execFileSync(process.execPath, ["-e", script], { cwd, encoding: "utf8" })) as {
      native: boolean;
      bytes: string;
    };
  const [without, here] = [run(folder), run(ROOT)];
  assert.equal(without.native, false);
  assert.equal(here.native, native !== undefined);
  assert.equal(without.bytes, here.bytes);
});
