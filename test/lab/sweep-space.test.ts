import assert from "node:assert/strict";
import test from "node:test";
import { axisOfText, runOptionsOf, type SweepSpace, sweepOptions, trialsOf } from "../../src/lab/sweep-space";
import { inputError } from "../support";

test("a grid has all combinations, the last varying fastest", () => {
  assert.deepEqual(trialsOf({ space: { layers: [1, 2], head: ["sigmoid", "softmax"] } }), [
    { layers: 1, head: "sigmoid" },
    { layers: 1, head: "softmax" },
    { layers: 2, head: "sigmoid" },
    { layers: 2, head: "softmax" },
  ]);
});

const space: SweepSpace = {
  layers: [1, 2, 3],
  width: { low: 16, high: 256, scale: "log" },
  learningRate: { low: 1e-4, high: 1e-2, scale: "log" },
  epochs: { low: 1, high: 9 },
};

test("random trials lie in the space, whole numbers where the option is one", () => {
  const trials = trialsOf({ space, trials: 400, seed: 3 });
  assert.equal(trials.length, 400);
  const values = (name: "layers" | "width" | "learningRate" | "epochs") => trials.map((trial) => trial[name] as number);
  assert.deepEqual([...new Set(values("layers"))].sort(), [1, 2, 3]);
  assert.deepEqual([...new Set(values("epochs"))].sort(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.ok(values("width").every((width) => Number.isInteger(width) && width >= 16 && width <= 256));
  assert.ok(values("learningRate").every((rate) => rate >= 1e-4 && rate <= 1e-2));
  // Half of the draws are below the geometric mean of the ends: 64 and 0.001.
  const below = (numbers: number[], middle: number) => numbers.filter((value) => value < middle).length / 400;
  assert.ok(Math.abs(below(values("width"), 64) - 0.5) < 0.1);
  assert.ok(Math.abs(below(values("learningRate"), 1e-3) - 0.5) < 0.1);
});

test("the same seed gives the same trials, another others, and more trials go on where fewer ended", () => {
  const ten = trialsOf({ space, trials: 10, seed: 3 });
  assert.deepEqual(trialsOf({ space, trials: 10, seed: 3 }), ten);
  assert.deepEqual(trialsOf({ space, trials: 20, seed: 3 }).slice(0, 10), ten);
  assert.notDeepEqual(trialsOf({ space, trials: 10, seed: 4 }), ten);
});

test("layers and width become hidden layers; what is not varied is that of all trials", () => {
  assert.deepEqual(runOptionsOf({ layers: 3, width: 20, batch: 64 }, { epochs: 5 }), {
    epochs: 5,
    batch: 64,
    hidden: [20, 20, 20],
  });
  assert.deepEqual(runOptionsOf({ width: 20 }, { hidden: [8, 8, 8] }).hidden, [20, 20, 20]);
  assert.deepEqual(runOptionsOf({ layers: 1 }, { hidden: [8, 8, 8] }).hidden, [8]);
  assert.deepEqual(runOptionsOf({ head: "softmax" }, { hidden: [8, 4] }), { head: "softmax", hidden: [8, 4] });
});

test("values and ranges are read as one types them", () => {
  assert.deepEqual(axisOfText("1, 2,3"), [1, 2, 3]);
  assert.deepEqual(axisOfText("sigmoid, softmax"), ["sigmoid", "softmax"]);
  assert.deepEqual(axisOfText("16 to 256 log"), { low: 16, high: 256, scale: "log" });
  assert.deepEqual(axisOfText(" 1e-4 to 0.1, log "), { low: 1e-4, high: 0.1, scale: "log" });
  assert.deepEqual(axisOfText("1 to 9"), { low: 1, high: 9, scale: "linear" });
  assert.equal(axisOfText("  "), undefined);
});

const WRONG: [given: unknown, ...parts: string[]][] = [
  [[], "the sweep is []", "space, trials, seed, options"],
  [{ space: { width: [8] }, trails: 3 }, 'the sweep has "trails"', "trials"],
  [{}, "space is undefined", "layers, width"],
  [{ space: {} }, "space is empty"],
  [{ space: { widht: [8] } }, 'space has "widht"', "width"],
  [{ space: { width: [] } }, "space.width is empty"],
  [{ space: { width: ["8"] } }, 'space.width holds "8"', "numbers"],
  [{ space: { head: ["tanh"] } }, 'space.head holds "tanh"', "literal, sigmoid, softmax"],
  [{ space: { head: { low: 1, high: 2 } } }, "space.head is not a list"],
  [{ space: { width: { low: 9, high: 8 } } }, "space.width is from 9 to 8"],
  [{ space: { width: { low: 8, high: 9, scale: "cubic" } } }, 'scale is "cubic"', "linear, log"],
  [{ space: { width: { low: 0, high: 9, scale: "log" } } }, "space.width.low is 0", "above 0"],
  [{ space: { width: [8] }, options: { epochs: "5" } }, 'options.epochs holds "5"', "number"],
  [{ space: { width: [8] }, options: { hidden: 5 } }, "options.hidden is 5", "list"],
  [{ space: { width: { low: 8, high: 9 } } }, "space.width is a range", "trials"],
  [{ space: { width: [8] }, trials: 0 }, "trials is 0", "from 1"],
];

for (const [given, ...parts] of WRONG) {
  test(`the sweep ${JSON.stringify(given)} is refused in one sentence`, () => {
    assert.throws(() => trialsOf(sweepOptions(given)), inputError(...parts));
  });
}
