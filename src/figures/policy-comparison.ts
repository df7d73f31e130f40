import { type Estimate, percentOf } from "../evaluation/estimate";
import { SCHEME_NAMES } from "../schemes/scheme";
import type { Figure, PlotlyObject, Provenance } from "./figure";
import { axis, baseLayout, curveLook, curveStyle, estimated, logAxis } from "./theme";

/** How one policy did at one number or category, as `evaluate` gives it (shares, not per cent). */
export interface PolicyPoint {
  readonly x: number | string;
  readonly accuracy: Estimate;
  /** Mean cost over the optimum's. */
  readonly relativeCost: Estimate;
}

/** Looks of policies that are no scheme of the paper, told apart in black and white. */
const STYLES = [
  { color: "#000000", dash: "solid", symbol: "circle" },
  { color: "#b0558a", dash: "4px,2px", symbol: "diamond-open" },
  { color: "#56b4e9", dash: "1px,2px", symbol: "triangle-up" },
  { color: "#5f6b73", dash: "8px,2px,2px,2px", symbol: "cross-thin-open" },
];

/** Between two lines of a category. */
const LINE_PX = 14;

/** Between the points of two policies at a category, and at most of all together; categories are 1 apart. */
const STEP = 0.15;
const SPREAD = 0.6;

/** Costs that differ more than so many times are drawn on a logarithmic axis. */
const LINEAR_MOST = 20;

/** The x of all policies. Categories are drawn at whole numbers, in the order in which they come. */
interface Places {
  readonly categories: readonly string[] | undefined;
  readonly at: (x: number | string) => number;
}

/**
 * Policies side by side against a number (a line each) or a category (points beside each other): labels right on the left and cost
 * above the optimum on the right, with their 95 % intervals. Schemes of the paper have their look of all figures; at most four others.
 * A policy may lack points; on a logarithmic axis one that costs no more than the optimum is left out.
 */
export function policyComparison(
  id: string,
  title: string,
  xTitle: string,
  policies: Readonly<Record<string, readonly PolicyPoint[]>>,
  provenance: Provenance,
): Figure {
  const names = Object.keys(policies);
  const styles = stylesOf(names);
  const all = Object.values(policies).flat();
  const places = placesOf(all);
  const gaps = all.map(({ relativeCost }) => gapOf(relativeCost).value).filter((gap) => gap > 0);
  const logarithmic = Math.max(...gaps) > LINEAR_MOST * Math.min(...gaps);
  const step = Math.min(STEP, SPREAD / Math.max(1, names.length - 1));
  const data = names.flatMap((name, index) => {
    const shift = places.categories ? step * (index - (names.length - 1) / 2) : 0;
    const points = policies[name] as readonly PolicyPoint[];
    const drawn = logarithmic ? points.filter(({ relativeCost }) => gapOf(relativeCost).value > 0) : points;
    const trace = (
      panel: string,
      shown: readonly PolicyPoint[],
      of: (point: PolicyPoint) => Estimate,
    ): PlotlyObject => {
      const estimates = shown.map(of);
      return {
        type: "scatter",
        mode: places.categories ? "markers" : "lines+markers",
        name,
        legendgroup: name,
        showlegend: panel === "",
        x: shown.map(({ x }) => places.at(x) + shift),
        ...estimated(estimates),
        xaxis: `x${panel}`,
        yaxis: `y${panel}`,
        ...styles[index],
        customdata: shown.map(({ x }, i) => [x, estimates[i]?.low, estimates[i]?.high]),
        hovertemplate: `${name}, %{customdata[0]}: %{y:.4g} % (%{customdata[1]:.4g} to %{customdata[2]:.4g})<extra></extra>`,
      };
    };
    return [
      trace("", points, ({ accuracy }) => percentOf(accuracy)),
      trace("2", drawn, ({ relativeCost }) => gapOf(relativeCost)),
    ];
  });
  const xAxis = (more: PlotlyObject) => axis(xTitle, { ...scaleOf(places, all), ...more });
  const lines = Math.max(1, ...(places.categories ?? []).map((category) => linesOf(category).length));
  return {
    id,
    title,
    data,
    layout: baseLayout("page", 210 + LINE_PX * (lines - 1), {
      margin: { l: 42, r: 8, t: 22, b: (xTitle === "" ? 20 : 32) + LINE_PX * (lines - 1), pad: 0 },
      xaxis: xAxis({ domain: [0, 0.45] }),
      yaxis: axis("Labels right (%)"),
      xaxis2: xAxis({ domain: [0.56, 1], anchor: "y2" }),
      yaxis2: axis("Cost above the optimum (%)", {
        anchor: "x2",
        ...(logarithmic ? logAxis(gaps, digitsOf, 0.2) : { rangemode: "tozero" }),
      }),
    }),
    table: {
      columns: ["policy", "x", ...["accuracy", "cost_gap"].flatMap((name) => [name, `${name}_low`, `${name}_high`])],
      rows: names.flatMap((name) =>
        (policies[name] as readonly PolicyPoint[]).map(({ x, accuracy, relativeCost }) => [
          name,
          x,
          ...[accuracy.value, accuracy.low, accuracy.high],
          ...[relativeCost.value, relativeCost.low, relativeCost.high].map((ratio) => ratio - 1),
        ]),
      ),
    },
    provenance,
  };
}

function stylesOf(names: readonly string[]): PlotlyObject[] {
  const schemes = new Set<string>(SCHEME_NAMES);
  const others = names.filter((name) => !schemes.has(name));
  return names.map((name) => {
    if (schemes.has(name)) return curveStyle(name);
    return curveLook(STYLES[others.indexOf(name)] as (typeof STYLES)[number]);
  });
}

function placesOf(points: readonly PolicyPoint[]): Places {
  if (points.every(({ x }) => typeof x === "number")) return { categories: undefined, at: Number };
  const categories = [...new Set(points.map(({ x }) => String(x)))];
  return { categories, at: (x) => categories.indexOf(String(x)) };
}

/** Settings of the x axis: the categories, in lines; or a tick a number where there are few. */
function scaleOf({ categories }: Places, points: readonly PolicyPoint[]): PlotlyObject {
  if (!categories) {
    const xs = [...new Set(points.map(({ x }) => Number(x)))];
    return xs.length <= 6 && xs.every(Number.isInteger) && Math.max(...xs) <= 12 ? { dtick: 1 } : {};
  }
  return {
    range: [-0.5, categories.length - 0.5],
    tickvals: categories.map((_, place) => place),
    ticktext: categories.map((category) => linesOf(category).join("<br>")),
    ticks: "",
    showgrid: false,
  };
}

/** A category broken at spaces, underscores and hyphens. */
function linesOf(category: string): string[] {
  return category.split(/[ _]+|(?<=-)/);
}

/** Ticks at 1, 2 and 5 of each decade, or at its beginning alone where there are many. */
const digitsOf = (decades: number) => (decades < 2.5 ? [1, 2, 5] : [1]);

/** Per cent above 1. */
const gapOf = (ratio: Estimate): Estimate => percentOf(ratio, 1);
