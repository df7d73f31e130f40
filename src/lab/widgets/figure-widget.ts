import fs from "node:fs";
import zlib from "node:zlib";
import type { Figure } from "../../figures/figure";
import { forScreen } from "../../figures/theme";
import { latest } from "./callback";
import { FIGURE_VIEW } from "./figure-view";
import { createWidget, reference, type Widget } from "./widget";

/** A mark of a figure that was clicked. */
export interface FigurePoint {
  readonly x: string | number;
  readonly y: string | number;
  /** Value of a cell of a heat map. */
  readonly z?: number;
  /** Number of the trace in the figure's data, and of the mark in the trace. */
  readonly curve: number;
  readonly index: number;
  /** Name of the trace. */
  readonly name?: string;
  /** The mark's `customdata`. */
  readonly custom?: unknown;
}

/** The part of a figure that is seen after zooming; an axis that shows everything again is left out. */
export interface FigureRanges {
  readonly x?: readonly [number, number];
  readonly y?: readonly [number, number];
}

/** A figure that can be redrawn in place and that tells what happens to it. */
export interface FigureWidget extends Widget {
  /** Draws another figure in its place; what was zoomed stays zoomed. */
  update(figure: Figure): void;
  /** Returns a function that stops listening. */
  onClick(listener: (point: FigurePoint) => void | Promise<void>): () => void;
  /** Returns a function that stops listening. */
  onZoom(listener: (ranges: FigureRanges) => void | Promise<void>): () => void;
}

const anywidget = { module: "anywidget", version: "~0.11.*", model: "AnyModel", view: "AnyView" };

/** Shows a figure interactively, drawn by Plotly in the browser. */
export function figureWidget(figure: Figure): FigureWidget {
  const model = createWidget(anywidget, {
    _esm: FIGURE_VIEW,
    _anywidget_id: "dios-lab.figure",
    library: reference(plotlyLibrary()),
    figure: shown(figure),
  });
  const clicks = new Set<(point: FigurePoint) => void>();
  const zooms = new Set<(ranges: FigureRanges) => void>();
  model.onMessage = ({ event, value }) => {
    if (event === "click") for (const listener of clicks) listener(value as FigurePoint);
    if (event === "zoom") for (const listener of zooms) listener(value as FigureRanges);
  };
  model.onClose = () => {
    clicks.clear();
    zooms.clear();
  };
  return {
    id: model.id,
    close: () => model.close(),
    update: (figure) => model.set({ figure: shown(figure) }),
    onClick: (listener) => listen(clicks, latest(listener)),
    onZoom: (listener) => listen(zooms, latest(listener)),
  };
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The figure as the browser gets it: without the numbers behind it. */
function shown(figure: Figure): Omit<Figure, "table"> {
  const { table: _table, ...screen } = forScreen(figure);
  return screen;
}

/**
 * Plotly for all figures of the kernel: a widget that holds the library, compressed, so that a page loads it once and from no
 * other place. Jupyter's server stops more than 3 MB in 3 s.
 */
function plotlyLibrary(): Widget {
  library ??= createWidget(
    anywidget,
    { _esm: "export default {}", _anywidget_id: "dios-lab.plotly" },
    { buffers: { source: zlib.gzipSync(fs.readFileSync(require.resolve("plotly.js/plotly.min.js"))) }, shared: true },
  );
  return library;
}
let library: Widget | undefined;
