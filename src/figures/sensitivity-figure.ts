import type { Sensitivity } from "../calibration/sensitivity";
import type { Figure, Provenance } from "./figure";
import { axis, baseLayout } from "./theme";

/** The deviation when each free parameter is moved, the most sensitive on top; a dashed line where none is moved. */
export function sensitivityFigure(sensitivities: readonly Sensitivity[], base: number, provenance: Provenance): Figure {
  const rows = sensitivities.toSorted((a, b) => Math.max(a.down, a.up) - Math.max(b.down, b.up));
  const names = rows.map(({ parameter }) => parameter);
  const points = (name: string, x: number[], symbol: string) => ({
    type: "scatter",
    mode: "markers",
    name,
    x,
    y: names,
    marker: { symbol, size: 6, color: "#0072b2", line: { color: "#0072b2", width: 1 } },
  });
  return {
    id: "calibration-sensitivity",
    title: "Deviation from the published numbers when one parameter is moved by a tenth of its range",
    data: [
      points(
        "moved down",
        rows.map(({ down }) => down),
        "triangle-left",
      ),
      points(
        "moved up",
        rows.map(({ up }) => up),
        "triangle-right-open",
      ),
    ],
    layout: baseLayout("column", 330, {
      margin: { l: 92, r: 6, t: 22, b: 32, pad: 0 },
      xaxis: axis("Mean absolute deviation (points)", { rangemode: "tozero" }),
      yaxis: axis("", { type: "category", ticks: "", dtick: 1 }),
      shapes: [
        {
          type: "line",
          x0: base,
          x1: base,
          y0: 0,
          y1: 1,
          yref: "paper",
          line: { color: "#000000", width: 0.75, dash: "dash" },
        },
      ],
    }),
    table: { columns: ["parameter", "down", "up"], rows: rows.map(({ parameter, down, up }) => [parameter, down, up]) },
    provenance,
  };
}
