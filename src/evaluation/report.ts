import path from "node:path";
import { table } from "table";
import { writeFile } from "../files";
import type { Estimate } from "./estimate";
import type { Evaluation, SchemeResult } from "./evaluate";
import { PUBLISHED } from "./published";

/** A row of the results: percentages, costs and seconds with the ends of their 95 % intervals. */
export type ReportRow = Record<string, string | number | null>;

const MEASURES: readonly [name: string, of: (result: SchemeResult) => Estimate | undefined, factor: number][] = [
  ["accuracy_percent", ({ accuracy }) => accuracy, 100],
  ["exact_plans_percent", ({ exactPlans }) => exactPlans, 100],
  ["cost", ({ cost }) => cost, 1],
  ["relative_cost", ({ relativeCost }) => relativeCost, 1],
  ["time_s", ({ timeS }) => timeS, 1],
  ["relative_time", ({ relativeTime }) => relativeTime, 1],
  ["cost_reduction_percent", ({ costReduction }) => costReduction, 100],
  ["time_reduction_percent", ({ timeReduction }) => timeReduction, 100],
];

/** The results as rows for a data frame or CSV: a column a measure, and _low and _high for its interval. */
export function reportRows({ results }: Evaluation): ReportRow[] {
  return results.map((result) => {
    const row: ReportRow = { scheme: result.scheme };
    for (const [name, of, factor] of MEASURES) {
      const estimate = of(result);
      row[name] = estimate ? factor * estimate.value : null;
      row[`${name}_low`] = estimate ? factor * estimate.low : null;
      row[`${name}_high`] = estimate ? factor * estimate.high : null;
    }
    if (result.repaired !== undefined) row.repaired_percent = 100 * result.repaired;
    row.published_cost_reduction_percent = percentOrNull(PUBLISHED.costReduction[result.scheme]);
    row.published_time_reduction_percent = percentOrNull(PUBLISHED.timeReduction[result.scheme]);
    return row;
  });
}

/** Writes evaluation.json and evaluation.csv into a folder. */
export function writeReport(folder: string, evaluation: Evaluation): void {
  writeFile(path.join(folder, "evaluation.json"), `${JSON.stringify(evaluation, null, 2)}\n`);
  const rows = reportRows(evaluation);
  const columns = Object.keys(rows[0] as ReportRow);
  const lines = [columns.join(","), ...rows.map((row) => columns.map((column) => row[column] ?? "").join(","))];
  writeFile(path.join(folder, "evaluation.csv"), `${lines.join("\n")}\n`);
}

/** The results as a table for the terminal, with the paper's reductions beside ours. */
export function reportTable({ results, testedOn }: Evaluation): string {
  const limited = results.some(({ repaired }) => repaired !== undefined);
  const header = [
    "scheme",
    "labels right",
    "plans right",
    "cost",
    "gap to OOS",
    "time",
    "DIOS saves cost",
    "(paper)",
    "DIOS saves time",
    "(paper)",
    ...(limited ? ["repaired"] : []),
  ];
  const rows = results.map((result) => [
    `${result.scheme}  ${result.title}`,
    percent(result.accuracy),
    percent(result.exactPlans),
    `${result.cost.value.toFixed(2)} ± ${halfWidth(result.cost).toFixed(2)}`,
    percent(shifted(result.relativeCost, -1)),
    `${result.timeS.value.toFixed(2)} ± ${halfWidth(result.timeS).toFixed(2)} s`,
    result.costReduction ? percent(result.costReduction) : "",
    publishedPercent(PUBLISHED.costReduction[result.scheme]),
    result.timeReduction ? percent(result.timeReduction) : "",
    publishedPercent(PUBLISHED.timeReduction[result.scheme]),
    ...(limited ? [`${(100 * (result.repaired ?? 0)).toFixed(2)} %`] : []),
  ]);
  const { scenario, scenarioHash, seed, count, version } = testedOn;
  return [
    table([header, ...rows], {
      columnDefault: { alignment: "right" },
      columns: [{ alignment: "left" }],
      drawHorizontalLine: (line, lines) => line <= 1 || line === lines,
    }).trimEnd(),
    `${count} unseen states of scenario ${scenario.name} (${scenarioHash}), seed ${seed}, dios-lab ${version}; ± and all intervals are 95 %.`,
    `The paper publishes for DIOS ${publishedPercent(PUBLISHED.accuracy)} of labels right.`,
  ].join("\n");
}

function percent(estimate: Estimate): string {
  return `${(100 * estimate.value).toFixed(2)} ± ${(100 * halfWidth(estimate)).toFixed(2)} %`;
}

function publishedPercent(published: number | undefined): string {
  return published === undefined ? "" : `${(100 * published).toFixed(2)} %`;
}

function percentOrNull(published: number | undefined): number | null {
  return published === undefined ? null : Math.round(10_000 * published) / 100;
}

function halfWidth({ low, high }: Estimate): number {
  return (high - low) / 2;
}

function shifted({ value, low, high }: Estimate, by: number): Estimate {
  return { value: value + by, low: low + by, high: high + by };
}
