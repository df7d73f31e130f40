import assert from "node:assert/strict";
import test from "node:test";
import { breakdown } from "../../src/evaluation/breakdown";
import { explore, type Point, plainSchemes } from "../../src/explorer/explore";
import { type Parameter, type ParameterName, parametersIn } from "../../src/explorer/parameters";
import { shareMap } from "../../src/explorer/share-map";
import { applicationGraph } from "../../src/figures/application-graph";
import { costPartsFigure } from "../../src/figures/cost-parts";
import type { Figure, Provenance } from "../../src/figures/figure";
import { optimumAlongFigure } from "../../src/figures/optimum-along";
import { shareMapFigure } from "../../src/figures/share-map";
import { roundScenario } from "../support";

interface Trace {
  type: string;
  name: string;
  x: (number | string | null)[];
  y: (number | string | null)[];
  z: number[][];
  text: string[];
  base: number[];
  customdata: unknown[];
  marker: { symbol: string; pattern: { shape: string } };
  line: { dash: string };
}

const tracesOf = (figure: Figure) => figure.data as unknown as Trace[];
const named = (figure: Figure, name: string) => tracesOf(figure).find((trace) => trace.name === name) as Trace;

const scenario = roundScenario();
const parameter = (name: ParameterName) =>
  parametersIn(scenario).find((candidate) => candidate.name === name) as Parameter;
const provenance: Provenance = { software: "dios-lab", version: "1", seed: 1, scenario: "paper", scenarioHash: "ab" };

/** 0 -> 1 -> 3 and 0 -> 2 -> 3, and 0 -> 3 past both. */
const diamond = roundScenario({
  application: {
    topology: "graph",
    subTasks: 4,
    dependencies: [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
      [0, 3],
    ],
  },
});

test("the graph places sub-tasks level by level between the device and the device", () => {
  const told = breakdown({ scenario: diamond, seed: 1, split: "test", index: 0, decisions: [0, 1, 2, 1] });
  const figure = applicationGraph(told);
  const places = ["local", "edge", "cloud"].flatMap((site) => {
    const { x, text } = named(figure, site);
    return text.map((task, i) => [task, site, x[i]]);
  });
  assert.deepEqual(places.sort(), [
    ["0", "local", 1],
    ["1", "edge", 2],
    ["2", "cloud", 2],
    ["3", "edge", 3],
  ]);
  const device = tracesOf(figure).find(({ text }) => text?.[0] === "device") as Trace;
  assert.deepEqual(device.x, [0, 4]);
});

test("the graph draws a dependency by the links that its data crosses", () => {
  const told = breakdown({ scenario: diamond, seed: 1, split: "test", index: 0, decisions: [0, 1, 2, 1] });
  const figure = applicationGraph(told);
  // Each legend's entry comes after the lines of its kind: six points a line.
  const count = (name: string) => {
    const at = tracesOf(figure).indexOf(named(figure, name));
    return (tracesOf(figure)[at - 1] as Trace).x.length / 6;
  };
  // device-0; 0-1, 0-3 and 3-device; 2-3; 0-2. 1-3 stays at the edge.
  assert.deepEqual(["same site", "radio", "wired", "radio + wired"].map(count), [2, 3, 1, 1]);
  assert.equal(figure.table.rows.length, 7);
  assert.deepEqual(figure.table.rows[1]?.slice(0, 2), [0, 2]);
  assert.deepEqual(figure.table.rows[1]?.slice(3, 5), ["local", "cloud"]);
});

test("sites, ways and parts of a cost are told apart without colour", () => {
  const told = breakdown({ scenario, seed: 1, split: "test", index: 0, decisions: [0, 1, 2, 0, 1, 2] });
  const graph = applicationGraph(told);
  assert.equal(new Set(["local", "edge", "cloud"].map((site) => named(graph, site).marker.symbol)).size, 3);
  assert.equal(new Set(["radio", "wired", "radio + wired"].map((way) => named(graph, way).line.dash)).size, 3);
  const parts = tracesOf(costPartsFigure(explore(base, point, []))).filter(({ type }) => type === "bar");
  assert.equal(new Set(parts.map(({ marker }) => marker.pattern.shape)).size, 7);
});

