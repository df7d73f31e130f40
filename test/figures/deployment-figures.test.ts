import assert from "node:assert/strict";
import test from "node:test";
import { deadlineFigure } from "../../src/figures/deadline-figure";
import { driftFigure } from "../../src/figures/drift-figure";
import type { Figure } from "../../src/figures/figure";
import { type ParetoPoint, paretoFigure } from "../../src/figures/pareto-figure";

const provenance = { software: "dios-lab", version: "0.1.0", seed: 1, scenario: "paper", scenarioHash: "0" } as const;
const around = (value: number) => ({ value, low: value - 0.25, high: value + 0.5 });
const traces = ({ data }: Figure, panel: string) =>
  data.filter(({ xaxis }) => xaxis === panel) as unknown as Record<string, never>[];

test("the Pareto figure has energy against all delays on the left and against execution time on the right", () => {
  const at = (label: string, delay: number, time: number, energy: number): ParetoPoint => {
    return { label, delayS: around(delay), timeS: around(time), energyJ: around(energy) };
  };
  const figure = paretoFigure(
    { OOS: [at("0 s/J", 7, 5, 12), at("1 s/J", 10, 4, 1)] },
    { "OOS, all prices": at("", 9, 4, 4) },
    provenance,
  );
  const [front, single] = traces(figure, "x");
  assert.deepEqual([front?.x, front?.y, front?.mode], [[7, 10], [12, 1], "lines+markers"]);
  assert.deepEqual([single?.x, single?.y, single?.mode], [[9], [4], "markers"]);
  assert.deepEqual(traces(figure, "x2")[0]?.x, [5, 4]);
  const { array, arrayminus } = (front?.error_x ?? {}) as Record<string, number[]>;
  assert.deepEqual(
    [array, arrayminus],
    [
      [0.5, 0.5],
      [0.25, 0.25],
    ],
  );
  assert.deepEqual(figure.table.rows[0]?.slice(0, 5), ["OOS", "0 s/J", 7, 6.75, 7.5]);
});

test("the deadline figure has misses of all schemes on the left, and on the right the costs that depend on the deadline", () => {
  const under = (deadlineS: number, misses: number, cost: number) => {
    return { deadlineS, misses: around(misses), relativeCost: around(cost) };
  };
  const figure = deadlineFigure(
    {
      GOS: [under(4, 0.5, 1.25), under(8, 0.25, 1.25)],
      "OOS within the deadline": [under(4, 0.25, 1.5), under(8, 0, 1)],
    },
    provenance,
  );
  assert.deepEqual(
    traces(figure, "x").map(({ name, x, y }) => [name, x, y]),
    [
      ["GOS", [4, 8], [50, 25]],
      ["OOS within the deadline", [4, 8], [25, 0]],
    ],
  );
  assert.deepEqual(
    traces(figure, "x2").map(({ name, y }) => [name, y]),
    [["OOS within the deadline", [50, 0]]],
  );
});

test("the drift figure has the cost on the left and a curve of alarms for each window on the right", () => {
  const points = [
    { x: -3, gap: 0.25, alarms: { 8: 0.5, 32: 1 } },
    { x: 1, gap: 0.125, alarms: { 8: 0.25, 32: 0.5 } },
  ];
  const figure = driftFigure("drift", "Drift", "dB", points, 1, provenance);
  assert.deepEqual(
    traces(figure, "x").map(({ x, y }) => [x, y]),
    [
      [
        [-3, 1],
        [25, 12.5],
      ],
    ],
  );
  assert.deepEqual(
    traces(figure, "x2").map(({ name, y }) => [name, y]),
    [
      ["windows of 8 states", [50, 25]],
      ["windows of 32 states", [100, 50]],
    ],
  );
  assert.deepEqual(figure.table.columns, ["x", "cost_gap", "alarm_share_8", "alarm_share_32"]);
});
