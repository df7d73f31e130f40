import type { TimeAndEnergy } from "../evaluation/energy";
import { SCHEME_NAMES } from "../schemes/scheme";
import type { Figure, PlotlyObject, Provenance } from "./figure";
import { axis, baseLayout, curveStyle, errorBars } from "./theme";

/** Time and energy of decisions, and what they are called in the table: the weight that they are for, for one. */
export interface ParetoPoint extends TimeAndEnergy {
  readonly label: string;
}

const PANELS = [
  { suffix: "", title: "All delays together (s)", domain: [0, 0.455], of: ({ delayS }: ParetoPoint) => delayS },
  { suffix: "2", title: "Execution time (s)", domain: [0.545, 1], of: ({ timeS }: ParetoPoint) => timeS },
];

/**
 * Energy of the device against time, on the left the sum of all delays that the cost weighs, on the right the execution time. `curves` are by
 * scheme, a point a weight and a line through them; `points` are single decisions by scheme. Bars are 95 % intervals.
 */
export function paretoFigure(
  curves: Readonly<Record<string, readonly ParetoPoint[]>>,
  points: Readonly<Record<string, ParetoPoint>>,
  provenance: Provenance,
): Figure {
  const series = [
    ...Object.entries(curves).map(([name, of]) => ({ name, of, lines: true })),
    ...Object.entries(points).map(([name, point]) => ({ name, of: [point], lines: false })),
  ];
  const ends = ["value", "low", "high"] as const;
  return {
    id: "pareto",
    title: "Energy of the device against time",
    data: PANELS.flatMap(({ suffix, of: timeOf }) =>
      series.map(({ name, of, lines }): PlotlyObject => {
        const [x, xLow, xHigh] = ends.map((end) => of.map((point) => timeOf(point)[end]));
        const [y, yLow, yHigh] = ends.map((end) => of.map(({ energyJ }) => energyJ[end]));
        return {
          type: "scatter",
          mode: lines ? "lines+markers" : "markers",
          name,
          legendgroup: name,
          showlegend: suffix === "",
          x,
          y,
          text: of.map(({ label }) => label),
          xaxis: `x${suffix}`,
          yaxis: `y${suffix}`,
          error_x: errorBars(x as number[], xLow as number[], xHigh as number[]),
          error_y: errorBars(y as number[], yLow as number[], yHigh as number[]),
          // What spends nothing lies on the axis.
          cliponaxis: false,
          ...styleOf(name),
        };
      }),
    ),
    layout: baseLayout("page", 240, {
      margin: { l: 42, r: 8, t: 36, b: 32, pad: 0 },
      ...Object.fromEntries(
        PANELS.flatMap(({ suffix, title, domain }) => [
          [`xaxis${suffix}`, axis(title, { domain, anchor: `y${suffix}` })],
          [
            `yaxis${suffix}`,
            axis(suffix === "" ? "Energy of the device (J)" : "", { anchor: `x${suffix}`, rangemode: "tozero" }),
          ],
        ]),
      ),
    }),
    table: {
      columns: [
        "scheme",
        "label",
        ...["delay_s", "time_s", "energy_j"].flatMap((name) => [name, `${name}_low`, `${name}_high`]),
      ],
      rows: series.flatMap(({ name, of }) =>
        of.map((point) => [
          name,
          point.label,
          ...[point.delayS, point.timeS, point.energyJ].flatMap(({ value, low, high }) => [value, low, high]),
        ]),
      ),
    },
    provenance,
  };
}

/** The look of the scheme that a name begins with; hollow where more is said. */
function styleOf(name: string): PlotlyObject {
  const scheme = SCHEME_NAMES.find((known) => name.startsWith(known)) ?? "OOS";
  const { line, marker } = curveStyle(scheme) as { line: PlotlyObject; marker: PlotlyObject };
  const symbol = name === scheme ? marker.symbol : `${marker.symbol}-open`;
  return { line, marker: { ...marker, symbol, size: 6 } };
}
