import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { acrossSeeds, type Estimate } from "../../src/evaluation/estimate";
import type { Evaluation } from "../../src/evaluation/evaluate";
import { meanDeviation, paperTable, writePaperTable } from "../../src/evaluation/paper-table";

const point = (value: number): Estimate => ({ value, low: value - 0.01, high: value + 0.01 });

/** An evaluation in which DIOS saves these shares of the cost and the time of ROS and LOS. */
function evaluation(ros: [number, number], los: [number, number]): Evaluation {
  const result = (scheme: string, [cost, time]: [number, number]) => ({
    scheme,
    costReduction: point(cost),
    timeReduction: point(time),
  });
  return { results: [result("ROS", ros), result("LOS", los)] } as unknown as Evaluation;
}

test("over seeds the interval is Student's: two values with 1 degree of freedom, by hand", () => {
  // Mean 0.3, sample deviation sqrt(2 * 0.01^2) = 0.014142, over sqrt(2) = 0.01; 12.706 * 0.01 = 0.12706.
  const { value, low, high } = acrossSeeds([point(0.29), point(0.31)]);
  assert.ok(Math.abs(value - 0.3) < 1e-12);
  assert.ok(Math.abs(low - (0.3 - 0.12706)) < 1e-9);
  assert.ok(Math.abs(high - (0.3 + 0.12706)) < 1e-9);
});

test("five seeds take the quantile of 4 degrees of freedom, 2.776", () => {
  // Values 1..5: mean 3, sample variance 2.5, standard error sqrt(0.5).
  const { low } = acrossSeeds([1, 2, 3, 4, 5].map(point));
  assert.ok(Math.abs(3 - low - 2.776 * Math.sqrt(0.5)) < 1e-9);
});

test("one seed keeps its interval over the test states", () => {
  assert.deepEqual(acrossSeeds([point(0.4)]), point(0.4));
});

test("each row has the published number, ours and the difference in points", () => {
  const rows = paperTable([evaluation([0.21, 0.25], [0.2, 0.5])], [point(0.65)]);
  const summary = rows.map(({ metric, scheme, published, measured, deviation }) =>
    [metric, scheme, published, measured.toFixed(2), deviation.toFixed(2)].join(" "),
  );
  assert.deepEqual(summary, [
    "accuracy DIOS 64.79 65.00 0.21",
    "cost reduction ROS 19.8 21.00 1.20",
    "cost reduction LOS 23.17 20.00 -3.17",
    "time reduction ROS 23.25 25.00 1.75",
    "time reduction LOS 47.98 50.00 2.02",
  ]);
  // (1.20 + 3.17 + 1.75 + 2.02) / 4 and (1.20 + 1.75) / 2
  assert.ok(Math.abs(meanDeviation(rows) - 2.035) < 1e-9);
  assert.ok(Math.abs(meanDeviation(rows, ["ROS"]) - 1.475) < 1e-9);
});

test("a scheme that a seed lacks has no row", () => {
  const rows = paperTable([evaluation([0.2, 0.2], [0.2, 0.2]), { results: [] } as unknown as Evaluation], []);
  assert.deepEqual(rows, []);
});

test("the table is written as CSV with the agreed columns, as Markdown and as LaTeX", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-paper-table-"));
  try {
    writePaperTable(folder, paperTable([evaluation([0.2, 0.25], [0.2, 0.5])], [point(0.65)]));
    const [header, first] = fs.readFileSync(path.join(folder, "paper-table.csv"), "utf8").split("\n");
    assert.equal(header, "metric,scheme,published,measured,low,high,deviation");
    const [metric, scheme, published, measured] = (first as string).split(",");
    assert.deepEqual([metric, scheme, published, Number(measured)], ["accuracy", "DIOS", "64.79", 65]);
    const markdown = fs.readFileSync(path.join(folder, "paper-table.md"), "utf8");
    assert.match(markdown, /\| cost reduction against ROS \| 19\.80 \| 20\.00 \| \[19\.00, 21\.00\] \| \+0\.20 \|/);
    const latex = fs.readFileSync(path.join(folder, "paper-table.tex"), "utf8");
    assert.match(latex, /paper \(\\%\)/);
    assert.match(latex, /time reduction against LOS & 47\.98 & 50\.00 & \[49\.00, 51\.00\] & \+2\.02 \\\\/);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
