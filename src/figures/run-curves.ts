import type { Epoch } from "../learning/train";
import type { Figure, PlotlyObject, Provenance } from "./figure";
import { axis, baseLayout } from "./theme";

/** An epoch with the mean cost on the validation set over that of the optimum, minus 1. */
export interface RunEpoch extends Epoch {
  readonly costGap: number;
}

/** A training to draw. */
export interface RunCurve {
  readonly name: string;
  readonly history: readonly RunEpoch[];
}

/** Runs are told apart by colour (Okabe and Ito), and by marker and dash in black and white. */
const STYLES = [
  { color: "#0072b2", symbol: "square", dash: "solid" },
  { color: "#d55e00", symbol: "circle-open", dash: "5px,2px" },
  { color: "#009e73", symbol: "triangle-up", dash: "1.5px,1.5px" },
  { color: "#b0558a", symbol: "diamond-open", dash: "6px,2px,1.5px,2px" },
  { color: "#000000", symbol: "cross", dash: "solid" },
  { color: "#56b4e9", symbol: "square-open", dash: "5px,2px" },
  { color: "#d98200", symbol: "circle", dash: "1.5px,1.5px" },
  { color: "#5f6b73", symbol: "triangle-up-open", dash: "6px,2px,1.5px,2px" },
  { color: "#8a7a00", symbol: "diamond", dash: "solid" },
  { color: "#7b3294", symbol: "x", dash: "5px,2px" },
];

/** Most runs in one figure; there are as many styles. */
export const MOST_CURVES = STYLES.length;

/** Characters of a name in the legend, and how wide one is about. */
const MOST_CHARACTERS = 22;
const CHARACTER_PX = 5.4;
const LEGEND_ROW_PX = 20;

/**
 * How runs went, epoch by epoch, on the validation set: loss, labels right, cost above the optimum. A single run has its loss and accuracy
 * on the training set too, dashed. Of more than MOST_CURVES runs the first are drawn.
 */
export function runCurves(runs: readonly RunCurve[], provenance: Provenance): Figure {
  const drawn = runs.slice(0, MOST_CURVES);
  const [only] = drawn.length === 1 ? drawn : [];
  const data = drawn.flatMap(({ name, history }, index): PlotlyObject[] => {
    const { color, symbol, dash } = STYLES[index] as (typeof STYLES)[number];
    const curve = (panel: string, label: string, y: number[], look: PlotlyObject): PlotlyObject => ({
      type: "scatter",
      name: shortened(label),
      legendgroup: label,
      showlegend: panel === "",
      x: history.map(({ epoch }) => epoch),
      y,
      xaxis: `x${panel}`,
      yaxis: `y${panel}`,
      ...look,
    });
    const solid = {
      mode: "lines+markers",
      line: { color, dash, width: 1.25 },
      marker: { symbol, color, size: 4.5, line: { color, width: 1 } },
    };
    const label = only ? "validation" : name;
    const curves = [
      curve("", label, of(history, "validationLoss"), solid),
      curve("2", label, of(history, "validationAccuracy", 100), solid),
      curve("3", label, of(history, "costGap", 100), solid),
    ];
    if (!only) return curves;
    const dashed = { mode: "lines", line: { color, dash: "4px,2px", width: 1.25 } };
    return [
      ...curves,
      curve("", "training", of(history, "trainLoss"), dashed),
      curve("2", "training", of(history, "trainAccuracy", 100), dashed),
    ];
  });
  // A panel without any trace would not be drawn.
  if (drawn.length === 0)
    data.push(...["", "2", "3"].map((panel) => ({ xaxis: `x${panel}`, yaxis: `y${panel}`, x: [], y: [] })));
  const losses = drawn.flatMap(({ history }) => of(history, "validationLoss"));
  const gaps = drawn.flatMap(({ history }) => of(history, "costGap", 100));
  const longest = Math.max(10, ...(only ? [] : drawn.map(({ name }) => shortened(name).length)));
  const legendPx = 44 + CHARACTER_PX * longest;
  const epochs = (more: PlotlyObject) => axis("Epoch", { rangemode: "tozero", ...more });
  return {
    id: "run-curves",
    title: only ? `Run ${only.name} while training` : "Runs while training, on the validation set",
    data,
    layout: baseLayout("page", Math.max(220, 40 + LEGEND_ROW_PX * drawn.length), {
      margin: { l: 42, r: legendPx, t: 8, b: 32, pad: 0 },
      legend: { x: 1.01, xanchor: "left", y: 1, yanchor: "top", itemwidth: 30, tracegroupgap: 0 },
      xaxis: epochs({ domain: [0, 0.255] }),
      yaxis: axis("Cross-entropy a sub-task (nats)", { type: "log", tickvals: logTicks(losses) }),
      xaxis2: epochs({ domain: [0.37, 0.625], anchor: "y2" }),
      yaxis2: axis("Labels right (%)", { anchor: "x2" }),
      xaxis3: epochs({ domain: [0.745, 1], anchor: "y3" }),
      yaxis3: axis("Cost above the optimum (%)", {
        anchor: "x3",
        type: "log",
        tickvals: logTicks(gaps),
      }),
    }),
    table: {
      columns: ["run", "epoch", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy", "cost_gap"],
      rows: drawn.flatMap(({ name, history }) =>
        history.map((e) => [
          name,
          e.epoch,
          e.trainLoss,
          e.validationLoss,
          e.trainAccuracy,
          e.validationAccuracy,
          e.costGap,
        ]),
      ),
    },
    provenance,
  };
}

const of = (history: readonly RunEpoch[], quantity: keyof RunEpoch, times = 1): number[] =>
  history.map((epoch) => times * epoch[quantity]);

const shortened = (name: string): string =>
  name.length > MOST_CHARACTERS ? `${name.slice(0, MOST_CHARACTERS - 1)}…` : name;

/** Ticks of a logarithmic axis: more of them where the values lie close together. */
function logTicks(values: readonly number[]): number[] {
  if (values.length === 0) return [];
  const close = Math.max(...values) < 8 * Math.min(...values);
  const digits = close ? [1, 1.5, 2, 3, 4, 5, 7] : [1, 2, 5];
  return [0.001, 0.01, 0.1, 1, 10, 100].flatMap((decade) =>
    digits.map((digit) => Number((digit * decade).toPrecision(2))),
  );
}
