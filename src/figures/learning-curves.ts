import type { Figure, PlotlyObject, Provenance } from "./figure";
import { axis, baseLayout, curveStyle } from "./theme";

/** How good a scheme was at a moment of its training. */
export interface LearningPoint {
  /** Environment steps (DROS) or demonstrations seen (DIOS). */
  readonly samples: number;
  readonly seconds: number;
  /** Mean cost over the optimum's on the validation set, minus 1. */
  readonly gap: number;
}

/** Cost above the optimum while training: on the left against what was seen, on the right against the time it took. */
export function learningCurves(
  curves: Readonly<Record<string, readonly LearningPoint[]>>,
  provenance: Provenance,
): Figure {
  const data = Object.entries(curves).flatMap(([scheme, points]) =>
    (["", "2"] as const).map(
      (panel): PlotlyObject => ({
        type: "scatter",
        mode: "lines+markers",
        name: scheme,
        legendgroup: scheme,
        showlegend: panel === "",
        x: points.map(({ samples, seconds }) => (panel === "" ? samples : seconds)),
        y: points.map(({ gap }) => 100 * gap),
        xaxis: `x${panel}`,
        yaxis: `y${panel}`,
        ...curveStyle(scheme),
      }),
    ),
  );
  const costAxis = (more: PlotlyObject) =>
    axis("Cost above the optimum (%)", { type: "log", tickvals: [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50], ...more });
  return {
    id: "learning-curves",
    title: "Cost above the optimum while training",
    data,
    layout: baseLayout("page", 230, {
      margin: { l: 42, r: 8, t: 22, b: 32, pad: 0 },
      xaxis: axis("Environment steps, or demonstrations seen", { domain: [0, 0.45], rangemode: "tozero" }),
      yaxis: costAxis({}),
      xaxis2: axis("Seconds of training", { domain: [0.56, 1], anchor: "y2", rangemode: "tozero" }),
      yaxis2: costAxis({ anchor: "x2" }),
    }),
    table: {
      columns: ["scheme", "samples", "seconds", "cost_gap"],
      rows: Object.entries(curves).flatMap(([scheme, points]) =>
        points.map(({ samples, seconds, gap }) => [scheme, samples, seconds, gap]),
      ),
    },
    provenance,
  };
}
