import assert from "node:assert/strict";
import test from "node:test";
import type { PlotlyObject } from "../../src/figures/figure";
import { type PolicyPoint, policyComparison } from "../../src/figures/policy-comparison";

const provenance = { software: "dios-lab", version: "0.1.0", seed: 1, scenario: "paper", scenarioHash: "0" } as const;

/** Accuracy and cost over the optimum's, each with an interval of so much on both sides. */
function point(x: number | string, accuracy: number, relativeCost: number, reach = 0.25): PolicyPoint {
  const around = (value: number) => ({ value, low: value - reach, high: value + reach });
  return { x, accuracy: around(accuracy), relativeCost: around(relativeCost) };
}

interface Trace {
  name: string;
  mode: string;
  x: number[];
  y: number[];
  yaxis: string;
  line: { color: string; dash: string };
  marker: { symbol: string; color: string };
  error_y: { array: number[]; arrayminus: number[] };
}

const draw = (policies: Record<string, PolicyPoint[]>, xTitle = "x") => {
  const { data, layout, table } = policyComparison("comparison", "Comparison", xTitle, policies, provenance);
  const panel = (yaxis: string) => (data as unknown as Trace[]).filter((trace) => trace.yaxis === yaxis);
  return { accuracy: panel("y"), cost: panel("y2"), layout: layout as unknown as Record<string, PlotlyObject>, table };
};

test("accuracy and cost above the optimum are in per cent, with their intervals", () => {
  const { accuracy, cost, table } = draw({ DIOS: [point(3, 0.5, 1.5), point(6, 0.75, 2)] });
  assert.deepEqual(
    [accuracy[0]?.x, accuracy[0]?.y],
    [
      [3, 6],
      [50, 75],
    ],
  );
  assert.deepEqual(
    [cost[0]?.x, cost[0]?.y],
    [
      [3, 6],
      [50, 100],
    ],
  );
  for (const { error_y } of [...accuracy, ...cost]) {
    assert.deepEqual(
      [error_y.array, error_y.arrayminus],
      [
        [25, 25],
        [25, 25],
      ],
    );
  }
  assert.deepEqual(table.columns, [
    ...["policy", "x", "accuracy", "accuracy_low", "accuracy_high"],
    ...["cost_gap", "cost_gap_low", "cost_gap_high"],
  ]);
  assert.deepEqual(table.rows, [
    ["DIOS", 3, 0.5, 0.25, 0.75, 0.5, 0.25, 0.75],
    ["DIOS", 6, 0.75, 0.5, 1, 1, 0.75, 1.25],
  ]);
});

test("points at numbers are joined; those at categories stand beside each other, around the category", () => {
  const numbers = draw({ DIOS: [point(3, 0.5, 1.5)], GOS: [point(6, 0.5, 1.5)] });
  assert.ok(numbers.accuracy.every(({ mode }) => mode === "lines+markers"));
  const { accuracy, layout } = draw({
    DIOS: [point("the_long-walk", 0.5, 1.5), point("by bus", 0.5, 1.5)],
    GOS: [point("by bus", 0.5, 1.5)],
    LOS: [point("by bus", 0.5, 1.5), point("the_long-walk", 0.5, 1.5)],
  });
  assert.ok(accuracy.every(({ mode }) => mode === "markers"));
  const [dios, gos, los] = accuracy as [Trace, Trace, Trace];
  assert.deepEqual(gos.x, [1]);
  assert.ok(dios.x[0] < 0 && dios.x[0] > -0.5 && dios.x[1] < 1 && dios.x[1] > 0.5);
  assert.deepEqual(
    los.x.map((x) => Number(x.toFixed(9))),
    [...dios.x].reverse().map((x, i) => 2 * (1 - i) - x),
  );
  assert.deepEqual(layout.xaxis?.tickvals, [0, 1]);
  assert.deepEqual(layout.xaxis?.ticktext, ["the<br>long-<br>walk", "by<br>bus"]);
});

test("costs that are far apart are on a logarithmic axis, where one at the optimum has no place", () => {
  const near = draw({ DIOS: [point(3, 0.9, 1.02)], OOS: [point(3, 1, 1)], GOS: [point(3, 0.5, 1.3)] });
  assert.equal(near.layout.yaxis2?.type, undefined);
  assert.deepEqual(
    near.cost.map(({ y }) => y.length),
    [1, 1, 1],
  );
  const far = draw({ DIOS: [point(3, 0.9, 1.01)], OOS: [point(3, 1, 1)], GOS: [point(3, 0.5, 1.3)] });
  assert.equal(far.layout.yaxis2?.type, "log");
  assert.deepEqual(
    far.cost.map(({ y }) => y.length),
    [1, 0, 1],
  );
  assert.deepEqual(
    far.accuracy.map(({ y }) => y.length),
    [1, 1, 1],
  );
  const [low, high] = (far.layout.yaxis2 as PlotlyObject).range as [number, number];
  assert.ok(low < 0 && high > Math.log10(30), "1 % and 30 % are within the axis");
});

test("schemes keep their look of the other figures, and all are told apart without colour", () => {
  const names = ["DIOS", "message passing", "GOS", "b", "LOS", "c", "EOS", "d", "COS"];
  const { accuracy } = draw(Object.fromEntries(names.map((name) => [name, [point(3, 0.5, 1.5)]])));
  assert.deepEqual([accuracy[0]?.line.color, accuracy[0]?.marker.symbol], ["#0072b2", "square"]);
  assert.equal(new Set(accuracy.map(({ marker }) => marker.symbol)).size, names.length);
  assert.equal(new Set(accuracy.map(({ line }) => line.dash)).size, names.length);
});
