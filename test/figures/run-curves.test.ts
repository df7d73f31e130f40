import assert from "node:assert/strict";
import test from "node:test";
import { MOST_CURVES, type RunEpoch, runCurves } from "../../src/figures/run-curves";

const provenance = { software: "dios-lab", version: "0.1.0", seed: 1, scenario: "paper", scenarioHash: "0" } as const;
const epoch = (number: number): RunEpoch => ({
  epoch: number,
  trainLoss: 0.5 / number,
  trainAccuracy: 0.9,
  validationLoss: 0.6 / number,
  validationAccuracy: 0.8,
  costGap: 0.05 / number,
});
const history = [epoch(1), epoch(2)];

/** Curves of a panel by name. */
function panel(runs: { name: string; history: RunEpoch[] }[], y: string) {
  const { data } = runCurves(runs, provenance);
  return data.filter(({ yaxis }) => yaxis === y).map(({ name, x, y }) => ({ name, x, y }));
}

test("runs are drawn on the validation set: loss, labels right and cost gap in per cent, against the epoch", () => {
  const runs = ["a", "b"].map((name) => ({ name, history }));
  const expected = (y: number[]) => ["a", "b"].map((name) => ({ name, x: [1, 2], y }));
  assert.deepEqual(panel(runs, "y"), expected([0.6, 0.3]));
  assert.deepEqual(panel(runs, "y2"), expected([80, 80]));
  assert.deepEqual(panel(runs, "y3"), expected([5, 2.5]));
});

test("a single run has its curves on the training set beside those on the validation set", () => {
  assert.deepEqual(panel([{ name: "only", history }], "y"), [
    { name: "validation", x: [1, 2], y: [0.6, 0.3] },
    { name: "training", x: [1, 2], y: [0.5, 0.25] },
  ]);
  assert.equal(panel([{ name: "only", history }], "y3").length, 1);
});

test("no two runs look alike in black and white", () => {
  const runs = Array.from({ length: MOST_CURVES + 2 }, (_, i) => ({ name: `run ${i}`, history }));
  const { data, table } = runCurves(runs, provenance);
  const looks = data
    .filter(({ yaxis }) => yaxis === "y")
    .map(({ line, marker }) => {
      return `${(line as { dash: string }).dash} ${(marker as { symbol: string }).symbol}`;
    });
  assert.equal(looks.length, MOST_CURVES);
  assert.equal(new Set(looks).size, MOST_CURVES);
  assert.equal(table.rows.length, 2 * MOST_CURVES);
});

test("the legend names each run once, long names cut, and without a run the panels are empty", () => {
  const name = "a-name-of-far-more-than-twenty-two-characters";
  const { data } = runCurves(
    [
      { name, history },
      { name: "b", history },
    ],
    provenance,
  );
  assert.deepEqual(
    data.filter(({ showlegend }) => showlegend).map((curve) => curve.name),
    ["a-name-of-far-more-th…", "b"],
  );
  assert.deepEqual(
    runCurves([], provenance).data.map(({ yaxis }) => yaxis),
    ["y", "y2", "y3"],
  );
});
