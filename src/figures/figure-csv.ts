import type { Figure } from "./figure";

/**
 * The plotted numbers as CSV: lines of provenance that start with `# `, a header, one line a row. Numbers are in full, so
 * that they read back as they were; no value is an empty field. `pandas.read_csv(file, comment="#")` reads it.
 */
export function figureCsv(figure: Figure): string {
  const { columns, rows } = figure.table;
  const about = { title: figure.title, ...figure.provenance };
  // A line feed inside a title would end the comment.
  const comments = Object.entries(about).map(([name, value]) => `# ${name}: ${String(value).replace(/\s+/g, " ")}`);
  const lines = [columns, ...rows].map((row) => row.map(field).join(","));
  return `${[...comments, ...lines].join("\n")}\n`;
}

function field(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
