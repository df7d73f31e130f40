/**
 * A Plotly trace, layout or part of one, as plain data: numbers, strings, arrays and not typed arrays, which JSON does not
 * keep. Plotly's own types are not used: they slow a notebook's cells.
 */
export type PlotlyObject = Record<string, unknown>;

/** A Plotly layout with its size in CSS pixels (96 to the inch, so 336 px are the 3.5 in of an IEEE column). */
export interface FigureLayout extends PlotlyObject {
  width: number;
  height: number;
}

/** The numbers that a figure shows, one row a mark; `null` where there is no value. Written beside it as CSV. */
export interface FigureTable {
  columns: string[];
  rows: (string | number | null)[][];
}

/** Where a figure's numbers come from. Stored in the metadata of every exported file. */
export interface Provenance {
  software: "dios-lab";
  version: string;
  /** Seed of the states that were evaluated. */
  seed: number | string;
  /** Name of the scenario. */
  scenario: string;
  /** Hash of the scenario's parameters. */
  scenarioHash: string;
}

/** A figure: what Plotly draws, the numbers behind it, and where they come from. Plain data, no behaviour. */
export interface Figure {
  /** Name of its files, such as `figure-4`: lower-case letters, digits and hyphens. */
  id: string;
  /** What it shows, in a few words. Stored in the files, not drawn: a paper has a caption instead. */
  title: string;
  /** A sentence or two for below the figure. */
  caption?: string;
  data: PlotlyObject[];
  layout: FigureLayout;
  table: FigureTable;
  provenance: Provenance;
}
