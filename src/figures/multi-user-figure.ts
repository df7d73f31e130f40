import type { Estimate } from "../evaluation/estimate";
import type { Figure, PlotlyObject, Provenance } from "./figure";
import { axis, baseLayout, curveLook, estimated, logAxis } from "./theme";

/** What was measured with so many users, or servers. */
export interface CrowdPoint {
  readonly x: number;
  readonly y: Estimate;
}

/** A line a name in each of the two panels. */
export interface CrowdCurves {
  readonly users: Readonly<Record<string, readonly CrowdPoint[]>>;
  readonly servers: Readonly<Record<string, readonly CrowdPoint[]>>;
}

/** Colours of Okabe and Ito; in black and white dashes and markers tell lines apart. */
const STYLES = [
  { color: "#0072b2", dash: "solid", symbol: "square" },
  { color: "#d55e00", dash: "4px,2px", symbol: "triangle-up" },
  { color: "#000000", dash: "8px,2px", symbol: "circle" },
  { color: "#009e73", dash: "1px,2px", symbol: "diamond" },
  { color: "#b0558a", dash: "8px,2px,2px,2px", symbol: "circle-open" },
  { color: "#56b4e9", dash: "2px,4px", symbol: "square-open" },
];

/**
 * Something of many users against their number on the left, on a logarithmic axis, and that of servers on the right, with 95 % intervals. Where
 * `logarithmic` says so the something is on a logarithmic axis too, and points at or below 0 are left out. At most six names.
 */
export function multiUserFigure(
  id: string,
  title: string,
  yTitle: string,
  curves: CrowdCurves,
  provenance: Provenance,
  logarithmic = false,
): Figure {
  const names = [...new Set([...Object.keys(curves.users), ...Object.keys(curves.servers)])];
  const panels = [
    { axes: "", x: "users", of: curves.users },
    { axes: "2", x: "servers", of: curves.servers },
  ] as const;
  const drawn = ({ y }: CrowdPoint) => !logarithmic || y.value > 0;
  const all = panels.flatMap(({ of }) => Object.values(of).flat()).filter(drawn);
  const yAxis = logarithmic
    ? logAxis(
        all.map(({ y }) => y.value),
        digitsOf,
        0.25,
      )
    : { rangemode: "tozero" };
  return {
    id,
    title,
    data: panels.flatMap(({ axes, of }) =>
      names.flatMap((name, index) => {
        const points = (of[name] ?? []).filter(drawn);
        if (points.length === 0) return [];
        const inLegend = axes === "" || !curves.users[name]?.some(drawn);
        return [trace(name, points, index, axes, inLegend)];
      }),
    ),
    layout: baseLayout("page", 230, {
      margin: { l: 46, r: 8, t: 36, b: 32, pad: 0 },
      xaxis: axis("Users U", { type: "log", domain: [0, 0.47], ...ticksAt(curves.users) }),
      yaxis: axis(yTitle, yAxis),
      xaxis2: axis("Servers K", { domain: [0.53, 1], anchor: "y2", ...ticksAt(curves.servers) }),
      yaxis2: axis("", { anchor: "x2", matches: "y", showticklabels: false, ...yAxis }),
    }),
    table: {
      columns: ["policy", "against", "x", "value", "low", "high"],
      rows: panels.flatMap(({ x, of }) =>
        Object.entries(of).flatMap(([name, points]) =>
          points.map((point) => [name, x, point.x, point.y.value, point.y.low, point.y.high]),
        ),
      ),
    },
    provenance,
  };
}

function trace(
  name: string,
  points: readonly CrowdPoint[],
  index: number,
  axes: string,
  showlegend: boolean,
): PlotlyObject {
  const { y, error_y } = estimated(points.map((point) => point.y));
  return {
    type: "scatter",
    mode: "lines+markers",
    name,
    legendgroup: name,
    showlegend,
    x: points.map(({ x }) => x),
    y,
    xaxis: `x${axes}`,
    yaxis: `y${axes}`,
    ...curveLook(STYLES[index] as (typeof STYLES)[number]),
    ...(points.some((point) => point.y.low < point.y.high) ? { error_y } : {}),
  };
}

/** Ticks where points are. */
function ticksAt(curves: CrowdCurves["users"]): PlotlyObject {
  const xs = [...new Set(Object.values(curves).flatMap((points) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  return { tickvals: xs, ticktext: xs.map(String) };
}

/** Ticks at 1 and 3 of each decade, or at its beginning alone where there are many. */
const digitsOf = (decades: number) => (decades < 2.5 ? [1, 3] : [1]);
