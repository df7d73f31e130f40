import type { FallbackPoint } from "../evaluation/fallback";
import type { Figure, PlotlyObject, Provenance } from "./figure";
import { axis, baseLayout, errorBars } from "./theme";

/** What decisions cost against the share of states that are searched, by one measure of confidence. */
export interface FallbackCurve {
  readonly name: string;
  readonly points: readonly FallbackPoint[];
  /** Where a threshold that was chosen on other states came out. */
  readonly chosen?: FallbackPoint;
}

/** Seconds that a state takes: always to decide, and where it is searched as well. */
export interface FallbackTime {
  readonly name: string;
  readonly decideS: number;
  readonly searchS: number;
}

/** Looks of curves, told apart in black and white: colours of Okabe and Ito. */
const STYLES = [
  { color: "#0072b2", dash: "solid", symbol: "square" },
  { color: "#d55e00", dash: "8px,2px", symbol: "circle" },
  { color: "#009e73", dash: "4px,2px", symbol: "triangle-up" },
  { color: "#5f6b73", dash: "1px,2px", symbol: "diamond" },
  { color: "#000000", dash: "8px,2px,2px,2px", symbol: "diamond-open" },
  { color: "#b0558a", dash: "5px,2px,1px,2px", symbol: "square-open" },
  { color: "#d98200", dash: "2px,2px", symbol: "circle-open" },
  { color: "#56b4e9", dash: "solid", symbol: "triangle-down" },
  { color: "#8a7a00", dash: "6px,3px", symbol: "cross-thin-open" },
];

/**
 * Cost above the optimum on the left, and mean time a state on the right, against the share of states that are left to exact search. Marks are
 * thresholds that were chosen on other states, with their 95 % intervals. At most nine curves and times.
 */
export function fallbackFigure(
  id: string,
  title: string,
  curves: readonly FallbackCurve[],
  times: readonly FallbackTime[],
  provenance: Provenance,
): Figure {
  const looks = (index: number) => STYLES[index] as (typeof STYLES)[number];
  const data = [
    ...curves.flatMap((curve, index) => curveTraces(curve, looks(index))),
    ...times.map((time, index) => timeTrace(time, looks(curves.length + index))),
  ];
  const at = { orientation: "v", xanchor: "left", x: 1.01, yanchor: "top", itemwidth: 30, tracegroupgap: 0 };
  return {
    id,
    title,
    data,
    layout: baseLayout("page", 230, {
      margin: { l: 42, r: 150, t: 8, b: 32, pad: 0 },
      legend: { ...at, y: 1 },
      xaxis: axis("States searched (%)", { domain: [0, 0.44], range: [0, 100], dtick: 20 }),
      yaxis: axis("Cost above the optimum (%)", { rangemode: "tozero" }),
      xaxis2: axis("States searched (%)", { domain: [0.56, 1], anchor: "y2", range: [0, 100], dtick: 20 }),
      yaxis2: axis("Mean time a state (µs)", { anchor: "x2", rangemode: "tozero" }),
    }),
    table: {
      columns: ["curve", "share", "cost_gap", "cost_gap_low", "cost_gap_high", "chosen"],
      rows: curves.flatMap(({ name, points, chosen }) => [
        ...points.map((point) => row(name, point, 0)),
        ...(chosen ? [row(name, chosen, 1)] : []),
      ]),
    },
    provenance,
  };
}

function row(name: string, { share, relativeCost: { value, low, high } }: FallbackPoint, chosen: number) {
  return [name, share, value - 1, low - 1, high - 1, chosen];
}

const gap = (ratio: number) => 100 * (ratio - 1);

function curveTraces({ name, points, chosen }: FallbackCurve, { color, dash, symbol }: (typeof STYLES)[number]) {
  const line: PlotlyObject = {
    type: "scatter",
    mode: "lines",
    name,
    legendgroup: name,
    x: points.map(({ share }) => 100 * share),
    y: points.map(({ relativeCost }) => gap(relativeCost.value)),
    line: { color, dash, width: 1.25 },
  };
  if (!chosen) return [line];
  const { value, low, high } = chosen.relativeCost;
  const mark: PlotlyObject = {
    type: "scatter",
    mode: "markers",
    name: `${name}, threshold chosen on validation`,
    legendgroup: name,
    showlegend: false,
    x: [100 * chosen.share],
    y: [gap(value)],
    marker: { symbol, color, size: 7, line: { color, width: 1 } },
    error_y: errorBars([gap(value)], [gap(low)], [gap(high)]),
  };
  return [line, mark];
}

function timeTrace({ name, decideS, searchS }: FallbackTime, { color, dash }: (typeof STYLES)[number]): PlotlyObject {
  const x = Array.from({ length: 101 }, (_, per) => per);
  return {
    type: "scatter",
    mode: "lines",
    name,
    x,
    y: x.map((per) => 1e6 * (decideS + (per / 100) * searchS)),
    xaxis: "x2",
    yaxis: "y2",
    line: { color, dash, width: 1.25 },
  };
}
