import assert from "node:assert/strict";
import test from "node:test";
import { siteMap } from "../../src/figures/site-map";
import { buildApplication } from "../../src/mec/application";
import { bareStates } from "../support";

const provenance = { software: "dios-lab", version: "0.1.0", seed: 1, scenario: "chain", scenarioHash: "0" } as const;

/** A chain with the decisions of some states. */
function demonstrations(subTasks: number, ...plans: number[][]) {
  const edges = Array.from({ length: subTasks - 1 }, (_, task): [number, number] => [task, task + 1]);
  return {
    states: bareStates(buildApplication(subTasks, edges), plans.length),
    decisions: Uint8Array.from(plans.flat()),
  };
}

const three = [
  { y: 1, demonstrations: demonstrations(3, [0, 0, 0], [0, 0, 1], [0, 1, 1], [0, 1, 2]) },
  { y: 4, demonstrations: demonstrations(3, [2, 1, 2], [2, 1, 2], [2, 0, 2], [0, 1, 1]) },
];
const map = (names?: string[], rows = three) => siteMap("map", "Map", "Bandwidth (MHz)", rows, names, provenance);

interface Trace {
  name?: string;
  x: number[];
  y: number[];
  z: number[][];
  zmin: number;
  zmax: number;
  colorscale: [number, string][];
  marker: { color: string };
}

test("a cell has the site that most states have, of equal ones the lowest; the table has all shares", () => {
  const { data, table } = map();
  assert.deepEqual((data as unknown as Trace[])[0]?.z, [
    [0, 0, 1],
    [2, 1, 2],
  ]);
  assert.deepEqual(table.rows, [
    [1, 0, null, 100, 0, 0],
    [1, 1, null, 50, 50, 0],
    [1, 2, null, 25, 50, 25],
    [4, 0, null, 25, 0, 75],
    [4, 1, null, 25, 75, 0],
    [4, 2, null, 0, 25, 75],
  ]);
});

test("cells end half way between their values on a logarithmic axis", () => {
  const [cells] = map().data as unknown as Trace[];
  assert.deepEqual(cells?.x, [-0.5, 0.5, 1.5, 2.5]);
  // The middle of 1 and 4 is 2; as far on the other side is 1/2, and beyond 4 is 8.
  assert.deepEqual(cells?.y, [0.5, 2, 8]);
});

test("the three sites differ in lightness, and the legend has the colours of the cells", () => {
  const [cells, ...legend] = map().data as unknown as Trace[];
  assert.deepEqual(
    legend.map(({ name }) => name),
    ["local", "edge", "cloud"],
  );
  const lightness = legend.map(({ marker }, site) => {
    // From a third to a third: the values 0, 1 and 2 are in the middle of their parts.
    assert.deepEqual(cells?.colorscale.slice(2 * site, 2 * site + 2), [
      [site / 3, marker.color],
      [(site + 1) / 3, marker.color],
    ]);
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(marker.color.slice(at, at + 2), 16)) as [
      number,
      number,
      number,
    ];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  });
  const [dark, middle, light] = lightness.sort((a, b) => a - b) as [number, number, number];
  assert.ok(middle - dark > 50 && light - middle > 50, String(lightness));
});

test("names are below the map, as many as there is room for, and long ones are cut", () => {
  const { xaxis } = map(["first", "a very long name", "last"]).layout as unknown as { xaxis: { ticktext: string[] } };
  assert.deepEqual(xaxis.ticktext, ["first", "a very long n…", "last"]);
  const rows = [{ y: 1, demonstrations: demonstrations(150, new Array(150).fill(1)) }];
  const many = map(
    Array.from({ length: 150 }, (_, task) => `layer ${task}`),
    rows,
  );
  const { ticktext, tickvals } = (many.layout as unknown as { xaxis: { ticktext: string[]; tickvals: number[] } })
    .xaxis;
  assert.deepEqual(
    ticktext,
    tickvals.map((task) => `layer ${task}`),
  );
  assert.ok(11 * ticktext.length <= many.layout.width);
});
