import type { Demonstrations } from "../demonstrations/generate";
import { SITE_NAMES, SITES } from "../mec/sites";
import type { Figure, PlotlyObject, Provenance } from "./figure";
import { LINE_PX, shortName, widthOf } from "./sub-task-names";
import { axis, baseLayout } from "./theme";

/** Demonstrations of one application under one value of what is varied. */
export interface SiteMapRow {
  readonly y: number;
  readonly demonstrations: Pick<Demonstrations, "states" | "decisions">;
}

/** The sites, light, dark and in between, so that they are told apart in black and white too. */
const COLORS = ["#fbd3a6", "#0f3f73", "#8f8f8f"] as const;

const SIDES_PX = { l: 46, r: 6 };

/**
 * Where the optimum puts each sub-task as something is varied: sub-tasks along x, with their names where there are, what is varied along a
 * logarithmic y, and as the colour the site that most states have (of equal ones the lowest). Rows by ascending y, above 0.
 */
export function siteMap(
  id: string,
  title: string,
  yTitle: string,
  rows: readonly SiteMapRow[],
  names: readonly string[] | undefined,
  provenance: Provenance,
): Figure {
  const shares = rows.map(({ demonstrations }) => sharesOf(demonstrations));
  const most = shares.map((row) => row.map((share) => share.indexOf(Math.max(...share))));
  const tasks = (shares[0] as number[][]).map((_, task) => task);
  const base = baseLayout("page", 0);
  const step = Math.ceil((LINE_PX * tasks.length) / (base.width - SIDES_PX.l - SIDES_PX.r));
  const labelled = tasks.filter((task) => task % step === 0);
  const texts = labelled.map((task) => shortName(names, task));
  const below = names ? 8 + widthOf(texts) : 18;
  return {
    id,
    title,
    caption: "Colour: the site that most states have in the optimum.",
    data: [
      {
        type: "heatmap",
        x: [...tasks, tasks.length].map((task) => task - 0.5),
        y: edgesOf(rows.map(({ y }) => y)),
        z: most,
        zmin: 0,
        zmax: SITES - 1,
        colorscale: COLORS.flatMap((color, site) => [
          [site / SITES, color],
          [(site + 1) / SITES, color],
        ]),
        showscale: false,
        customdata: rows.map(({ y }, row) =>
          (shares[row] as number[][]).map((share, task) => [
            names?.[task] ?? `sub-task ${task}`,
            y,
            ...share.map((part) => percent(part).toFixed(0)),
          ]),
        ),
        hovertemplate: `%{customdata[0]} at %{customdata[1]}: ${SITE_NAMES.map((name, site) => `${name} %{customdata[${site + 2}]} %`).join(", ")}<extra></extra>`,
      },
      ...SITE_NAMES.map(
        (name, site): PlotlyObject => ({
          type: "scatter",
          mode: "markers",
          name,
          x: [null],
          y: [null],
          marker: { symbol: "square", size: 10, color: COLORS[site], line: { color: "#000000", width: 0.75 } },
        }),
      ),
    ],
    layout: {
      ...base,
      height: 190 + below,
      margin: { ...SIDES_PX, t: 22, b: below + 14, pad: 0 },
      xaxis: axis("Sub-task", {
        range: [-0.5, tasks.length - 0.5],
        tickvals: labelled,
        ticktext: texts,
        tickangle: names ? -90 : 0,
        ticklen: 2,
        showgrid: false,
      }),
      yaxis: axis(yTitle, { type: "log", showgrid: false, ...ticksOf(rows.map(({ y }) => y)) }),
    },
    table: {
      columns: [yTitle, "sub_task", "name", ...SITE_NAMES.map((name) => `${name}_percent`)],
      rows: rows.flatMap(({ y }, row) =>
        (shares[row] as number[][]).map((share, task) => [y, task, names?.[task] ?? null, ...share.map(percent)]),
      ),
    },
    provenance,
  };
}

const percent = (share: number): number => 100 * share;

/** [T][site] the shares of states in which a sub-task is at a site. */
function sharesOf({ states, decisions }: SiteMapRow["demonstrations"]): number[][] {
  const { subTasks } = states.application;
  const shares = Array.from({ length: subTasks }, () => new Array<number>(SITES).fill(0));
  for (const [i, site] of decisions.entries()) {
    const task = shares[i % subTasks] as number[];
    task[site] = (task[site] as number) + 1 / states.count;
  }
  return shares;
}

/** The edges of cells around these values: half way between two on a logarithmic scale. */
function edgesOf(values: readonly number[]): number[] {
  const between = values.slice(1).map((value, i) => Math.sqrt(value * (values[i] as number)));
  const [first, last] = [values[0] as number, values.at(-1) as number];
  const [low = first / Math.SQRT2, high = last * Math.SQRT2] = [between[0], between.at(-1)];
  return [between.length > 0 ? first ** 2 / low : low, ...between, between.length > 0 ? last ** 2 / high : high];
}

/** A tick at 1, 2 and 5 of each decade within the values. */
function ticksOf(values: readonly number[]): PlotlyObject {
  const [least, most] = [values[0] as number, values.at(-1) as number];
  const tickvals: number[] = [];
  for (let decade = Math.floor(Math.log10(least)); decade <= Math.log10(most); decade++) {
    for (const digit of [1, 2, 5]) {
      const value = Number(`${digit}e${decade}`);
      if (value >= least * 0.999 && value <= most * 1.001) tickvals.push(value);
    }
  }
  return { tickvals, ticktext: tickvals.map(String) };
}
