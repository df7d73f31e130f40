import { InputError } from "../errors";
import type { Estimate } from "../evaluation/estimate";
import type { Figure, FigureLayout, PlotlyObject } from "./figure";

/** Times metrics everywhere: exported files embed Tinos; a screen without it has one of the others. */
export const FONT_FAMILY = "Tinos, Times New Roman, Times, serif";

/** Size of all text: 8 pt (1 pt = 1/72 in, 1 px = 1/96 in). */
export const FONT_SIZE_PX = (8 * 96) / 72;

/** Width of one IEEE column, 3.5 in, and of two with the gap between them, 7.16 in, to the nearest pixel. */
export const WIDTH_PX = { column: 336, page: 687 } as const;

const INK = "#000000";
const GRID = "#d9d9d9";
const HAIRLINE_PX = 0.75;

/**
 * How a scheme looks in every figure. Colours are told apart with any colour vision (Okabe and Ito's palette); pattern,
 * dash and marker tell the schemes apart in black and white.
 */
export interface SchemeStyle {
  /** Fill of a solid bar; ink of a patterned bar; colour of a line. */
  color: string;
  /** Plotly's `marker.pattern.shape` of a bar; empty for a solid one. */
  pattern: "" | "/" | "\\" | "x" | "-" | "|" | "+" | ".";
  /** Plotly's `line.dash`. */
  dash: string;
  /** Plotly's `marker.symbol`. */
  marker: string;
}

const STYLES: Record<string, SchemeStyle> = {
  OOS: { color: "#000000", pattern: "", dash: "solid", marker: "circle" },
  DIOS: { color: "#0072b2", pattern: "", dash: "8px,2px", marker: "square" },
  DROS: { color: "#56b4e9", pattern: "\\", dash: "dash", marker: "diamond" },
  SOS: { color: "#009e73", pattern: "/", dash: "dot", marker: "triangle-up" },
  GOS: { color: "#d98200", pattern: "x", dash: "dashdot", marker: "x-thin-open" },
  ROS: { color: "#b0558a", pattern: ".", dash: "longdash", marker: "cross-thin-open" },
  LOS: { color: "#d55e00", pattern: "-", dash: "longdashdot", marker: "triangle-down" },
  EOS: { color: "#5f6b73", pattern: "|", dash: "5px,2px,1px,2px", marker: "circle-open" },
  COS: { color: "#8a7a00", pattern: "+", dash: "1px,3px", marker: "square-open" },
};

/** The fixed style of a scheme of the paper. Throws an InputError for any other name. */
export function schemeStyle(scheme: string): SchemeStyle {
  const style = STYLES[scheme];
  if (!style) throw new InputError(`scheme is ${scheme}; allowed: ${Object.keys(STYLES).join(", ")}.`);
  return style;
}

/** Of a bar whose scheme is none of the paper's. */
const OWN_BAR = { color: "#bfbfbf", pattern: "" };

/** Plotly's `marker` for the bars of these schemes, one entry a bar. */
export function barMarker(schemes: string[]): PlotlyObject {
  const styles = schemes.map((scheme) => STYLES[scheme] ?? OWN_BAR);
  return {
    color: styles.map((style) => style.color),
    line: { color: INK, width: HAIRLINE_PX },
    pattern: {
      shape: styles.map((style) => style.pattern),
      fillmode: "replace",
      fgcolor: styles.map((style) => style.color),
      bgcolor: styles.map((style) => (style.pattern === "" ? style.color : "#ffffff")),
      fgopacity: 1,
      size: 5,
      solidity: 0.35,
    },
  };
}

/** Plotly's `line` and `marker` for a curve of one scheme. */
export function curveStyle(scheme: string): PlotlyObject {
  const { color, dash, marker } = schemeStyle(scheme);
  return curveLook({ color, dash, symbol: marker });
}

/** Plotly's `line` and `marker` for a curve in a colour, with a dash and a marker that tell it apart in black and white. */
export function curveLook({ color, dash, symbol }: { color: string; dash: string; symbol: string }): PlotlyObject {
  return {
    line: { color, dash, width: 1.25 },
    marker: { symbol, color, size: 5.5, line: { color, width: 1 } },
  };
}

/**
 * Plotly's `error_y`: thin black bars from `low` to `high` around `values` (all in the unit of the axis). A value without
 * an interval has none.
 */
export function errorBars(values: (number | null)[], low: (number | null)[], high: (number | null)[]): PlotlyObject {
  const reach = (ends: (number | null)[]) =>
    values.map((value, i) => {
      const end = ends[i] ?? null;
      return value === null || end === null ? 0 : Math.abs(end - value);
    });
  return {
    type: "data",
    symmetric: false,
    array: reach(high),
    arrayminus: reach(low),
    color: INK,
    thickness: HAIRLINE_PX,
    width: 2.5,
  };
}

