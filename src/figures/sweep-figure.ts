import type { Figure, Provenance } from "./figure";
import { axis, baseLayout } from "./theme";

/** One network of a sweep: what was varied, and how it did on unseen states (shares, not per cent). */
export interface SweepPoint {
  readonly x: number | string;
  readonly accuracy: number;
  /** Mean cost over the optimum's, minus 1. */
  readonly gap: number;
}

/** Accuracy and cost gap against what was varied, side by side; on a logarithmic axis where that is numbers. */
export function sweepFigure(
  id: string,
  title: string,
  xTitle: string,
  points: readonly SweepPoint[],
  provenance: Provenance,
): Figure {
  const x = points.map((point) => point.x);
  const numeric = points.every((point) => typeof point.x === "number");
  const xAxis = (more: object) =>
    axis(xTitle, { ...(numeric ? { type: "log", dtick: 1 } : { type: "category", ticks: "" }), ...more });
  const curve = (y: number[], panel: string, color: string, symbol: string) => ({
    type: "scatter",
    mode: "lines+markers",
    showlegend: false,
    x,
    y,
    xaxis: `x${panel}`,
    yaxis: `y${panel}`,
    line: { color, width: 1.25 },
    marker: { symbol, size: 5.5, color },
  });
  return {
    id,
    title,
    data: [
      curve(
        points.map(({ accuracy }) => 100 * accuracy),
        "",
        "#0072b2",
        "square",
      ),
      curve(
        points.map(({ gap }) => 100 * gap),
        "2",
        "#d55e00",
        "circle",
      ),
    ],
    layout: baseLayout("page", 210, {
      margin: { l: 42, r: 8, t: 8, b: 32, pad: 0 },
      xaxis: xAxis({ domain: [0, 0.45] }),
      yaxis: axis("Labels right (%)"),
      xaxis2: xAxis({ domain: [0.56, 1], anchor: "y2" }),
      yaxis2: axis("Cost above the optimum (%)", { anchor: "x2", rangemode: "tozero" }),
    }),
    table: {
      columns: [xTitle, "accuracy", "cost_gap"],
      rows: points.map(({ x: at, accuracy, gap }) => [at, accuracy, gap]),
    },
    provenance,
  };
}
