import type { DeadlineResult } from "../evaluation/deadline";
import { type Estimate, percentOf } from "../evaluation/estimate";
import { SCHEME_NAMES } from "../schemes/scheme";
import type { Figure, PlotlyObject, Provenance } from "./figure";
import { axis, baseLayout, curveLook, curveStyle, estimated } from "./theme";

/** Looks of what is no scheme of the paper, told apart in black and white. */
const OTHERS = [
  { color: "#000000", dash: "1px,2px", symbol: "circle-open" },
  { color: "#0072b2", dash: "2px,2px", symbol: "square-open" },
];

/**
 * Share of states that miss a deadline, on the left, against the deadline, and on the right the cost above the optimum of those schemes whose
 * decisions depend on it. At most two that are no scheme of the paper. Bars are 95 % intervals.
 */
export function deadlineFigure(
  schemes: Readonly<Record<string, readonly DeadlineResult[]>>,
  provenance: Provenance,
): Figure {
  const entries = Object.entries(schemes);
  const others = entries.map(([name]) => name).filter((name) => !isScheme(name));
  const styleOf = (name: string): PlotlyObject => {
    if (isScheme(name)) return curveStyle(name);
    return curveLook(OTHERS[others.indexOf(name)] as (typeof OTHERS)[number]);
  };
  const curve = (
    name: string,
    points: readonly DeadlineResult[],
    panel: string,
    of: (point: DeadlineResult) => Estimate,
  ): PlotlyObject => ({
    type: "scatter",
    mode: "lines+markers",
    name,
    legendgroup: name,
    showlegend: panel === "",
    x: points.map(({ deadlineS }) => deadlineS),
    ...estimated(points.map(of)),
    xaxis: `x${panel}`,
    yaxis: `y${panel}`,
    ...styleOf(name),
  });
  const depends = entries.filter(([, points]) =>
    points.some(({ relativeCost }) => relativeCost.value !== points[0]?.relativeCost.value),
  );
  return {
    id: "deadline",
    title: "Missed deadlines against the deadline",
    data: [
      ...entries.map(([name, points]) => curve(name, points, "", ({ misses }) => percentOf(misses))),
      ...depends.map(([name, points]) => curve(name, points, "2", ({ relativeCost }) => percentOf(relativeCost, 1))),
    ],
    layout: baseLayout("page", 240, {
      margin: { l: 42, r: 8, t: 36, b: 32, pad: 0 },
      xaxis: axis("Deadline (s)", { domain: [0, 0.58] }),
      yaxis: axis("States that miss it (%)", { range: [-2, 103] }),
      xaxis2: axis("Deadline (s)", { domain: [0.68, 1], anchor: "y2" }),
      yaxis2: axis("Cost above the optimum (%)", { anchor: "x2", rangemode: "tozero" }),
    }),
    table: {
      columns: [
        "scheme",
        "deadline_s",
        ...["misses", "relative_cost"].flatMap((name) => [name, `${name}_low`, `${name}_high`]),
      ],
      rows: entries.flatMap(([name, points]) =>
        points.map(({ deadlineS, misses, relativeCost }) => [
          name,
          deadlineS,
          ...[misses, relativeCost].flatMap(({ value, low, high }) => [value, low, high]),
        ]),
      ),
    },
    provenance,
  };
}

const isScheme = (name: string): boolean => SCHEME_NAMES.some((known) => known === name);
