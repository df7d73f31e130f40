import assert from "node:assert/strict";
import test from "node:test";
import { type CompressionPoint, compressionFigure, paretoFront } from "../../src/figures/compression-figure";
import type { PlotlyObject } from "../../src/figures/figure";

const provenance = { software: "dios-lab", version: "0.1.0", seed: 1, scenario: "paper", scenarioHash: "0" } as const;

function point(more: Partial<CompressionPoint> = {}): CompressionPoint {
  return {
    technique: "whole",
    detail: "256-256",
    precision: "float32",
    weights: 100,
    bytes: 300_000,
    latencyS: 8e-6,
    accuracy: { value: 0.98, low: 0.9775, high: 0.9825 },
    relativeCost: { value: 1.01, low: 1.005, high: 1.015 },
    ...more,
  };
}

const points = [
  point(),
  point({ precision: "int8", bytes: 70_000, latencyS: 5e-6, accuracy: { value: 0.97, low: 0.96, high: 0.98 } }),
  // Worse and not smaller than the one above.
  point({ technique: "pruned", detail: "80 %", bytes: 80_000, accuracy: { value: 0.96, low: 0.95, high: 0.97 } }),
  point({
    ...{ technique: "small", detail: "16-16", bytes: 5000, latencyS: 3e-6, weights: 7 },
    accuracy: { value: 0.9, low: 0.89, high: 0.91 },
    relativeCost: { value: 1.05, low: 1.04, high: 1.06 },
  }),
];
const figure = compressionFigure(points, provenance);
const panel = (name: string, xaxis: string) =>
  figure.data.find((trace) => trace.name === name && trace.xaxis === xaxis) as PlotlyObject;
const near = (values: unknown, wanted: number[]) => {
  assert.equal((values as number[]).length, wanted.length);
  for (const [i, value] of wanted.entries()) assert.ok(Math.abs((values as number[])[i] - value) < 1e-9, `${values}`);
};

test("the front has what nothing else beats in both, by ascending x", () => {
  const at = (x: number, y: number) => ({ x, y });
  const given = [at(3, 1), at(1, 4), at(2, 4), at(2, 2), at(4, 2), at(3, 2), at(1, 5)];
  assert.deepEqual(paretoFront(given), [at(1, 4), at(2, 2), at(3, 1)]);
  assert.deepEqual(paretoFront([]), []);
});

test("each panel has its points in the units of its axes, and its own front", () => {
  near(panel("Pareto front", "x").x, [5, 70, 300]);
  near(panel("Pareto front", "x").y, [10, 3, 2]);
  near(panel("Pareto front", "x2").x, [3, 5, 8]);
  // The quantised one costs as much as the whole one, which is larger.
  near(panel("Pareto front", "x3").x, [5, 70]);
  near(panel("Pareto front", "x3").y, [5, 1]);
  near(panel("pruned", "x").x, [80]);
  near(panel("whole, int8", "x4").x, [5]);
  near(panel("whole, int8", "x4").y, [1]);
  near((panel("whole", "x").error_y as { arrayminus: number[] }).arrayminus, [0.25]);
});

test("open markers are whole numbers, and the legend has what there is, once", () => {
  const symbol = (name: string) => (panel(name, "x").marker as { symbol: string }).symbol;
  assert.equal(symbol("whole, int8"), `${symbol("whole")}-open`);
  assert.deepEqual(
    figure.data.filter(({ showlegend }) => showlegend).map(({ name }) => name),
    ["Pareto front", "whole", "whole, int8", "pruned", "small"],
  );
});

test("the table has every number", () => {
  assert.equal(figure.table.rows.length, points.length);
  const row = figure.table.rows[3] as (number | string)[];
  assert.deepEqual(row.slice(0, 9), ["small", "16-16", "float32", 7, 5000, 3e-6, 0.9, 0.89, 0.91]);
  near(row.slice(9), [0.05, 0.04, 0.06]);
  assert.equal(row.length, figure.table.columns.length);
});
