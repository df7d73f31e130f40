import type { Breakdown } from "../evaluation/state-breakdown";
import { SITE_NAMES } from "../mec/sites";
import type { Figure, PlotlyObject } from "./figure";
import { breakdownProvenance } from "./provenance";
import { siteColor } from "./site-styles";
import { LINE_PX, shortName, widthOf } from "./sub-task-names";
import { baseLayout, FONT_SIZE_PX } from "./theme";

/** More dependencies than this are drawn without their bytes, which could not be read. */
const LABELLED_MOST = 40;

/** Room beside the graph, and for the legends above and below it. */
const SIDE_PX = 4;
const LEGEND_PX = 22;

/** Half the width and height of a label. */
const LABEL_PX: Place = { x: 22, y: 7 };

/** The mark of a sub-task. */
const SITE_PX = 21;

/** Marks of the sites, told apart in black and white. */
const SYMBOLS = ["square", "circle", "diamond"];

/** How the data of a dependency goes, by the links that it crosses. */
const CROSSINGS = [
  { name: "same site", dash: "solid", width: 0.75, color: "#8a8a8a" },
  { name: "radio", dash: "solid", width: 2, color: "#000000" },
  { name: "wired", dash: "2px,2px", width: 1.25, color: "#000000" },
  { name: "radio + wired", dash: "6px,2px", width: 2, color: "#000000" },
];

/** Where a node is, from 0 at the left and the top. */
interface Place {
  readonly x: number;
  readonly y: number;
}

type Transfer = Breakdown["transfers"][number];

/** A dependency with its two ends on the drawing. */
interface Line extends Transfer {
  readonly start: Place;
  readonly end: Place;
}

/**
 * The application with the site of each sub-task under a breakdown's decisions. The device is the source on the left and the sink on
 * the right. A line tells which links the data of a dependency crosses, its number how much there is.
 */
export function applicationGraph(breakdown: Breakdown): Figure {
  const { subTasks, transfers, index } = breakdown;
  const places = placesOf(breakdown);
  const source: Place = { x: 0, y: 0.5 };
  const sink: Place = { x: Math.max(...places.map(({ x }) => x)) + 1, y: 0.5 };
  const placeOf = (end: Transfer["from"], device: Place) => (end === "device" ? device : (places[end] as Place));
  const lines = transfers.map((transfer): Line => {
    return { ...transfer, start: placeOf(transfer.from, source), end: placeOf(transfer.to, sink) };
  });
  const labelled = lines.length <= LABELLED_MOST;
  const rows = Math.max(2, ...countsOf(places.map(({ x }) => x)));
  const named = subTasks.every(({ name }) => name);
  const base = baseLayout(sink.x > 4 ? "page" : "column", 52 + (named ? 64 : 46) * rows);
  const pixels = { x: (base.width - 2 * SIDE_PX) / (sink.x + 0.5), y: base.height - 2 * LEGEND_PX };
  const legend = base.legend as object;
  const still = { showgrid: false, zeroline: false, showticklabels: false, fixedrange: true };
  return {
    id: "application-graph",
    title: `State ${index}: ${subTasks.map(({ site }) => site).join(", ")}`,
    data: [
      ...linesOf(lines, (line) => (labelled ? gapOf(line, pixels) : 0)),
      ...(labelled ? [bytesOf(lines)] : []),
      deviceOf([source, sink]),
      ...sitesOf(breakdown, places),
      ...namesOf(breakdown, places, pixels),
    ],
    layout: {
      ...base,
      legend: { ...legend, y: 1, itemsizing: "constant" },
      legend2: { ...legend, y: 0, yanchor: "top" },
      margin: { l: SIDE_PX, r: SIDE_PX, t: LEGEND_PX, b: LEGEND_PX, pad: 0, autoexpand: false },
      xaxis: { ...still, range: [-0.25, sink.x + 0.25] },
      yaxis: { ...still, range: [1, 0] },
    },
    table: {
      columns: ["from", "to", "bytes", "from_site", "to_site", "transfer_s"],
      rows: transfers.map((t) => [t.from, t.to, t.bytes, t.fromSite, t.toSite, t.transferS]),
    },
    provenance: breakdownProvenance(breakdown),
  };
}

/**
 * Traces for each way that data goes: the lines, arrows at the ends, in the middle a gap for a label, as a share of the line on each
 * side; and a line in the legend, also of a way that does not occur.
 */
function linesOf(lines: readonly Line[], gap: (line: Line) => number): PlotlyObject[] {
  return CROSSINGS.flatMap(({ name, dash, width, color }) => {
    const here = lines.filter((line) => crossingOf(line) === name);
    const path = (of: (place: Place) => number) =>
      here.flatMap((line) => {
        const { start, end } = line;
        const [label, share] = [labelOf(line), gap(line)];
        const at = (way: number) => of(start) + way * (of(end) - of(start));
        return [of(start), at(label - share), null, at(label + share), of(end), null];
      });
    // At the fifth of the six points of each line.
    const arrow = (length: number) => here.flatMap(() => [0, 0, 0, 0, length, 0]);
    const line = { color, dash, width };
    return [
      {
        type: "scatter",
        mode: "lines+markers",
        x: path(({ x }) => x),
        y: path(({ y }) => y),
        line,
        marker: { symbol: "arrow", angleref: "previous", color, opacity: 1, size: arrow(8), standoff: arrow(10) },
        hoverinfo: "skip",
        showlegend: false,
      },
      { type: "scatter", mode: "lines", name, legend: "legend2", x: [null], y: [null], line },
    ];
  });
}

