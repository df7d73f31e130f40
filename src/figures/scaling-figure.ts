import type { Estimate } from "../evaluation/estimate";
import type { Figure, PlotlyObject, Provenance } from "./figure";
import { axis, baseLayout, logAxis } from "./theme";

/** What was measured at one size: y in seconds, bytes or things a second. */
export interface ScalingPoint {
  readonly x: number;
  readonly y: number;
}

/** A law fitted to points: y = factor x^rate (power) or y = factor rate^x (exponential), for x of these points. */
export interface ScalingFit {
  readonly form: "power" | "exponential";
  /** The exponent, or the base. */
  readonly rate: Estimate;
  readonly factor: number;
  readonly least: number;
  readonly most: number;
}

/** Points to draw, joined by a line, or with the line of their fit. */
export interface ScalingSeries {
  readonly name: string;
  readonly points: readonly ScalingPoint[];
  readonly fit?: ScalingFit;
}

/** What the axes of a scaling figure are. */
export interface ScalingAxes {
  readonly x: string;
  /** What x is called in the fitted laws of the legend, such as T. */
  readonly symbol: string;
  /** Linear, so that an exponential law is a straight line; logarithmic, as for power laws, unless said. */
  readonly linear?: boolean;
  readonly y: string;
  /** Of y. */
  readonly unit: "s" | "B" | "/s";
}

/** Colours of Okabe and Ito; in black and white the markers tell series apart. */
const STYLES = [
  { color: "#000000", symbol: "circle" },
  { color: "#d55e00", symbol: "triangle-up" },
  { color: "#0072b2", symbol: "square" },
  { color: "#009e73", symbol: "diamond" },
  { color: "#b0558a", symbol: "circle-open" },
  { color: "#d98200", symbol: "square-open" },
  { color: "#56b4e9", symbol: "triangle-down" },
];

/** What a unit's column of the table is called. */
const COLUMNS = { s: "seconds", B: "bytes", "/s": "per second" };

/** Points of a fitted line. */
const LINE_POINTS = 40;

const CHARACTER_PX = 5.2;

/**
 * Time or memory against a size, on a logarithmic axis: measured points, the lines of their fits, and what was fitted in the legend,
 * with its 95 % interval. `crossings` are drawn as rings with their x. At most seven series.
 */
export function scalingFigure(
  id: string,
  title: string,
  axes: ScalingAxes,
  series: readonly ScalingSeries[],
  provenance: Provenance,
  crossings: readonly ScalingPoint[] = [],
): Figure {
  const data = series.flatMap((one, index) => tracesOf(one, STYLES[index] as (typeof STYLES)[number], axes));
  if (crossings.length > 0) data.push(rings(crossings));
  const names = data.filter(({ showlegend }) => showlegend).flatMap(({ name }) => String(name).split("<br>"));
  const longest = Math.max(...names.map((name) => name.replaceAll(/<[^>]*>/g, "").length));
  const all = series.flatMap(({ points }) => points);
  const xs = all.map(({ x }) => x);
  const ys = all.map(({ y }) => y);
  return {
    id,
    title,
    data,
    layout: baseLayout("page", 250, {
      margin: { l: 56, r: 48 + CHARACTER_PX * longest, t: 8, b: 32, pad: 0 },
      legend: { x: 1.01, xanchor: "left", y: 1, yanchor: "top", itemwidth: 30, tracegroupgap: 2 },
      xaxis: axis(axes.x, axes.linear ? {} : logAxis(xs, digitsOf, roomOf, (x) => x.toLocaleString("en"))),
      yaxis: axis(
        axes.y,
        logAxis(ys, digitsOf, roomOf, (y) => withPrefix(y, axes.unit)),
      ),
    }),
    table: {
      columns: ["series", axes.symbol, COLUMNS[axes.unit], "fitted"],
      rows: series.flatMap(({ name, points, fit }) =>
        points.map(({ x, y }) => [name, x, y, fit && x >= fit.least && x <= fit.most ? fitted(fit, x) : null]),
      ),
    },
    provenance,
  };
}

function tracesOf({ name, points, fit }: ScalingSeries, style: (typeof STYLES)[number], axes: ScalingAxes) {
  const { color, symbol } = style;
  const measured: PlotlyObject = {
    type: "scatter",
    mode: fit ? "markers" : "lines+markers",
    name: fit ? `${name}<br>${lawOf(fit, axes.symbol)}` : name,
    legendgroup: name,
    showlegend: true,
    x: points.map(({ x }) => x),
    y: points.map(({ y }) => y),
    line: { color, width: 1 },
    marker: { symbol, color, size: 5, line: { color, width: 1 } },
  };
  if (!fit) return [measured];
  const x = between(fit.least, fit.most, axes.linear === true);
  const line: PlotlyObject = {
    type: "scatter",
    mode: "lines",
    name,
    legendgroup: name,
    showlegend: false,
    hoverinfo: "skip",
    x,
    y: x.map((at) => fitted(fit, at)),
    line: { color, width: 1, dash: "4px,2px" },
  };
  return [line, measured];
}

function rings(crossings: readonly ScalingPoint[]): PlotlyObject {
  return {
    type: "scatter",
    mode: "markers+text",
    name: "crossing",
    showlegend: true,
    x: crossings.map(({ x }) => x),
    y: crossings.map(({ y }) => y),
    text: crossings.map(({ x }) => Number(x.toPrecision(2)).toLocaleString("en")),
    textposition: "bottom right",
    marker: { symbol: "circle-open", color: "#000000", size: 10, line: { color: "#000000", width: 1 } },
  };
}

const fitted = ({ form, factor, rate }: ScalingFit, x: number): number =>
  factor * (form === "power" ? x ** rate.value : rate.value ** x);

/** "T^1.02 (1.00 to 1.04)", "3.01^T (2.99 to 3.03)", with the exponent raised. */
function lawOf({ form, rate }: ScalingFit, symbol: string): string {
  const [value, low, high] = [rate.value, rate.low, rate.high].map((number) => number.toFixed(2));
  const law = form === "power" ? `${symbol}<sup>${value}</sup>` : `${value}<sup>${symbol}</sup>`;
  return `${law} (${low} to ${high})`;
}

/** Numbers from `least` to `most` whose differences, or else whose ratios, are equal. */
function between(least: number, most: number, linear: boolean): number[] {
  return Array.from({ length: LINE_POINTS }, (_, i) => {
    const share = i / (LINE_POINTS - 1);
    return linear ? least + share * (most - least) : least * (most / least) ** share;
  });
}

/** A tick a decade, and more where there are few decades. */
const digitsOf = (decades: number) => (decades < 1 ? [1, 1.5, 2, 3, 4, 5, 7] : decades < 2.5 ? [1, 2, 5] : [1]);

const roomOf = (decades: number) => 0.06 * decades + 0.05;

const PREFIXES = ["n", "µ", "m", "", "k", "M", "G", "T"];

/** "10 µs", "2 MB" */
function withPrefix(value: number, unit: string): string {
  const index = Math.min(Math.max(Math.floor(Math.log10(value * 1.000001) / 3) + 3, 0), PREFIXES.length - 1);
  return `${Number((value / 1000 ** (index - 3)).toPrecision(3))} ${PREFIXES[index]}${unit}`.replace(" /", "/");
}
