import type { Figure, PlotlyObject, Provenance } from "./figure";
import { axis, baseLayout, curveStyle } from "./theme";

/** Regrets at which the curves have a point: 0.01 % to 100 %, twenty a decade. */
const GRID = Array.from({ length: 81 }, (_, i) => 10 ** (-4 + i / 20));

/** The share of states in which each scheme's decisions cost at most so much more than the optimum. */
export function regretFigure(regrets: Readonly<Record<string, Float64Array>>, provenance: Provenance): Figure {
  const curves = Object.entries(regrets).map(([scheme, values]) => {
    const sorted = values.toSorted();
    return { scheme, shares: GRID.map((regret) => (100 * countUpTo(sorted, regret)) / sorted.length) };
  });
  return {
    id: "regret",
    title: "Share of states against regret",
    data: curves.map(({ scheme, shares }) => ({
      type: "scatter",
      mode: "lines",
      name: scheme,
      x: GRID.map((regret) => 100 * regret),
      y: shares,
      line: (curveStyle(scheme) as { line: PlotlyObject }).line,
    })),
    layout: baseLayout("column", 220, {
      margin: { l: 38, r: 14, t: 22, b: 32, pad: 0 },
      xaxis: axis("Cost above the optimum, at most (%)", { type: "log", tickvals: [0.01, 0.1, 1, 10, 100] }),
      yaxis: axis("States (%)", { range: [0, 101] }),
    }),
    table: {
      columns: ["regret_percent", ...curves.map(({ scheme }) => scheme)],
      rows: GRID.map((regret, i) => [100 * regret, ...curves.map(({ shares }) => shares[i] as number)]),
    },
    provenance,
  };
}

/** How many of the sorted values are at most `limit`. */
function countUpTo(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
