import assert from "node:assert/strict";
import test from "node:test";
import type { PlotlyObject } from "../../src/figures/figure";
import { type TransferPoint, transferFigure } from "../../src/figures/transfer-figure";

const provenance = { software: "dios-lab", version: "0.1.0", seed: 1, scenario: "paper", scenarioHash: "0" } as const;

function point(domain: string, method: string, count: number, accuracy: number, cost: number): TransferPoint {
  const around = (value: number, reach: number) => ({ value, low: value - reach, high: value + reach });
  return { domain, method, count, accuracy: around(accuracy, 0.125), relativeCost: around(cost, 0.0625) };
}

const points = ["radio", "chain"].flatMap((domain) => [
  point(domain, "zero-shot", 0, 0.5, 1.5),
  point(domain, "fine-tuned", 100, 0.75, 1.25),
  point(domain, "fine-tuned", 1000, 0.875, 1.125),
]);
const figure = transferFigure(points, provenance);
const traces = (method: string) => figure.data.filter(({ name }) => name === method) as Record<string, number[]>[];

test("each domain has a column, labels right above and cost below, in per cent", () => {
  assert.deepEqual(
    traces("fine-tuned").map(({ x, y }) => [x, y]),
    [
      [
        [100, 1000],
        [75, 87.5],
      ],
      [
        [100, 1000],
        [75, 87.5],
      ],
      [
        [100, 1000],
        [25, 12.5],
      ],
      [
        [100, 1000],
        [25, 12.5],
      ],
    ],
  );
  const axes = traces("fine-tuned").map(({ xaxis, yaxis }) => `${xaxis} ${yaxis}`);
  assert.deepEqual(axes, ["x y", "x2 y2", "x3 y3", "x4 y4"]);
  const layout = figure.layout as unknown as Record<string, { domain: [number, number] }>;
  assert.deepEqual(layout.xaxis?.domain, layout.xaxis3?.domain);
  assert.ok((layout.xaxis?.domain[1] as number) < (layout.xaxis2?.domain[0] as number));
  assert.ok((layout.yaxis3?.domain[1] as number) < (layout.yaxis?.domain[0] as number));
});

test("intervals become bars around the points", () => {
  const bars = traces("fine-tuned")[0]?.error_y as unknown as PlotlyObject;
  assert.deepEqual(
    [bars.array, bars.arrayminus],
    [
      [12.5, 12.5],
      [12.5, 12.5],
    ],
  );
});

test("what learned from no demonstrations is a level line across", () => {
  const [line] = traces("zero-shot") as [Record<string, number[]>];
  assert.deepEqual(line.y, [50, 50]);
  assert.ok((line.x?.[0] as number) < 100 && (line.x?.[1] as number) > 1000);
});

test("the legend has each method once, and the table each point", () => {
  assert.deepEqual(
    figure.data.filter(({ showlegend }) => showlegend).map(({ name }) => name),
    ["zero-shot", "fine-tuned"],
  );
  assert.deepEqual(figure.table.rows[1], ["radio", "fine-tuned", 100, 0.75, 0.625, 0.875, 0.25, 0.1875, 0.3125]);
});
