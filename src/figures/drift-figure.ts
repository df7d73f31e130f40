import type { Figure, PlotlyObject, Provenance } from "./figure";
import { axis, baseLayout } from "./theme";

/** What was measured with one parameter of the domain moved (shares, not per cent). */
export interface DriftPoint {
  readonly x: number;
  /** Mean cost of the policy over the optimum's, minus 1. */
  readonly gap: number;
  /** Share of windows with an alarm, by the number of states in a window. */
  readonly alarms: Readonly<Record<number, number>>;
}

/** In black and white markers and dashes tell windows apart. */
const STYLES = [
  { color: "#d55e00", dash: "solid", symbol: "triangle-up" },
  { color: "#0072b2", dash: "8px,2px", symbol: "square" },
  { color: "#009e73", dash: "4px,2px", symbol: "diamond" },
];

/**
 * What drift does and whether it is seen, against the parameter that drifts: on the left how far a policy's cost is above the optimum, on the
 * right the share of windows with an alarm, a curve for each size of a window (at most three). A dotted line marks where the policy was trained.
 */
export function driftFigure(
  id: string,
  title: string,
  xTitle: string,
  points: readonly DriftPoint[],
  trainedAt: number,
  provenance: Provenance,
): Figure {
  const x = points.map((point) => point.x);
  const windows = Object.keys(points[0]?.alarms ?? {}).map(Number);
  const curve = (name: string, y: number[], panel: string, style: (typeof STYLES)[number]): PlotlyObject => ({
    type: "scatter",
    mode: "lines+markers",
    name,
    showlegend: panel !== "",
    x,
    y,
    xaxis: `x${panel}`,
    yaxis: `y${panel}`,
    line: { color: style.color, dash: style.dash, width: 1.25 },
    marker: { symbol: style.symbol, color: style.color, size: 5 },
  });
  return {
    id,
    title,
    data: [
      curve(
        "DIOS",
        points.map(({ gap }) => 100 * gap),
        "",
        { color: "#000000", dash: "solid", symbol: "circle" },
      ),
      ...windows.map((window, index) =>
        curve(
          `windows of ${window} state${window === 1 ? "" : "s"}`,
          points.map(({ alarms }) => 100 * (alarms[window] as number)),
          "2",
          STYLES[index] as (typeof STYLES)[number],
        ),
      ),
    ],
    layout: baseLayout("page", 220, {
      margin: { l: 42, r: 8, t: 22, b: 32, pad: 0 },
      xaxis: axis(xTitle, { domain: [0, 0.45] }),
      yaxis: axis("Cost above the optimum (%)", { rangemode: "tozero" }),
      xaxis2: axis(xTitle, { domain: [0.56, 1], anchor: "y2" }),
      yaxis2: axis("Windows with an alarm (%)", { anchor: "x2", range: [-2, 103] }),
      shapes: ["", "2"].map((panel) => ({
        type: "line",
        xref: `x${panel}`,
        yref: `y${panel} domain`,
        x0: trainedAt,
        x1: trainedAt,
        y0: 0,
        y1: 1,
        line: { color: "#000000", width: 0.75, dash: "1px,2px" },
      })),
    }),
    table: {
      columns: ["x", "cost_gap", ...windows.map((window) => `alarm_share_${window}`)],
      rows: points.map(({ x, gap, alarms }) => [x, gap, ...windows.map((window) => alarms[window] as number)]),
    },
    provenance,
  };
}