test("a graph of many dependencies is drawn without their bytes", () => {
  const many = roundScenario({ application: { topology: "random", subTasks: 20, density: 0.5 } });
  const told = breakdown({ scenario: many, seed: 1, split: "test", index: 0 });
  const labels = tracesOf(applicationGraph(told)).flatMap(({ text }) => text ?? []);
  assert.ok(told.transfers.length > 40);
  assert.deepEqual(
    labels.filter((label) => /B$/.test(label)),
    [],
  );
});

const base = { scenario, scenarioHash: "ab", version: "1" };
const point: Point = { seed: 1, index: 2, values: {} };

test("the bars of a scheme reach up to its cost, where it is written by how much that is above the optimum", () => {
  const outcomes = explore(base, point, plainSchemes(point));
  const figure = costPartsFigure(outcomes);
  const bars = tracesOf(figure).filter(({ type }) => type === "bar");
  const labels = tracesOf(figure).find(({ type }) => type === "scatter") as Trace;
  for (const [i, { scheme, breakdown: told }] of outcomes.entries()) {
    const top = bars.reduce((sum, { y }) => sum + ((y[i] as number | null) ?? 0), 0);
    assert.ok(Math.abs(top - told.cost) < 1e-6, scheme);
    const above = `+${(100 * (told.cost / told.optimal.cost - 1)).toFixed(1)} %`;
    assert.equal(labels.text[i], i === 0 ? told.cost.toPrecision(3) : above);
    assert.deepEqual(figure.table.rows[i]?.slice(0, 2), [scheme, told.cost]);
  }
  assert.equal(figure.provenance.seed, 1);
});

test("along a parameter the bars of a sub-task follow one another from end to end, joined where its site stays", () => {
  const snr = parameter("meanSnrDb");
  const stretch = (from: number, to: number, ...sites: number[]) => ({ from, to, decisions: Uint8Array.from(sites) });
  const stretches = [stretch(-20, 0, 0, 0), stretch(0, 10, 0, 1), stretch(10, 30, 2, 1)];
  const figure = optimumAlongFigure({ parameter: snr, stretches }, 3, provenance);
  const bars = ["local", "edge", "cloud"].map((site) => {
    const { x, y, base } = named(figure, site);
    return y.map((task, i) => [task, base[i], (base[i] as number) + (x[i] as number)]);
  });
  assert.deepEqual(bars, [
    [
      ["sub-task 0", -20, 10],
      ["sub-task 1", -20, 0],
    ],
    [["sub-task 1", 0, 30]],
    [["sub-task 0", 10, 30]],
  ]);
  assert.deepEqual(
    (figure.layout.shapes as { x0: number }[]).map(({ x0 }) => x0),
    [3, 3],
  );
  assert.deepEqual(figure.table.rows[1], [0, 10, "local", "edge"]);
});

test("a map has a panel a site; each cell knows its values, and a ring is where they are now", () => {
  const request = { x: parameter("meanSnrDb"), y: parameter("dataKb"), values: {}, seed: 1, states: 10, size: 4 };
  const steps = shareMap(base, request);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const map = step.value;
  const figure = shareMapFigure(map, [1.5, 300], provenance);
  const panels = tracesOf(figure).filter(({ type, name }) => type === "heatmap" && name !== "scale");
  assert.deepEqual(
    panels.map(({ name }) => name),
    ["local", "edge", "cloud"],
  );
  for (const [site, { x, y, z, customdata }] of panels.entries()) {
    // Edges of the cells: half cells at the ends.
    assert.deepEqual([x.length, y.length, x[0], x[4]], [5, 5, -20, 30]);
    const cell = (customdata[2] as number[][])[1] as number[];
    assert.deepEqual(cell, [map.xValues[1], map.yValues[2]]);
    assert.ok((x[1] as number) < (cell[0] as number) && (cell[0] as number) < (x[2] as number));
    assert.ok((y[2] as number) < (cell[1] as number) && (cell[1] as number) < (y[3] as number));
    assert.equal(z[2]?.[1], 100 * ((map.shares[site as 0][2] as number[])[1] as number));
  }
  for (const ring of tracesOf(figure).filter(({ name }) => name === "now"))
    assert.deepEqual([ring.x, ring.y], [[1.5], [300]]);
  assert.equal(figure.table.rows.length, 16);
  for (const [, , ...shares] of figure.table.rows as number[][]) {
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-12);
  }
});
