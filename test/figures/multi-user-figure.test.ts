import assert from "node:assert/strict";
import test from "node:test";
import type { PlotlyObject } from "../../src/figures/figure";
import { type CrowdCurves, multiUserFigure } from "../../src/figures/multi-user-figure";

const provenance = { software: "dios-lab", version: "0.1.0", seed: 1, scenario: "paper", scenarioHash: "0" } as const;
const point = (x: number, value: number) => ({ x, y: { value, low: value - 0.5, high: value + 1 } });
const curves: CrowdCurves = {
  users: { greedy: [point(5, 20), point(40, 30)], imitation: [point(5, 0), point(40, 2)] },
  servers: { greedy: [point(1, 10), point(2, 12)] },
};

test("each name is a line in both panels and once in the legend", () => {
  const { data, layout } = multiUserFigure("many", "Many", "Cost", curves, provenance);
  assert.deepEqual(
    data.map(({ name, xaxis, showlegend, x, y }) => [name, xaxis, showlegend, x, y]),
    [
      ["greedy", "x", true, [5, 40], [20, 30]],
      ["imitation", "x", true, [5, 40], [0, 2]],
      ["greedy", "x2", false, [1, 2], [10, 12]],
    ],
  );
  const { array, arrayminus } = (data[0] as PlotlyObject).error_y as { array: number[]; arrayminus: number[] };
  assert.deepEqual(
    [array, arrayminus],
    [
      [1, 1],
      [0.5, 0.5],
    ],
  );
  const axes = layout as unknown as Record<"xaxis" | "xaxis2", { type?: string; tickvals: number[] }>;
  assert.deepEqual([axes.xaxis.type, axes.xaxis2.type], ["log", undefined]);
  assert.deepEqual(
    [axes.xaxis.tickvals, axes.xaxis2.tickvals],
    [
      [5, 40],
      [1, 2],
    ],
  );
});

test("a logarithmic axis leaves out what is not above 0, the table does not", () => {
  const { data, layout, table } = multiUserFigure("many", "Many", "Cost", curves, provenance, true);
  assert.deepEqual(data[1]?.x, [40]);
  const { range } = layout.yaxis as { range: [number, number] };
  assert.ok(range[0] < Math.log10(2) && range[1] > Math.log10(30));
  assert.deepEqual(table.columns, ["policy", "against", "x", "value", "low", "high"]);
  assert.equal(table.rows.length, 6);
  assert.deepEqual(table.rows[2], ["imitation", "users", 5, 0, -0.5, 1]);
});

test("a name that is in the right panel alone is in the legend all the same", () => {
  const { data } = multiUserFigure(
    "many",
    "Many",
    "Cost",
    { users: { a: [] }, servers: { a: [point(1, 2)] } },
    provenance,
  );
  assert.deepEqual(
    data.map(({ name, xaxis, showlegend }) => [name, xaxis, showlegend]),
    [["a", "x2", true]],
  );
});

test("no two of six lines look alike in black and white", () => {
  const users = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`${i}`, [point(5, i + 1)]]));
  const { data } = multiUserFigure("many", "Many", "Cost", { users, servers: {} }, provenance);
  const looks = data.map(({ line, marker }) =>
    JSON.stringify([(line as { dash: string }).dash, (marker as { symbol: string }).symbol]),
  );
  assert.equal(new Set(looks).size, 6);
});
