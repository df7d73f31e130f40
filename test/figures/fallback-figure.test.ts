import assert from "node:assert/strict";
import test from "node:test";
import { fallbackFigure } from "../../src/figures/fallback-figure";
import type { PlotlyObject } from "../../src/figures/figure";

const provenance = { software: "dios-lab", version: "0.1.0", seed: 1, scenario: "paper", scenarioHash: "0" } as const;
const point = (share: number, value: number) => ({
  share,
  relativeCost: { value, low: value - 0.25, high: value + 0.25 },
});

test("cost above the optimum against the share that is searched, with the chosen threshold, and the mean time", () => {
  const curves = [
    { name: "margin", points: [point(0, 1.5), point(1, 1)], chosen: point(0.25, 1.25) },
    { name: "chance", points: [point(0, 1.5), point(1, 1)] },
  ];
  const times = [{ name: "network", decideS: 2e-5, searchS: 1e-4 }];
  const { data, table } = fallbackFigure("fallback", "Fallback", curves, times, provenance);
  const [line, mark, chance, time] = data as [PlotlyObject, PlotlyObject, PlotlyObject, PlotlyObject];
  assert.deepEqual([line.x, line.y, line.mode], [[0, 100], [50, 0], "lines"]);
  assert.deepEqual([mark.x, mark.y], [[25], [25]]);
  const { array, arrayminus } = mark.error_y as { array: number[]; arrayminus: number[] };
  assert.deepEqual([array, arrayminus], [[25], [25]]);
  assert.equal(chance.name, "chance");
  const y = time.y as number[];
  assert.deepEqual([time.xaxis, time.yaxis], ["x2", "y2"]);
  // 20 µs, and half of 100 µs where half is searched.
  for (const [per, expected] of [
    [0, 20],
    [50, 70],
    [100, 120],
  ] as const)
    assert.ok(Math.abs((y[per] as number) - expected) < 1e-9);
  assert.deepEqual(table.rows, [
    ["margin", 0, 0.5, 0.25, 0.75, 0],
    ["margin", 1, 0, -0.25, 0.25, 0],
    ["margin", 0.25, 0.25, 0, 0.5, 1],
    ["chance", 0, 0.5, 0.25, 0.75, 0],
    ["chance", 1, 0, -0.25, 0.25, 0],
  ]);
});
