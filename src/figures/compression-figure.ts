import { type Estimate, percentOf } from "../evaluation/estimate";
import type { Figure, PlotlyObject, Provenance } from "./figure";
import { axis, baseLayout, estimated, logAxis } from "./theme";

/** How one compressed network did on states that it has not seen. */
export interface CompressionPoint {
  /** How it was made smaller. */
  readonly technique: string;
  /** How much, in a few words. */
  readonly detail: string;
  readonly precision: "float32" | "int8";
  /** Weights that are not zero. */
  readonly weights: number;
  /** Of its file. */
  readonly bytes: number;
  /** Median seconds from one state to its decisions. */
  readonly latencyS: number;
  /** Share of sub-tasks with the optimal site. */
  readonly accuracy: Estimate;
  /** Mean cost over the optimum's. */
  readonly relativeCost: Estimate;
}

/** Colours of Okabe and Ito; in black and white the markers tell techniques apart. */
const STYLES = [
  { color: "#000000", symbol: "circle" },
  { color: "#0072b2", symbol: "square" },
  { color: "#56b4e9", symbol: "diamond" },
  { color: "#d98200", symbol: "triangle-up" },
  { color: "#5f6b73", symbol: "triangle-down" },
  { color: "#009e73", symbol: "pentagon" },
];

const FRONT = { color: "#d55e00", dash: "4px,2px", width: 1 };

const X = [
  { title: "File (kB)", of: ({ bytes }: CompressionPoint) => bytes / 1000, log: true },
  { title: "One decision (µs)", of: ({ latencyS }: CompressionPoint) => 1e6 * latencyS, log: false },
];

const Y = [
  {
    title: "Labels wrong (%)",
    of: ({ accuracy: { value, low, high } }: CompressionPoint) =>
      percentOf({ value: 1 - value, low: 1 - high, high: 1 - low }),
  },
  {
    title: "Cost above the optimum (%)",
    of: ({ relativeCost }: CompressionPoint) => percentOf(relativeCost, 1),
  },
];

/** Of the logarithmic axes. */
const DIGITS = () => [1, 2, 5];
const ROOM = 0.12;

const COLUMNS = [
  [0, 0.45],
  [0.55, 1],
];
const ROWS = [
  [0.56, 1],
  [0, 0.44],
];

/**
 * Wrong labels and cost above the optimum of compressed networks against the bytes of their files and the time of one decision: filled markers for 32-bit
 * floats, open ones for 8-bit whole numbers. A dashed line is the Pareto front of each panel. At most six techniques; none without wrong labels.
 */
export function compressionFigure(points: readonly CompressionPoint[], provenance: Provenance): Figure {
  const techniques = [...new Set(points.map(({ technique }) => technique))];
  const panels = Y.flatMap((y, row) => X.map((x, column) => ({ x, y, row, column, axes: axesOf(2 * row + column) })));
  return {
    id: "compression",
    title: "Accuracy and cost of compressed networks against their size and their time",
    caption: "Filled: 32-bit floats; open: 8-bit whole numbers; dashed: what nothing else beats in both.",
    data: [
      ...panels.map(({ x, y, axes }, panel) => {
        const front = paretoFront(points.map((point) => ({ x: x.of(point), y: y.of(point).value })));
        return {
          type: "scatter",
          mode: "lines",
          name: "Pareto front",
          legendgroup: "front",
          showlegend: panel === 0,
          hoverinfo: "skip",
          x: front.map((point) => point.x),
          y: front.map((point) => point.y),
          ...axes,
          line: { ...FRONT, shape: "hv" },
        };
      }),
      ...techniques.flatMap((technique, index) =>
        (["float32", "int8"] as const).flatMap((precision) => {
          const own = points.filter((point) => point.technique === technique && point.precision === precision);
          const style = STYLES[index] as (typeof STYLES)[number];
          return panels.map(({ x, y, axes }, panel) =>
            marks(own, x.of, y.of, {
              name: `${technique}${precision === "int8" ? ", int8" : ""}`,
              legendgroup: `${technique}, ${precision}`,
              showlegend: panel === 0 && own.length > 0,
              ...axes,
              marker: {
                symbol: precision === "int8" ? `${style.symbol}-open` : style.symbol,
                color: style.color,
                size: 6,
                line: { color: style.color, width: 1 },
              },
            }),
          );
        }),
      ),
    ],
    layout: baseLayout("page", 360, {
      margin: { l: 42, r: 150, t: 8, b: 32, pad: 0 },
      legend: { x: 1.01, xanchor: "left", y: 1, yanchor: "top", itemwidth: 30, tracegroupgap: 2 },
      ...Object.fromEntries(
        panels.flatMap(({ x, y, row, column, axes: { xaxis, yaxis } }): [string, PlotlyObject][] => [
          [
            xaxis.replace("x", "xaxis"),
            axis(row === 1 ? x.title : "", {
              domain: COLUMNS[column],
              anchor: yaxis,
              ...(x.log ? logAxis(points.map(x.of), DIGITS, ROOM) : { rangemode: "tozero" }),
            }),
          ],
          [
            yaxis.replace("y", "yaxis"),
            axis(column === 0 ? y.title : "", {
              domain: ROWS[row],
              anchor: xaxis,
              ...logAxis(
                points.map((point) => y.of(point).value),
                DIGITS,
                ROOM,
              ),
            }),
          ],
        ]),
      ),
    }),
    table: {
      columns: [
        ...["technique", "detail", "precision", "weights", "bytes", "latency_s"],
        ...["accuracy", "cost_gap"].flatMap((name) => [name, `${name}_low`, `${name}_high`]),
      ],
      rows: points.map(({ technique, detail, precision, weights, bytes, latencyS, accuracy, relativeCost }) => [
        ...[technique, detail, precision, weights, bytes, latencyS],
        ...[accuracy.value, accuracy.low, accuracy.high],
        ...[relativeCost.value, relativeCost.low, relativeCost.high].map((ratio) => ratio - 1),
      ]),
    },
    provenance,
  };
}

/** The points of which no other has a smaller x or y and the other not larger, by ascending x. */
export function paretoFront<P extends { readonly x: number; readonly y: number }>(points: readonly P[]): P[] {
  const front: P[] = [];
  for (const point of points.toSorted((a, b) => a.x - b.x || a.y - b.y)) {
    const last = front.at(-1);
    if (!last || point.y < last.y) front.push(point);
  }
  return front;
}

function marks(
  points: readonly CompressionPoint[],
  xOf: (point: CompressionPoint) => number,
  yOf: (point: CompressionPoint) => Estimate,
  more: PlotlyObject,
): PlotlyObject {
  return {
    type: "scatter",
    mode: "markers",
    x: points.map(xOf),
    ...estimated(points.map(yOf)),
    customdata: points.map(({ technique, detail, precision }) => `${technique}, ${detail}, ${precision}`),
    hovertemplate: "%{customdata}: %{y:.4g} % at %{x:.4g}<extra></extra>",
    ...more,
  };
}

const axesOf = (panel: number): { xaxis: string; yaxis: string } => {
  const number = panel === 0 ? "" : String(panel + 1);
  return { xaxis: `x${number}`, yaxis: `y${number}` };
};
