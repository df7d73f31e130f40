import { type Estimate, percentOf } from "../evaluation/estimate";
import type { Figure, PlotlyObject, Provenance } from "./figure";
import { axis, baseLayout, errorBars } from "./theme";

/** What was measured of one method on applications of one size, on states that it has not seen. */
export interface MethodRow {
  /** The paper's: traditional, reinforcement learning, deep reinforcement learning, deep imitation learning. */
  readonly family: "traditional" | "RL" | "DRL" | "DIL";
  readonly method: string;
  readonly subTasks: number;
  /** Unseen states that accuracy and cost are over. */
  readonly states: number;
  /** Share of sub-tasks with the site that the optimum gives them. */
  readonly accuracy: Estimate;
  /** Mean cost over that of the optimum, minus 1. */
  readonly costAbove: Estimate;
  /** Seconds of all that is learned before the first decision. */
  readonly offlineS: number;
  /** Median seconds from one state to its decisions. */
  readonly onlineS: number;
  /** Bytes of what is kept from one decision to the next. */
  readonly memoryBytes: number;
}

/** Colours of Okabe and Ito; in black and white the markers tell methods apart. */
const STYLES = [
  { color: "#000000", symbol: "circle" },
  { color: "#5f6b73", symbol: "circle-open" },
  { color: "#d55e00", symbol: "triangle-up" },
  { color: "#56b4e9", symbol: "diamond" },
  { color: "#0072b2", symbol: "square" },
  { color: "#009e73", symbol: "triangle-down" },
];

interface Panel {
  readonly title: string;
  readonly log: boolean;
  readonly of: (row: MethodRow) => Estimate;
}

const exactly = (value: number): Estimate => ({ value, low: value, high: value });

/** Row by row; the last place is the legend's. */
const PANELS: readonly Panel[] = [
  { title: "Decisions as the optimum (%)", log: false, of: ({ accuracy }) => percentOf(accuracy) },
  { title: "Cost above the optimum (%)", log: true, of: ({ costAbove }) => percentOf(costAbove) },
  { title: "Offline time (s)", log: true, of: ({ offlineS }) => exactly(offlineS) },
  { title: "Online time, one state (µs)", log: true, of: ({ onlineS }) => exactly(1e6 * onlineS) },
  { title: "Memory (kB)", log: true, of: ({ memoryBytes }) => exactly(memoryBytes / 1000) },
];

const COLUMN_DOMAINS = [
  [0, 0.265],
  [0.367, 0.632],
  [0.735, 1],
];
const ROW_DOMAINS = [
  [0.59, 1],
  [0, 0.41],
];

/**
 * The paper's Table 1 as a figure: quality, offline and online time and memory of each method against the number of sub-tasks. At most six
 * methods. Where an axis is logarithmic a 0 is not drawn.
 */
export function methodFamiliesFigure(rows: readonly MethodRow[], provenance: Provenance): Figure {
  const methods = [...new Set(rows.map(({ method }) => method))];
  const sizes = [...new Set(rows.map(({ subTasks }) => subTasks))].sort((a, b) => a - b);
  const axes = PANELS.map(({ title, log, of }, panel): [string, PlotlyObject][] => {
    const number = panel === 0 ? "" : String(panel + 1);
    const [x, y] = [COLUMN_DOMAINS[panel % 3], ROW_DOMAINS[Math.floor(panel / 3)]];
    return [
      [`xaxis${number}`, axis("Sub-tasks T", { domain: x, anchor: `y${number}`, tickvals: sizes })],
      [
        `yaxis${number}`,
        axis(title, { domain: y, anchor: `x${number}`, ...(log ? logTicks(rows.map((row) => of(row).value)) : {}) }),
      ],
    ];
  });
  return {
    id: "method-families",
    title: "Method families: quality, time and memory against the number of sub-tasks",
    caption: "A search costs nothing above the optimum and needs no time offline, which logarithmic axes cannot show.",
    data: PANELS.flatMap((panel, index) =>
      methods.map((method, style) => {
        const own = rows.filter((row) => row.method === method);
        return trace(panel, index, own, STYLES[style] as (typeof STYLES)[number]);
      }),
    ),
    layout: baseLayout("page", 330, {
      margin: { l: 56, r: 8, t: 8, b: 32, pad: 0 },
      legend: { x: 0.735, xanchor: "left", y: 0.41, yanchor: "top", itemwidth: 30, tracegroupgap: 2 },
      ...Object.fromEntries(axes.flat()),
    }),
    table: {
      columns: [
        "family",
        "method",
        "sub_tasks",
        "states",
        ...["accuracy", "accuracy_low", "accuracy_high", "cost_above", "cost_above_low", "cost_above_high"],
        ...["offline_s", "online_s", "memory_bytes"],
      ],
      rows: rows.map(({ family, method, subTasks, states, accuracy, costAbove, offlineS, onlineS, memoryBytes }) => [
        ...[family, method, subTasks, states],
        ...[accuracy.value, accuracy.low, accuracy.high, costAbove.value, costAbove.low, costAbove.high],
        ...[offlineS, onlineS, memoryBytes],
      ]),
    },
    provenance,
  };
}

/** A logarithmic axis with a tick a decade, or three where there are few decades; a number below 1 in full, such as 0.01. */
function logTicks(values: readonly number[]): PlotlyObject {
  const drawn = values.filter((value) => value > 0);
  const [first, last] = [Math.log10(Math.min(...drawn)), Math.log10(Math.max(...drawn))];
  const digits = last - first < 1.5 ? [1, 2, 5] : [1];
  const decades = Array.from({ length: Math.ceil(last) - Math.floor(first) + 1 }, (_, i) => Math.floor(first) + i);
  const tickvals = decades.flatMap((decade) => digits.map((digit) => Number(`${digit}e${decade}`)));
  return {
    type: "log",
    tickvals,
    ticktext: tickvals.map((value) => value.toLocaleString("en", { maximumFractionDigits: 6 })),
  };
}

function trace({ log, of }: Panel, panel: number, rows: readonly MethodRow[], style: (typeof STYLES)[number]) {
  const { color, symbol } = style;
  const number = panel === 0 ? "" : String(panel + 1);
  const estimates = rows.map(of);
  const drawn = (value: number) => (log && value <= 0 ? null : value);
  const y = estimates.map(({ value }) => drawn(value));
  const [low, high] = [estimates.map(({ low }) => drawn(low)), estimates.map(({ high }) => drawn(high))];
  return {
    type: "scatter",
    mode: "lines+markers",
    name: rows[0]?.method,
    legendgroup: rows[0]?.method,
    showlegend: panel === 0,
    x: rows.map(({ subTasks }) => subTasks),
    y,
    xaxis: `x${number}`,
    yaxis: `y${number}`,
    error_y: errorBars(y, low, high),
    line: { color, width: 1 },
    marker: { symbol, color, size: 5, line: { color, width: 1 } },
  };
}
