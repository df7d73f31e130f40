import { type Estimate, percentOf } from "../evaluation/estimate";
import type { Figure, PlotlyObject, Provenance } from "./figure";
import { axis, baseLayout, estimated } from "./theme";

/** How one way to learn did on one domain with so many demonstrations (shares, not per cent). */
export interface TransferPoint {
  readonly domain: string;
  readonly method: string;
  /** Demonstrations learned from; 0 for a policy that decides as it came. */
  readonly count: number;
  readonly accuracy: Estimate;
  /** Mean cost over the optimum's. */
  readonly relativeCost: Estimate;
}

/** In black and white dashes and markers tell ways to learn apart. */
const STYLES = [
  { color: "#000000", dash: "1px,2px", symbol: "circle-open" },
  { color: "#d55e00", dash: "solid", symbol: "triangle-up" },
  { color: "#0072b2", dash: "8px,2px", symbol: "square" },
  { color: "#009e73", dash: "4px,2px", symbol: "diamond" },
  { color: "#b0558a", dash: "8px,2px,2px,2px", symbol: "circle" },
];

/** Room between two panels, as a share of the width. */
const GAP = 0.03;

interface Row {
  readonly title: string;
  readonly domain: readonly [number, number];
  readonly of: (point: TransferPoint) => Estimate;
}

const ROWS: readonly Row[] = [
  { title: "Labels right (%)", domain: [0.55, 1], of: ({ accuracy }) => percentOf(accuracy) },
  { title: "Cost above the optimum (%)", domain: [0, 0.45], of: ({ relativeCost }) => percentOf(relativeCost, 1) },
];

/**
 * Sample efficiency: labels right, above, and cost above the optimum on a logarithmic axis, below, against the number of demonstrations of each
 * domain, a column each. What learned from none is a level line. At most five methods.
 */
export function transferFigure(points: readonly TransferPoint[], provenance: Provenance): Figure {
  const domains = [...new Set(points.map(({ domain }) => domain))];
  const methods = [...new Set(points.map(({ method }) => method))];
  const counts = [...new Set(points.map(({ count }) => count))].filter((count) => count > 0).sort((a, b) => a - b);
  const width = (1 - GAP * (domains.length - 1)) / domains.length;
  const axes: Record<string, PlotlyObject> = {};
  const data = ROWS.flatMap((row, rowIndex) =>
    domains.flatMap((domain, column) => {
      const number = rowIndex * domains.length + column + 1;
      const suffix = number === 1 ? "" : String(number);
      const left = column * (width + GAP);
      const lowest = rowIndex === ROWS.length - 1;
      axes[`xaxis${suffix}`] = axis(lowest && column === Math.floor((domains.length - 1) / 2) ? "Demonstrations" : "", {
        type: "log",
        domain: [left, left + width],
        anchor: `y${suffix}`,
        tickvals: ticksOf(counts),
        ticktext: ticksOf(counts).map(short),
        showticklabels: lowest,
        range: [Math.log10((counts[0] as number) / 1.4), Math.log10((counts.at(-1) as number) * 1.4)],
      });
      axes[`yaxis${suffix}`] = axis(column === 0 ? row.title : "", {
        domain: row.domain,
        anchor: `x${suffix}`,
        showticklabels: column === 0,
        ...rangeOf(points.map(row.of), lowest),
      });
      return methods.flatMap((method, index) => {
        const own = points.filter((point) => point.domain === domain && point.method === method);
        const style = STYLES[index] as (typeof STYLES)[number];
        return own.length > 0 ? [trace(own, row, suffix, counts, style, number === 1)] : [];
      });
    }),
  );
  return {
    id: "transfer",
    title: "Sample efficiency on other domains",
    data,
    layout: baseLayout("page", 320, {
      margin: { l: 42, r: 8, t: 40, b: 32, pad: 0 },
      // Above the names of the domains.
      legend: { orientation: "h", x: 0.5, xanchor: "center", y: 1.07, yanchor: "bottom", itemwidth: 30 },
      ...axes,
      annotations: domains.map((text, column) => ({
        text,
        showarrow: false,
        xref: "paper",
        yref: "paper",
        x: column * (width + GAP) + width / 2,
        y: 1,
        xanchor: "center",
        yanchor: "bottom",
      })),
    }),
    table: {
      columns: [
        ...["domain", "method", "demonstrations"],
        ...["accuracy", "cost_gap"].flatMap((name) => [name, `${name}_low`, `${name}_high`]),
      ],
      rows: points.map(({ domain, method, count, accuracy, relativeCost }) => [
        ...[domain, method, count],
        ...[accuracy.value, accuracy.low, accuracy.high],
        ...[relativeCost.value - 1, relativeCost.low - 1, relativeCost.high - 1],
      ]),
    },
    provenance,
  };
}

function trace(
  points: readonly TransferPoint[],
  { of }: Row,
  suffix: string,
  counts: readonly number[],
  { color, dash, symbol }: (typeof STYLES)[number],
  showlegend: boolean,
): PlotlyObject {
  const [first] = points as readonly [TransferPoint];
  // A level line for what learned from none.
  const level = first.count === 0;
  const x = level ? [(counts[0] as number) / 1.4, (counts.at(-1) as number) * 1.4] : points.map(({ count }) => count);
  const estimates = level ? [of(first), of(first)] : points.map(of);
  const { y, error_y } = estimated(estimates);
  return {
    type: "scatter",
    mode: level ? "lines" : "lines+markers",
    name: first.method,
    legendgroup: first.method,
    showlegend,
    x,
    y,
    xaxis: `x${suffix}`,
    yaxis: `y${suffix}`,
    line: { color, dash, width: 1.25 },
    ...(level ? {} : { marker: { symbol, color, size: 5, line: { color, width: 1 } }, error_y }),
  };
}

/** Powers of ten, or all where there is none. */
function ticksOf(counts: readonly number[]): number[] {
  const tens = counts.filter((count) => Number.isInteger(Math.log10(count)));
  return tens.length > 0 ? tens : [...counts];
}

const short = (count: number): string => (count >= 1000 ? `${count / 1000}k` : String(count));

/** The same for all columns, so that they can be compared. */
function rangeOf(estimates: readonly Estimate[], logarithmic: boolean): PlotlyObject {
  const values = estimates.map(({ value }) => value);
  if (!logarithmic) {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const room = 0.08 * (most - least) + 0.1;
    return { range: [least - room, Math.min(100, most + room)] };
  }
  const positive = values.filter((value) => value > 0);
  const [least, most] = [Math.log10(Math.min(...positive)), Math.log10(Math.max(...positive))];
  const tickvals = [0.01, 0.1, 1, 10, 100, 1000].flatMap((decade) => [decade, 2 * decade, 5 * decade]);
  return { type: "log", tickvals, ticktext: tickvals.map(String), range: [least - 0.15, most + 0.15] };
}
