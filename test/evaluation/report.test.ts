import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { provenanceOf } from "../../src/demonstrations/generate";
import type { Evaluation } from "../../src/evaluation/evaluate";
import { PUBLISHED } from "../../src/evaluation/published";
import { reportRows, reportTable, writeReport } from "../../src/evaluation/report";
import { loadScenario } from "../../src/scenario/load";
import { inputError, temporaryFolder } from "../support";

const folder = temporaryFolder();
const estimate = (value: number, halfWidth: number) => ({ value, low: value - halfWidth, high: value + halfWidth });

const evaluation: Evaluation = {
  testedOn: provenanceOf({ scenario: loadScenario("paper"), seed: 7, split: "test", count: 1234 }),
  results: [
    {
      scheme: "DIOS",
      title: "deep imitation",
      accuracy: estimate(0.9375, 0.0625),
      exactPlans: estimate(0.75, 0.125),
      cost: estimate(20, 0.5),
      relativeCost: estimate(1.25, 0.25),
      timeS: estimate(8, 0.25),
      relativeTime: estimate(1.5, 0.5),
    },
    {
      scheme: "ROS",
      title: "random",
      accuracy: estimate(0.375, 0.0625),
      exactPlans: estimate(0, 0),
      cost: estimate(25, 0.5),
      relativeCost: estimate(1.5, 0.25),
      timeS: estimate(10, 0.25),
      relativeTime: estimate(2, 0.5),
      costReduction: estimate(0.25, 0.125),
      timeReduction: estimate(0.5, 0.125),
    },
  ],
};

test("a row holds each measure with its interval, shares in percent, and what the paper publishes", () => {
  const [dios, ros] = reportRows(evaluation);
  assert.deepEqual([dios.scheme, dios.accuracy_percent, dios.accuracy_percent_low], ["DIOS", 93.75, 87.5]);
  assert.deepEqual([dios.cost, dios.cost_high, dios.cost_reduction_percent], [20, 20.5, null]);
  assert.deepEqual([ros.cost_reduction_percent, ros.cost_reduction_percent_low], [25, 12.5]);
  assert.deepEqual([ros.time_s, ros.time_reduction_percent_high], [10, 62.5]);
  assert.deepEqual([ros.published_cost_reduction_percent, ros.published_time_reduction_percent], [19.8, 23.25]);
  assert.equal(dios.published_cost_reduction_percent, null);
});

test("CSV and JSON on disk agree with the rows and the evaluation", () => {
  writeReport(path.join(folder, "new"), evaluation);
  assert.deepEqual(JSON.parse(fs.readFileSync(path.join(folder, "new/evaluation.json"), "utf8")), evaluation);
  const [header, ...lines] = fs.readFileSync(path.join(folder, "new/evaluation.csv"), "utf8").trimEnd().split("\n");
  const rows = lines.map((line) => {
    const cells = line.split(",").map((cell, i) => (i === 0 ? cell : cell === "" ? null : Number(cell)));
    return Object.fromEntries(header.split(",").map((name, i) => [name, cells[i]]));
  });
  assert.deepEqual(rows, reportRows(evaluation));
  assert.deepEqual(fs.readdirSync(path.join(folder, "new")).sort(), ["evaluation.csv", "evaluation.json"]);
});

test("a report that cannot be written is refused by the name of the file", () => {
  fs.writeFileSync(path.join(folder, "file"), "");
  assert.throws(
    () => writeReport(path.join(folder, "file"), evaluation),
    inputError("evaluation.json", "not a folder"),
  );
});

test("the table for the terminal has our numbers, the paper's beside them, and what they were measured on", () => {
  const text = reportTable(evaluation);
  const ros = text.split("\n").find((line) => line.includes("ROS  random")) as string;
  const cells = ros.split(/[│║]/).map((cell) => cell.trim());
  for (const cell of ["37.50 ± 6.25 %", "0.00 ± 0.00 %", "25.00 ± 0.50", "50.00 ± 25.00 %", "10.00 ± 0.25 s"]) {
    assert.ok(cells.includes(cell), `${cell} in ${ros}`);
  }
  for (const cell of ["25.00 ± 12.50 %", "19.80 %", "50.00 ± 12.50 %", "23.25 %"])
    assert.ok(cells.includes(cell), `${cell} in ${ros}`);
  assert.match(text, /1234 unseen states of scenario paper \([0-9a-f]{12}\), seed 7/);
  assert.match(text, /64\.79 % of labels right/);
});

test("the published numbers are those of the paper's figures", () => {
  // Percent, in the order ROS, GOS, LOS, EOS, COS, DROS, SOS.
  const order = ["ROS", "GOS", "LOS", "EOS", "COS", "DROS", "SOS"] as const;
  const percent = (reductions: typeof PUBLISHED.costReduction) =>
    order.map((name) => Number((100 * (reductions[name] ?? Number.NaN)).toFixed(4)));
  assert.deepEqual(percent(PUBLISHED.costReduction), [19.8, 18.24, 23.17, 8.37, 13.61, 1.15, 2.34]);
  assert.deepEqual(percent(PUBLISHED.timeReduction), [23.25, 8.77, 47.98, 17.73, 18.7, 11.36, 15.14]);
  assert.equal(PUBLISHED.accuracy, 0.6479);
  for (const reductions of [PUBLISHED.costReduction, PUBLISHED.timeReduction]) {
    assert.deepEqual(Object.keys(reductions).sort(), [...order].sort(), "and no others");
  }
});
