import assert from "node:assert/strict";
import test from "node:test";
import { closeExporter, renderSvg } from "../../src/figures/export";
import { parallelCoordinates } from "../../src/figures/parallel-coordinates";

test.after(closeExporter);

const provenance = { software: "dios-lab", version: "0.1.0", seed: 1, scenario: "paper", scenarioHash: "0" } as const;
const figure = parallelCoordinates(
  "sweep-x",
  "Sweep x",
  ["one", "two", "three"],
  [
    { title: "Layers", scale: "linear", values: [1, 3, 2] },
    { title: "Width", scale: "log", values: [10, 1000, 100] },
    { title: "Head", scale: "category", values: ["softmax", "sigmoid", "softmax"] },
    { title: "Gap", scale: "log", values: [4, 16, 1] },
  ],
  provenance,
);

test("each line goes through the places of its values, on linear, logarithmic and categorical axes", () => {
  const lines = Object.fromEntries(figure.data.map(({ name, y }) => [name, y]));
  // 100 is half-way between 10 and 1000 in decades, 4 between 1 and 16.
  const expected = { one: [0, 0, 0, 0.5], two: [1, 1, 1, 1], three: [0.5, 0.5, 0, 0] };
  for (const [name, y] of Object.entries(expected)) {
    const line = lines[name] as number[];
    for (const [i, place] of y.entries()) assert.ok(Math.abs((line[i] as number) - place) < 1e-12, `${name} ${line}`);
  }
});

test("the best is thick, with markers, and on top; the lines get lighter from best to worst", () => {
  assert.deepEqual(
    figure.data.map(({ name }) => name),
    ["two", "one", "three"],
  );
  const widths = figure.data.map(({ line }) => (line as { width: number }).width);
  assert.deepEqual(widths, [1, 1, 2.5]);
  assert.deepEqual(
    figure.data.map(({ mode }) => mode),
    ["lines", "lines", "lines+markers"],
  );
  const lightness = figure.data.map(({ line }) => {
    const [r, g, b] = (line as { color: string }).color.match(/[0-9a-f]{2}/g) as [string, string, string];
    return 0.299 * Number.parseInt(r, 16) + 0.587 * Number.parseInt(g, 16) + 0.114 * Number.parseInt(b, 16);
  });
  assert.ok((lightness[0] as number) > (lightness[1] as number) + 40);
  assert.ok((lightness[1] as number) > (lightness[2] as number) + 40);
});

const texts = ({ layout }: typeof figure) => (layout.annotations as { text: string }[]).map(({ text }) => text);

test("axes say their title and their values; many values have round numbers between the ends", () => {
  assert.deepEqual(texts(figure).slice(0, 4), ["Layers", "1", "2", "3"]);
  assert.deepEqual(texts(figure).slice(8, 11), ["Head", "softmax", "sigmoid"]);
  const values = Array.from({ length: 20 }, (_, i) => 17 * 1.15 ** i);
  const names = values.map(String);
  const many = parallelCoordinates("m", "m", names, [{ title: "Width", scale: "log", values }], provenance);
  // 17 * 1.15^19 = 241.9; 20 and 200 are too near to the ends.
  assert.deepEqual(texts(many), ["Width", "17", "50", "100", "242"]);
});

test("a single trial, and none, can be drawn", () => {
  const of = (values: number[]) =>
    parallelCoordinates("s", "s", values.map(String), [{ title: "Gap", scale: "log", values }], provenance);
  assert.deepEqual((of([3]).data[0] as { y: number[] }).y, [0.5]);
  assert.deepEqual(of([]).data, []);
});

test("the export is vector graphics, with text as text and no picture in it", async () => {
  const svg = await renderSvg(figure);
  assert.doesNotMatch(svg, /<image/);
  for (const text of ["Layers", "softmax", "1,000"]) assert.ok(svg.includes(`>${text}<`), text);
});
