import assert from "node:assert/strict";
import { test } from "node:test";
import { schemeBars } from "../../src/figures/scheme-bars";
import { curveStyle, errorBars, forScreen, schemeStyle } from "../../src/figures/theme";

const figure = schemeBars({
  id: "figure-5",
  title: "Execution time",
  yTitle: "Execution time relative to OOS",
  schemes: ["DIOS", "DROS", "LOS"],
  values: [1.02, null, 1.9],
  low: [1.01, null, 1.8],
  high: [1.04, null, 2],
  marks: [null, 1.1, 1.92],
  provenance: { software: "dios-lab", version: "1.2.3", seed: 7, scenario: "paper", scenarioHash: "3f9a12c0" },
});

test("a scheme without a value keeps its place, labelled, and its published mark", () => {
  assert.deepEqual(figure.table.rows, [
    ["DIOS", 1.02, 1.01, 1.04, null],
    ["DROS", null, null, null, 1.1],
    ["LOS", 1.9, 1.8, 2, 1.92],
  ]);
  const annotations = figure.layout.annotations as { text: string; x: number }[];
  assert.deepEqual(
    annotations.map(({ text, x }) => [text, Math.round(x)]),
    [["not trained", 1]],
  );
});

test("error bars reach from the value to the ends of its interval", () => {
  const bars = errorBars([10, null, 5], [8, null, null], [13, null, 6]);
  assert.deepEqual(bars.arrayminus, [2, 0, 0]);
  assert.deepEqual(bars.array, [3, 0, 1]);
});

test("forScreen enlarges text and lines and leaves data as it is", () => {
  const screen = forScreen(figure);
  assert.equal(screen.layout.width, 336 * 1.6);
  assert.equal((screen.layout.font as { size: number }).size, ((8 * 96) / 72) * 1.6);
  interface Bar {
    x: number[];
    width: number;
    error_y: { array: number[]; thickness: number };
  }
  const [bar, larger] = [figure.data[0], screen.data[0]] as unknown as [Bar, Bar];
  assert.deepEqual([larger.x, larger.width, larger.error_y.array], [bar.x, bar.width, bar.error_y.array]);
  assert.equal(larger.error_y.thickness, bar.error_y.thickness * 1.6);
});

test("every scheme has a colour, a dash and a marker of its own; only OOS and DIOS have solid bars", () => {
  const schemes = ["OOS", "DIOS", "DROS", "SOS", "GOS", "ROS", "LOS", "EOS", "COS"];
  const styles = schemes.map(schemeStyle);
  for (const key of ["color", "dash", "marker"] as const) {
    const values = styles.map((style) => style[key]);
    assert.equal(new Set(values).size, schemes.length, key);
  }
  assert.deepEqual(
    schemes.filter((scheme) => schemeStyle(scheme).pattern === ""),
    ["OOS", "DIOS"],
  );
  assert.ok(curveStyle("COS").line);
  assert.throws(() => schemeStyle("XOS"), { name: "InputError", message: /^scheme is XOS; allowed: OOS, DIOS/ });
});
