import type { OptimumAlong, Stretch } from "../explorer/optimum-along";
import { titleOf } from "../explorer/parameters";
import { SITE_NAMES } from "../mec/sites";
import type { Figure, Provenance } from "./figure";
import { parameterAxis } from "./parameter-axis";
import { siteMarker } from "./site-styles";
import { axis, baseLayout } from "./theme";

/** Where the optimum of one state puts each sub-task while a parameter goes from end to end; a line stands at its value now. */
export function optimumAlongFigure(
  { parameter, stretches }: OptimumAlong,
  value: number,
  provenance: Provenance,
): Figure {
  const [first] = stretches;
  const tasks = Array.from(first?.decisions ?? [], (_, task) => task);
  const row = (task: number) => `sub-task ${task}`;
  const bars = tasks.flatMap((task) => barsOf(stretches, task));
  return {
    id: "optimum-along",
    title: `Optimal sites against ${titleOf(parameter)}`,
    data: SITE_NAMES.map((name, site) => {
      const here = bars.filter((bar) => bar.site === site);
      return {
        type: "bar",
        orientation: "h",
        name,
        y: here.map(({ task }) => row(task)),
        base: here.map(({ from }) => from),
        x: here.map(({ from, to }) => to - from),
        customdata: here.map(({ from, to }) => [from, to]),
        marker: siteMarker(site),
        width: 0.7,
        hovertemplate: `%{y}, ${name} from %{customdata[0]:.3~g} to %{customdata[1]:.3~g}<extra></extra>`,
      };
    }),
    layout: baseLayout("column", 60 + 16 * tasks.length, {
      barmode: "overlay",
      margin: { l: 58, r: 10, t: 22, b: 32, pad: 0 },
      xaxis: parameterAxis(parameter),
      yaxis: axis("", {
        type: "category",
        categoryorder: "array",
        categoryarray: tasks.map(row),
        autorange: "reversed",
        ticks: "",
        showgrid: false,
      }),
      // Black on a wider white one, to be seen on any bar.
      shapes: [
        { color: "#ffffff", width: 3.5 },
        { color: "#000000", width: 1.5 },
      ].map((line) => ({ type: "line", x0: value, x1: value, y0: 0, y1: 1, yref: "paper", line })),
    }),
    table: {
      columns: [parameter.name, `${parameter.name}_to`, ...tasks.map((task) => `site_${task}`)],
      rows: stretches.map(({ from, to, decisions }) => [
        from,
        to,
        ...Array.from(decisions, (site) => SITE_NAMES[site as 0]),
      ]),
    },
    provenance,
  };
}

/** The stretches in which a sub-task stays at one site. */
function barsOf(
  stretches: readonly Stretch[],
  task: number,
): { task: number; site: number; from: number; to: number }[] {
  const bars: { task: number; site: number; from: number; to: number }[] = [];
  for (const { from, to, decisions } of stretches) {
    const site = decisions[task] as number;
    const last = bars.at(-1);
    if (last?.site === site) last.to = to;
    else bars.push({ task, site, from, to });
  }
  return bars;
}
