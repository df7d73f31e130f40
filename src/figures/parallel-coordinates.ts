import type { Figure, PlotlyObject, Provenance } from "./figure";
import { baseLayout, FONT_SIZE_PX } from "./theme";

/** One vertical axis: a value of each trial, in their order. */
export interface ParallelAxis {
  readonly title: string;
  readonly values: readonly (number | string)[];
  /** Categories stand in the order of their first appearance. */
  readonly scale: "linear" | "log" | "category";
}

/** Dark is best, and darker in black and white too: five colours of cividis. */
const COLORS = ["#00224e", "#35456c", "#666970", "#948e77", "#c8b866"];

/** More distinct values than this have round numbers as ticks. */
const MOST_TICKS = 7;

/**
 * Parallel coordinates: a line a trial, across an axis for each thing that was varied, to the outcome on the last axis, of which less is
 * better. The last axis gives the colour; the best trial is thick, with markers, on top. Drawn as scatter lines, because Plotly's own
 * parallel coordinates are exported as a raster.
 */
export function parallelCoordinates(
  id: string,
  title: string,
  trials: readonly string[],
  axes: readonly ParallelAxis[],
  provenance: Provenance,
): Figure {
  const outcome = axes.at(-1) as ParallelAxis;
  const ranks = ranksOf(outcome.values as readonly number[]);
  const placed = axes.map((axis) => ({ ...axis, ...placesOn(axis) }));
  // The best comes last and lies on top.
  const order = trials.map((_, trial) => trial).sort((a, b) => (ranks[b] as number) - (ranks[a] as number));
  const lines = order.map((trial): PlotlyObject => {
    const best = ranks[trial] === 0;
    const share = trials.length > 1 ? (ranks[trial] as number) / (trials.length - 1) : 0;
    const color = COLORS[Math.round(share * (COLORS.length - 1))] as string;
    const name = trials[trial] as string;
    const said = axes.map(({ title, values }) => `${title}: ${values[trial]}`).join("<br>");
    return {
      type: "scatter",
      mode: best ? "lines+markers" : "lines",
      name,
      showlegend: false,
      x: axes.map((_, i) => i),
      y: placed.map(({ places }) => places[trial]),
      line: { color, width: best ? 2.5 : 1 },
      marker: { symbol: "square", size: 6, color },
      cliponaxis: false,
      hovertemplate: `${name}<br>${said}<extra></extra>`,
    };
  });
  return {
    id,
    title,
    data: lines,
    layout: baseLayout("page", 240, {
      margin: { l: 46, r: 46, t: 24, b: 10, pad: 0 },
      xaxis: { range: [0, axes.length - 1], visible: false, fixedrange: true },
      yaxis: { range: [-0.03, 1.03], visible: false, fixedrange: true },
      shapes: axes.map((_, i) => ({
        type: "line",
        layer: "below",
        x0: i,
        x1: i,
        y0: 0,
        y1: 1,
        line: { color: "#000000", width: 0.75 },
      })),
      annotations: placed.flatMap(({ title, ticks }, i) => [
        { ...LABEL, text: title, x: i, y: 1.03, yanchor: "bottom", xanchor: "center" },
        ...ticks.map(({ at, text }) => ({
          ...LABEL,
          text,
          x: i,
          y: at,
          xanchor: i === axes.length - 1 ? "left" : "right",
          xshift: i === axes.length - 1 ? 3 : -3,
        })),
      ]),
    }),
    table: {
      columns: ["trial", ...axes.map(({ title }) => title)],
      rows: trials.map((trial, i) => [trial, ...axes.map(({ values }) => values[i] as number | string)]),
    },
    provenance,
  };
}

const LABEL = {
  showarrow: false,
  font: { size: FONT_SIZE_PX },
  bgcolor: "rgba(255,255,255,0.8)",
  borderpad: 1,
};

/** 0 for the least value, 1 for the next; of equal ones the first comes first. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number) || a - b);
  const ranks = new Array<number>(values.length);
  for (const [rank, i] of order.entries()) ranks[i] = rank;
  return ranks;
}

interface Placed {
  /** Height of each value on its axis, from 0 to 1. */
  places: number[];
  ticks: { at: number; text: string }[];
}

function placesOn({ values, scale }: ParallelAxis): Placed {
  if (scale === "category") {
    const names = [...new Set(values)];
    const at = (value: number | string) => (names.length > 1 ? names.indexOf(value) / (names.length - 1) : 0.5);
    return { places: values.map(at), ticks: names.map((name) => ({ at: at(name), text: String(name) })) };
  }
  const numbers = values as readonly number[];
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const logarithmic = scale === "log" && low > 0;
  const on = logarithmic ? Math.log : (value: number) => value;
  const at = (value: number) => (high > low ? (on(value) - on(low)) / (on(high) - on(low)) : 0.5);
  const distinct = [...new Set(numbers)].sort((a, b) => a - b);
  const few = distinct.length <= MOST_TICKS && spaced(distinct, at).length === distinct.length;
  const inside = roundNumbers(low, high, logarithmic).filter((value) => at(value) > GAP && at(value) < 1 - GAP);
  const marks = few ? distinct : [low, ...spaced(inside, at), high];
  return { places: numbers.map(at), ticks: marks.map((value) => ({ at: at(value), text: numberText(value) })) };
}

/** Least distance of two labels on an axis of length 1. */
const GAP = 0.08;

/** Those of the ascending values whose labels do not overlap the one before. */
function spaced(values: readonly number[], at: (value: number) => number): number[] {
  const kept: number[] = [];
  for (const value of values) {
    if (kept.length === 0 || at(value) - at(kept.at(-1) as number) >= GAP) kept.push(value);
  }
  return kept;
}

/** 1, 2 and 5 in each decade, or multiples of a power of ten: those between `low` and `high`, and some around. */
function roundNumbers(low: number, high: number, logarithmic: boolean): number[] {
  if (logarithmic) {
    const first = Math.floor(Math.log10(low));
    const decades = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => 10 ** (first + i));
    return decades.flatMap((decade) => [decade, 2 * decade, 5 * decade]);
  }
  const size = 10 ** Math.floor(Math.log10(high - low));
  return Array.from({ length: 11 }, (_, i) => (Math.ceil(low / size) + i) * size);
}

/** Three significant digits, thousands apart. */
function numberText(value: number): string {
  return Math.abs(value) < 1e-2 && value !== 0
    ? String(Number(value.toPrecision(3)))
    : value.toLocaleString("en", { maximumSignificantDigits: 3 });
}
