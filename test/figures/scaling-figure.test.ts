import assert from "node:assert/strict";
import test from "node:test";
import type { PlotlyObject } from "../../src/figures/figure";
import { type ScalingAxes, type ScalingFit, scalingFigure } from "../../src/figures/scaling-figure";

const provenance = { software: "dios-lab", version: "0.1.0", seed: 1, scenario: "paper", scenarioHash: "0" } as const;
const axes: ScalingAxes = { x: "Sub-tasks T", symbol: "T", y: "A decision", unit: "s" };
const points = [
  { x: 1, y: 2 },
  { x: 4, y: 33 },
  { x: 16, y: 512 },
];
const square: ScalingFit = {
  form: "power",
  rate: { value: 2, low: 1.994, high: 2.006 },
  factor: 2,
  least: 1,
  most: 16,
};

/** The traces of a figure in its legend, or the lines of fits, which are not. */
const traces = (data: PlotlyObject[], legend: boolean) => data.filter(({ showlegend }) => showlegend === legend);

test("points are drawn as measured, with the fitted exponent and its interval in the legend", () => {
  const { data, table } = scalingFigure(
    "scaling",
    "Scaling",
    axes,
    [{ name: "search", points, fit: square }],
    provenance,
  );
  const [measured] = traces(data, true);
  assert.equal(measured?.name, "search<br>T<sup>2.00</sup> (1.99 to 2.01)");
  assert.deepEqual([measured?.x, measured?.y, measured?.mode], [[1, 4, 16], [2, 33, 512], "markers"]);
  assert.deepEqual(table.columns, ["series", "T", "seconds", "fitted"]);
  assert.deepEqual(table.rows, [
    ["search", 1, 2, 2],
    ["search", 4, 33, 32],
    ["search", 16, 512, 512],
  ]);
});

test("the line of a power law is drawn over what it was fitted to, evenly on a logarithmic axis", () => {
  const fit = { ...square, least: 4 };
  const { data, table } = scalingFigure("scaling", "Scaling", axes, [{ name: "search", points, fit }], provenance);
  const { x, y } = traces(data, false)[0] as { x: number[]; y: number[] };
  assert.deepEqual([x[0], x.at(-1)], [4, 16]);
  for (const [i, at] of x.entries()) {
    assert.ok(Math.abs((y[i] as number) / (2 * at ** 2) - 1) < 1e-9);
    assert.ok(Math.abs(at / (4 * 4 ** (i / (x.length - 1))) - 1) < 1e-9);
  }
  assert.equal(table.rows[0]?.[3], null);
});

test("an exponential law is a straight line over a linear axis, with its base in the legend", () => {
  const fit: ScalingFit = {
    form: "exponential",
    rate: { value: 3, low: 2.9, high: 3.1 },
    factor: 1e-6,
    least: 2,
    most: 4,
  };
  const three = [2, 3, 4].map((x) => ({ x, y: 1e-6 * 3 ** x }));
  const figure = scalingFigure(
    "base",
    "Base",
    { ...axes, linear: true },
    [{ name: "search", points: three, fit }],
    provenance,
  );
  assert.equal(traces(figure.data, true)[0]?.name, "search<br>3.00<sup>T</sup> (2.90 to 3.10)");
  const { x, y } = traces(figure.data, false)[0] as { x: number[]; y: number[] };
  const step = (x[1] as number) - (x[0] as number);
  for (let i = 1; i < x.length; i++) {
    assert.ok(Math.abs((x[i] as number) - (x[i - 1] as number) - step) < 1e-12);
    assert.ok(Math.abs((y[i] as number) / (y[i - 1] as number) / 3 ** step - 1) < 1e-9);
  }
  const { xaxis, yaxis } = figure.layout as unknown as { xaxis: { type?: string }; yaxis: { type?: string } };
  assert.deepEqual([xaxis.type, yaxis.type], [undefined, "log"]);
});

test("a series without a fit is a line through its points, and crossings are rings with their x", () => {
  const crossings = [{ x: 4.56, y: 3e-5 }];
  const { data, table } = scalingFigure(
    "scaling",
    "Scaling",
    axes,
    [{ name: "network", points }],
    provenance,
    crossings,
  );
  assert.deepEqual(
    data.map(({ name, mode }) => [name, mode]),
    [
      ["network", "lines+markers"],
      ["crossing", "markers+text"],
    ],
  );
  assert.deepEqual([data[1]?.x, data[1]?.y, data[1]?.text], [[4.56], [3e-5], ["4.6"]]);
  assert.equal(table.rows.length, 3);
  assert.equal(table.rows[0]?.[3], null);
});

test("ticks carry a unit that is easy to read, and lie closer where there are few decades", () => {
  type Axis = { tickvals: number[]; ticktext: string[]; range: [number, number] };
  const axisOf = (unit: "s" | "B", ys: number[]) => {
    const series = [{ name: "one", points: ys.map((y, i) => ({ x: i + 1, y })) }];
    return scalingFigure("scaling", "Scaling", { ...axes, unit }, series, provenance).layout.yaxis as Axis;
  };
  const seconds = axisOf("s", [2e-7, 5]);
  for (const text of ["100 ns", "1 µs", "10 µs", "1 ms", "1 s"]) assert.ok(seconds.ticktext.includes(text), text);
  assert.deepEqual([seconds.tickvals[3], seconds.ticktext[3]], [1e-5, "10 µs"]);
  const bytes = axisOf("B", [60e6, 90e6]);
  assert.ok(["50 MB", "70 MB", "100 MB"].every((text) => bytes.ticktext.includes(text)));
  assert.ok(bytes.range[0] < Math.log10(60e6) && bytes.range[1] > Math.log10(90e6));
});

test("no two series look alike in black and white", () => {
  const series = Array.from({ length: 7 }, (_, i) => ({ name: `${i}`, points }));
  const { data } = scalingFigure("scaling", "Scaling", axes, series, provenance);
  assert.equal(new Set(data.map(({ marker }) => (marker as { symbol: string }).symbol)).size, 7);
});