/** Plotly's `y` and `error_y` for estimates. */
export function estimated(estimates: readonly Estimate[]): { y: number[]; error_y: PlotlyObject } {
  const y = estimates.map(({ value }) => value);
  const ends = (end: "low" | "high") => estimates.map((estimate) => estimate[end]);
  return { y, error_y: errorBars(y, ends("low"), ends("high")) };
}

/**
 * Plotly's settings of a logarithmic axis for values above 0: ticks at the `digits` of each decade, which may depend on how many decades there are,
 * and `room` on both sides, in decades.
 */
export function logAxis(
  values: readonly number[],
  digitsOf: (decades: number) => readonly number[],
  room: number | ((decades: number) => number),
  textOf: (tick: number) => string = String,
): PlotlyObject {
  const [first, last] = [Math.log10(Math.min(...values)), Math.log10(Math.max(...values))];
  const digits = digitsOf(last - first);
  const around = typeof room === "number" ? room : room(last - first);
  const tickvals: number[] = [];
  for (let decade = Math.floor(first - around); decade <= Math.ceil(last + around); decade++) {
    tickvals.push(...digits.map((digit) => Number(`${digit}e${decade}`)));
  }
  return { type: "log", range: [first - around, last + around], tickvals, ticktext: tickvals.map(textOf) };
}

/** Plotly's settings of an axis: thin black line, ticks outside, horizontal labels, a light grid unless it is turned off. */
export function axis(title: string, options: PlotlyObject = {}): PlotlyObject {
  return {
    title: { text: title, standoff: 5, font: { size: FONT_SIZE_PX } },
    color: INK,
    linecolor: INK,
    linewidth: HAIRLINE_PX,
    showline: true,
    ticks: "outside",
    ticklen: 3,
    tickwidth: HAIRLINE_PX,
    tickangle: 0,
    gridcolor: GRID,
    gridwidth: 0.5,
    zeroline: false,
    automargin: false,
    fixedrange: false,
    ...options,
  };
}

/**
 * The layout that every figure starts from: white, 8 pt serif, the legend in one row above the plot.
 * @param width one column or the width of the page
 * @param heightPx in CSS pixels; 216 are 2.25 in
 */
export function baseLayout(width: keyof typeof WIDTH_PX, heightPx: number, more: PlotlyObject = {}): FigureLayout {
  const font = { family: FONT_FAMILY, size: FONT_SIZE_PX, color: INK };
  return {
    width: WIDTH_PX[width],
    height: heightPx,
    autosize: false,
    font,
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    margin: { l: 38, r: 4, t: 22, b: 20, pad: 0 },
    hoverlabel: { font },
    legend: {
      orientation: "h",
      x: 0.5,
      xanchor: "center",
      y: 1.02,
      yanchor: "bottom",
      itemwidth: 30,
      tracegroupgap: 0,
      font,
      bgcolor: "rgba(0,0,0,0)",
    },
    ...more,
  };
}

/** On a screen a figure is drawn so much larger than in print: a column becomes 538 px wide with text of 17 px. */
const SCREEN_SCALE = 1.6;

/** Names in a Plotly specification whose numbers are lengths on paper. */
const LENGTHS = new Set(
  (
    "size width height l r t b pad ticklen tickwidth linewidth gridwidth zerolinewidth thickness standoff borderwidth " +
    "borderpad itemwidth tracegroupgap xshift yshift ax ay arrowwidth"
  ).split(" "),
);

/** The same figure for a screen: all lengths and fonts `scale` times as large (1.6 unless told), the data untouched. */
export function forScreen(figure: Figure, scale = SCREEN_SCALE): Figure {
  const enlarge = (part: PlotlyObject) => enlargeBy(scale, part);
  return {
    ...figure,
    // A bar's own `width` is in units of its axis, so only what a trace contains is enlarged.
    data: figure.data.map((trace) => mapValues(trace, (value) => (isPlain(value) ? enlarge(value) : value))),
    layout: enlarge(figure.layout) as FigureLayout,
  };
}

function enlargeBy(scale: number, part: PlotlyObject): PlotlyObject {
  const enlarge = (inner: PlotlyObject) => enlargeBy(scale, inner);
  return mapValues(part, (value, name) => {
    if (LENGTHS.has(name) && typeof value === "number") return value * scale;
    if (LENGTHS.has(name) && Array.isArray(value)) return value.map((v) => (typeof v === "number" ? v * scale : v));
    if (Array.isArray(value)) return value.map((item) => (isPlain(item) ? enlarge(item) : item));
    return isPlain(value) ? enlarge(value) : value;
  });
}

function mapValues(object: PlotlyObject, map: (value: unknown, name: string) => unknown): PlotlyObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value, name)]));
}

function isPlain(value: unknown): value is PlotlyObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
