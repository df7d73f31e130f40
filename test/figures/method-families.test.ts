import assert from "node:assert/strict";
import test from "node:test";
import type { PlotlyObject } from "../../src/figures/figure";
import { type MethodRow, methodFamiliesFigure } from "../../src/figures/method-families";

const provenance = { software: "dios-lab", version: "0.1.0", seed: 1, scenario: "paper", scenarioHash: "0" } as const;
const exact = { value: 0, low: 0, high: 0 };

function row(method: string, subTasks: number, more: Partial<MethodRow> = {}): MethodRow {
  return {
    family: "DIL",
    method,
    subTasks,
    states: 100,
    accuracy: { value: 0.9, low: 0.875, high: 0.925 },
    costAbove: { value: 0.01, low: 0.005, high: 0.015 },
    offlineS: 20,
    onlineS: 8e-6,
    memoryBytes: 300_000,
    ...more,
  };
}

const search = { family: "traditional", costAbove: exact, offlineS: 0 } as const;
const rows = [
  row("search", 3, { ...search, onlineS: 1e-5, memoryBytes: 200 }),
  row("search", 6, { ...search, onlineS: 1e-2, memoryBytes: 500 }),
  row("network", 3),
  row("network", 6, { onlineS: 9e-6 }),
  row("network", 9, { costAbove: { value: 0.02, low: -0.01, high: 0.05 } }),
];
const figure = methodFamiliesFigure(rows, provenance);
const layout = figure.layout as unknown as Record<
  string,
  { title: { text: string }; type?: string; ticktext: string[] }
>;

/** The traces of one panel, by method. */
function panel(title: string): Record<string, { x: number[]; y: (number | null)[]; error_y: PlotlyObject }> {
  const name = Object.keys(layout).find((key) => key.startsWith("yaxis") && layout[key]?.title.text.startsWith(title));
  const yaxis = `y${name?.slice("yaxis".length)}`;
  return Object.fromEntries(
    figure.data.filter((trace) => trace.yaxis === yaxis).map((trace) => [trace.name, trace]),
  ) as never;
}

test("each panel has every method at the numbers of sub-tasks that it was measured at, in the unit of its axis", () => {
  const online = panel("Online time, one state (µs)");
  assert.deepEqual(online.search?.x, [3, 6]);
  assert.deepEqual(online.network?.x, [3, 6, 9]);
  for (const [i, value] of [10, 10_000].entries())
    assert.ok(Math.abs((online.search?.y[i] as number) / value - 1) < 1e-12);
  assert.deepEqual(panel("Decisions").network?.y, [90, 90, 90]);
  assert.deepEqual(panel("Memory (kB)").search?.y, [0.2, 0.5]);
  assert.deepEqual(panel("Offline time (s)").network?.y, [20, 20, 20]);
});

test("what is 0 is left out of a logarithmic axis, and an interval that reaches below 0 has no lower bar there", () => {
  const cost = panel("Cost above the optimum (%)");
  assert.deepEqual(cost.search?.y, [null, null]);
  assert.deepEqual(cost.network?.y, [1, 1, 2]);
  assert.deepEqual(cost.network?.error_y.array, [0.5, 0.5, 3]);
  assert.deepEqual(cost.network?.error_y.arrayminus, [0.5, 0.5, 0]);
  assert.deepEqual(panel("Offline time (s)").search?.y, [null, null]);
});

test("logarithmic axes have a tick a decade, or more where there is little to tell apart", () => {
  const ticks = (title: string) =>
    Object.values(layout).find((axis) => axis?.title?.text?.startsWith(title))?.ticktext as string[];
  assert.deepEqual(ticks("Online"), ["1", "10", "100", "1,000", "10,000"]);
  assert.deepEqual(ticks("Cost"), ["1", "2", "5", "10", "20", "50"]);
  assert.equal(layout.yaxis?.type, undefined, "accuracy is linear");
});

test("the table has every number that was measured, zeros too, and one legend serves all panels", () => {
  assert.equal(figure.table.rows.length, rows.length);
  assert.deepEqual(figure.table.columns.slice(0, 4), ["family", "method", "sub_tasks", "states"]);
  assert.deepEqual(figure.table.rows[1], ["traditional", "search", 6, 100, 0.9, 0.875, 0.925, 0, 0, 0, 0, 1e-2, 500]);
  assert.deepEqual(
    figure.data.filter(({ showlegend }) => showlegend).map(({ name }) => name),
    ["search", "network"],
  );
});
