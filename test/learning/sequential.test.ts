import assert from "node:assert/strict";
import test from "node:test";
import { generate } from "../../src/demonstrations/generate";
import { allPairs, costInTurn, decideInTurn, observations, sequentialSet } from "../../src/learning/sequential";
import { loadScenario } from "../../src/scenario/load";
import { naiveTotal, row } from "../support";

const features = { rows: 2, columns: 2, values: Float32Array.of(0.5, -1, 7, 8) };

test("an observation holds the features, the sub-task that is up, and the sites of those before it", () => {
  const plans = Uint8Array.of(2, 1, 0, 0, 2, 1);
  const { rows, columns, values } = observations(features, plans, [
    { row: 0, task: 0 },
    { row: 1, task: 2 },
  ]);
  assert.deepEqual([rows, columns], [2, 2 + 3 + 9]);
  assert.deepEqual(row(values, 0, 14), [0.5, -1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(row(values, 1, 14), [7, 8, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0]);
});

test("all pairs go state by state", () => {
  assert.deepEqual(
    allPairs(2, 2).map(({ row, task }) => [row, task]),
    [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
  );
});

test("each decision is the largest sum, and is seen in those that follow", () => {
  // Prefers the edge first, and then the site after that of the sub-task before; the first feature shifts the first choice.
  const forward = (seen: { rows: number; columns: number; values: Float32Array }) =>
    Float32Array.from({ length: seen.rows * 3 }, (_, i) => {
      const own = row(seen.values, Math.floor(i / 3), seen.columns);
      const task = own.slice(2, 5).indexOf(1);
      const before =
        task === 0 ? ((own[0] as number) > 1 ? 1 : 0) : own.slice(5 + 3 * (task - 1), 5 + 3 * task).indexOf(1);
      return i % 3 === (before + 1) % 3 ? 1 : 0;
    });
  assert.deepEqual([...decideInTurn(forward, features, 3)], [1, 2, 0, 2, 0, 1]);
});

test("the cost in turn is the mean total of what is decided", () => {
  const scenario = loadScenario("paper", { application: { topology: "chain", subTasks: 3 } });
  const set = sequentialSet(generate({ scenario, seed: 1, split: "train", count: 3 }));
  const allCloud = ({ rows }: { rows: number }) =>
    Float32Array.from({ length: 3 * rows }, (_, i) => (i % 3 === 2 ? 1 : 0));
  const totals = [0, 1, 2].map((k) => naiveTotal(set.states.application, set.costs, k, [2, 2, 2]));
  const mean = totals.reduce((sum, total) => sum + total) / 3;
  assert.ok(Math.abs(costInTurn(allCloud, set) - mean) < 1e-9);
});