/** Where the label of a line is, as a share of its length: in the middle, or at the level before where other labels would be. */
function labelOf({ start, end }: Line): number {
  const levels = Math.round(end.x - start.x);
  return levels > 1 ? Math.floor(levels / 2) / levels : 0.5;
}

/** How far from the middle of its label a line is hidden by it, as a share of its length; `pixels` to a level and to the whole height. */
function gapOf(line: Line, pixels: Place): number {
  const { start, end } = line;
  const across = Math.abs(end.x - start.x) * pixels.x;
  const down = Math.abs(end.y - start.y) * pixels.y;
  return Math.min(0.9 * labelOf(line), LABEL_PX.x / across, LABEL_PX.y / down);
}

function bytesOf(lines: readonly Line[]): PlotlyObject {
  return {
    type: "scatter",
    mode: "text",
    x: lines.map((line) => line.start.x + labelOf(line) * (line.end.x - line.start.x)),
    y: lines.map((line) => line.start.y + labelOf(line) * (line.end.y - line.start.y)),
    text: lines.map(({ bytes }) => bytesText(bytes)),
    customdata: lines.map(({ from, to, transferS }) => `${from} to ${to}: ${transferS.toPrecision(3)} s`),
    hovertemplate: "%{customdata}<extra></extra>",
    showlegend: false,
  };
}

function deviceOf(places: readonly Place[]): PlotlyObject {
  return {
    type: "scatter",
    mode: "markers+text",
    x: places.map(({ x }) => x),
    y: places.map(({ y }) => y),
    text: places.map(() => "device"),
    textposition: "bottom center",
    marker: { symbol: "square", size: 12, color: "#ffffff", line: { color: "#000000", width: 1 } },
    hoverinfo: "skip",
    showlegend: false,
  };
}

function sitesOf({ subTasks }: Breakdown, places: readonly Place[]): PlotlyObject[] {
  return SITE_NAMES.map((name, site) => {
    const here = subTasks.filter((task) => task.site === name);
    return {
      type: "scatter",
      mode: "markers+text",
      name,
      // A mark at no place keeps a site without sub-tasks in the legend.
      x: [...here.map(({ subTask }) => places[subTask]?.x), null],
      y: [...here.map(({ subTask }) => places[subTask]?.y), null],
      text: here.map(({ subTask }) => String(subTask)),
      textfont: { color: "#ffffff", size: FONT_SIZE_PX },
      marker: { symbol: SYMBOLS[site], size: SITE_PX, color: siteColor(site), line: { color: "#000000", width: 1 } },
      customdata: here.map(({ executionS }) => executionS),
      hovertemplate: `sub-task %{text}, ${name}: %{customdata:.3f} s<extra></extra>`,
    };
  });
}

/** Names below the sub-tasks, where they have some and a level is wide enough. */
function namesOf({ subTasks }: Breakdown, places: readonly Place[], pixels: Place): PlotlyObject[] {
  if (!subTasks.every(({ name }) => name)) return [];
  const names = subTasks.map(({ name }) => name as string);
  const texts = names.map((_, task) => shortName(names, task));
  if (widthOf(texts) > pixels.x) return [];
  return [
    {
      type: "scatter",
      mode: "text",
      name: "names",
      x: places.map(({ x }) => x),
      y: places.map(({ y }) => y + (SITE_PX / 2 + LINE_PX / 2 + 1) / pixels.y),
      text: texts,
      cliponaxis: false,
      hoverinfo: "skip",
      showlegend: false,
    },
  ];
}

function bytesText(bytes: number): string {
  if (bytes < 1e3) return `${Math.round(bytes)} B`;
  const [unit, value] = bytes < 1e6 ? ["KB", bytes / 1e3] : bytes < 1e9 ? ["MB", bytes / 1e6] : ["GB", bytes / 1e9];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

function crossingOf({ fromSite, toSite }: Transfer): string {
  if (fromSite === toSite) return "same site";
  if (fromSite !== "cloud" && toSite !== "cloud") return "radio";
  return fromSite === "local" || toSite === "local" ? "radio + wired" : "wired";
}

/**
 * Places of the sub-tasks. Level by level to the right: one after the last of its predecessors. In a level from top to bottom in the
 * order of the predecessors, so that few lines cross. Where a line would pass over a level, every other level is set lower.
 */
function placesOf({ subTasks, transfers }: Breakdown): Place[] {
  const before = subTasks.map(({ subTask }) =>
    transfers.flatMap(({ from, to }) => (to === subTask && from !== "device" ? [from] : [])),
  );
  const levels: number[] = [];
  for (const froms of before) levels.push(1 + Math.max(0, ...froms.map((from) => levels[from] as number)));
  const passes = before.some((froms, to) =>
    froms.some((from) => (levels[to] as number) > (levels[from] as number) + 1),
  );
  const heights: number[] = [];
  for (let level = 1; level <= Math.max(...levels); level++) {
    const tasks = subTasks.map(({ subTask }) => subTask).filter((task) => levels[task] === level);
    const wanted = (task: number) => mean((before[task] as number[]).map((from) => heights[from] as number));
    const ordered = level === 1 ? tasks : tasks.toSorted((a, b) => wanted(a) - wanted(b));
    const lower = passes && level % 2 === 0 ? 0.3 : 0;
    for (const [place, task] of ordered.entries()) heights[task] = (place + 0.5 + lower) / tasks.length;
  }
  return levels.map((x, task) => ({ x, y: heights[task] as number }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How often each value occurs. */
function countsOf(values: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()];
}
