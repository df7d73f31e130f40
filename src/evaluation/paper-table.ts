import path from "node:path";
import { InputError } from "../errors";
import { writeFile } from "../files";
import type { SchemeName } from "../schemes/scheme";
import { acrossSeeds, type Estimate } from "./estimate";
import type { Evaluation } from "./evaluate";
import { PUBLISHED } from "./published";

/** One published number beside ours; all in per cent, the deviation in percentage points. */
export interface PaperRow {
  readonly metric: "accuracy" | "cost reduction" | "time reduction";
  /** The scheme that DIOS is compared with; DIOS itself for the accuracy. */
  readonly scheme: SchemeName;
  readonly published: number;
  readonly measured: number;
  /** Ends of the 95 % interval: over the training seeds, or over the test states when there is one seed. */
  readonly low: number;
  readonly high: number;
  /** measured - published */
  readonly deviation: number;
}

/** Schemes in the order of the paper's text. */
const ORDER: readonly SchemeName[] = ["ROS", "GOS", "LOS", "EOS", "COS", "DROS", "SOS"];

/**
 * The paper's published numbers beside ours, from evaluations that differ in their seed. `literal` holds, seed by seed, the accuracy of
 * DIOS with the paper's T outputs, which is what the published accuracy is of. A scheme that was not evaluated has no row.
 */
export function paperTable(evaluations: readonly Evaluation[], literal: readonly Estimate[]): PaperRow[] {
  if (evaluations.length === 0) throw new InputError("there are no evaluations; allowed: at least one.");
  const reductions = (["cost reduction", "time reduction"] as const).flatMap((metric) =>
    ORDER.flatMap((scheme): PaperRow[] => {
      const published = (metric === "cost reduction" ? PUBLISHED.costReduction : PUBLISHED.timeReduction)[scheme];
      const estimates = evaluations.flatMap(({ results }) => {
        const result = results.find((candidate) => candidate.scheme === scheme);
        const estimate = metric === "cost reduction" ? result?.costReduction : result?.timeReduction;
        return estimate ? [estimate] : [];
      });
      if (published === undefined || estimates.length < evaluations.length) return [];
      return [row(metric, scheme, published, acrossSeeds(estimates))];
    }),
  );
  if (literal.length < evaluations.length) return reductions;
  return [row("accuracy", "DIOS", PUBLISHED.accuracy, acrossSeeds(literal)), ...reductions];
}

/** Mean absolute deviation of the reductions against these schemes, in percentage points. */
export function meanDeviation(rows: readonly PaperRow[], schemes: readonly SchemeName[] = ORDER): number {
  const chosen = rows.filter(({ metric, scheme }) => metric !== "accuracy" && schemes.includes(scheme));
  return chosen.reduce((sum, { deviation }) => sum + Math.abs(deviation), 0) / chosen.length;
}

/** Writes paper-table.csv, .md and .tex into a folder. */
export function writePaperTable(folder: string, rows: readonly PaperRow[]): void {
  const columns = ["metric", "scheme", "published", "measured", "low", "high", "deviation"] as const;
  const csv = [columns.join(","), ...rows.map((row) => columns.map((column) => row[column]).join(","))];
  writeFile(path.join(folder, "paper-table.csv"), `${csv.join("\n")}\n`);
  writeFile(path.join(folder, "paper-table.md"), `${paperMarkdown(rows)}\n`);
  writeFile(path.join(folder, "paper-table.tex"), `${paperLatex(rows)}\n`);
}

/** The rows as text cells: two decimals, the interval as [low, high]. */
export function paperCells(rows: readonly PaperRow[]): string[][] {
  return rows.map(({ metric, scheme, published, measured, low, high, deviation }) => [
    metric === "accuracy" ? "accuracy of DIOS (T outputs)" : `${metric} against ${scheme}`,
    published.toFixed(2),
    measured.toFixed(2),
    `[${low.toFixed(2)}, ${high.toFixed(2)}]`,
    `${deviation >= 0 ? "+" : ""}${deviation.toFixed(2)}`,
  ]);
}

/** Titles of the columns of paperCells. */
export const PAPER_HEADER = ["", "paper (%)", "ours (%)", "95 % interval", "deviation (points)"];

function paperMarkdown(rows: readonly PaperRow[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(PAPER_HEADER), "| --- | ---: | ---: | :---: | ---: |", ...paperCells(rows).map(line)].join("\n");
}

function paperLatex(rows: readonly PaperRow[]): string {
  const line = (cells: readonly string[]) => `  ${cells.map((cell) => cell.replaceAll("%", "\\%")).join(" & ")} \\\\`;
  return [
    "\\begin{tabular}{lrrcr}",
    "  \\hline",
    line(PAPER_HEADER),
    "  \\hline",
    ...paperCells(rows).map(line),
    "  \\hline",
    "\\end{tabular}",
  ].join("\n");
}

function row(metric: PaperRow["metric"], scheme: SchemeName, published: number, estimate: Estimate): PaperRow {
  const percent = (value: number) => Math.round(1e4 * value) / 100;
  const [measured, low, high] = [100 * estimate.value, 100 * estimate.low, 100 * estimate.high];
  return { metric, scheme, published: percent(published), measured, low, high, deviation: measured - 100 * published };
}
