import type { Model } from "../learning/model";
import type { Figure, PlotlyObject } from "./figure";
import { figureProvenance } from "./provenance";
import { axis, baseLayout } from "./theme";

/** Colours and markers of the first models. */
const CURVES = [
  { color: "#0072b2", symbol: "square" },
  { color: "#009e73", symbol: "triangle-up" },
  { color: "#d55e00", symbol: "circle" },
  { color: "#b0558a", symbol: "diamond" },
];

/** How training went, epoch by epoch: loss on the left, share of correct labels on the right; training dashed, validation solid. */
export function trainingCurves(models: Record<string, Model>): Figure {
  const entries = Object.entries(models);
  const data = entries.flatMap(([name, { history }], index) => {
    const { color, symbol } = CURVES[index % CURVES.length] as (typeof CURVES)[number];
    const curve = (y: number[], panel: string, dash: string, label: string, showlegend: boolean): PlotlyObject => ({
      type: "scatter",
      mode: dash === "solid" ? "lines+markers" : "lines",
      name: label,
      legendgroup: label,
      showlegend,
      x: history.map(({ epoch }) => epoch),
      y,
      xaxis: `x${panel}`,
      yaxis: `y${panel}`,
      line: { color, dash, width: 1.25 },
      marker: { symbol, color, size: 4.5 },
    });
    return [
      curve(
        history.map(({ trainLoss }) => trainLoss),
        "",
        "4px,2px",
        `${name}, training`,
        true,
      ),
      curve(
        history.map(({ validationLoss }) => validationLoss),
        "",
        "solid",
        `${name}, validation`,
        true,
      ),
      curve(
        history.map(({ trainAccuracy }) => 100 * trainAccuracy),
        "2",
        "4px,2px",
        `${name}, training`,
        false,
      ),
      curve(
        history.map(({ validationAccuracy }) => 100 * validationAccuracy),
        "2",
        "solid",
        `${name}, validation`,
        false,
      ),
    ];
  });
  const first = entries[0]?.[1] as Model;
  return {
    id: "training-curves",
    title: "Loss and accuracy while training",
    data,
    layout: baseLayout("page", 230, {
      margin: { l: 42, r: 6, t: 24, b: 32, pad: 0 },
      xaxis: axis("Epoch", { domain: [0, 0.46], rangemode: "tozero" }),
      yaxis: axis("Cross-entropy a sub-task (nats)", {
        type: "log",
        tickvals: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2],
      }),
      xaxis2: axis("Epoch", { domain: [0.54, 1], anchor: "y2", rangemode: "tozero" }),
      yaxis2: axis("Labels right (%)", { anchor: "x2" }),
    }),
    table: {
      columns: ["model", "epoch", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy"],
      rows: entries.flatMap(([name, { history }]) =>
        history.map((e) => [name, e.epoch, e.trainLoss, e.validationLoss, e.trainAccuracy, e.validationAccuracy]),
      ),
    },
    provenance: figureProvenance(first.trainedOn),
  };
}
