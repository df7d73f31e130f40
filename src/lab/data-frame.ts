// biome-ignore lint/suspicious/noTsIgnore: an error only where this library is installed without danfojs; the type is then any
/** @ts-ignore */
import type { DataFrame } from "danfojs-node";
import { fromPackage } from "../optional-package";
import { display, escapeHtml } from "./display";

/** A cell of a table. */
export type Cell = string | number | boolean | null;

/** A danfojs data frame of rows that share their columns. */
export function dataFrame(rows: readonly Record<string, Cell>[]): DataFrame {
  return new (loadDanfo().DataFrame)(rows.map((row) => ({ ...row })));
}

/** Loads danfojs only where it is used, because it brings TensorFlow. It requires a module that Node 22 warns of; not our users' concern. */
function loadDanfo(): typeof import("danfojs-node") {
  const warnings = process as unknown as { noDeprecation?: boolean };
  const { noDeprecation = false } = warnings;
  warnings.noDeprecation = true;
  try {
    return fromPackage("danfojs-node", () => require("danfojs-node"));
  } finally {
    warnings.noDeprecation = noDeprecation;
  }
}

/** Shows a data frame below the cell as a table; numbers with `digits` significant digits. */
export function showFrame(frame: DataFrame, digits = 5): void {
  const text = (value: Cell) =>
    typeof value === "number" && !Number.isInteger(value)
      ? String(Number(value.toPrecision(digits)))
      : String(value ?? "");
  const header = frame.columns.map((column) => `<th>${escapeHtml(String(column))}</th>`).join("");
  const body = (frame.values as Cell[][])
    .map((row) => `<tr>${row.map((value) => `<td>${escapeHtml(text(value))}</td>`).join("")}</tr>`)
    .join("\n");
  const plain = [frame.columns, ...(frame.values as Cell[][]).map((row) => row.map(text))];
  display({
    "text/html": `<table>\n<thead><tr>${header}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`,
    "text/plain": plain.map((row) => row.join("\t")).join("\n"),
  });
}
