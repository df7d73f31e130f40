import type { Breakdown } from "../evaluation/state-breakdown";
import { SITE_NAMES } from "../mec/sites";
import type { Figure } from "./figure";
import { breakdownProvenance } from "./provenance";
import { siteMarker } from "./site-styles";
import { shortName, widthOf } from "./sub-task-names";
import { axis, baseLayout } from "./theme";

/** The schedule of one state as a time line: a bar a sub-task, from its start to its finish, in the style of its site. */
export function timeline(breakdown: Breakdown): Figure {
  const { subTasks, index, executionTimeS } = breakdown;
  const names = subTasks.map(({ name }) => name ?? "");
  // With the number, since names need not differ.
  const row = (subTask: number) =>
    names[subTask] ? `${shortName(names, subTask)} (${subTask})` : `sub-task ${subTask}`;
  return {
    id: "timeline",
    title: `Schedule of state ${index}: ${executionTimeS.toFixed(2)} s`,
    data: SITE_NAMES.map((name, site) => {
      const here = subTasks.filter((task) => task.site === name);
      return {
        type: "bar",
        orientation: "h",
        name,
        y: here.map(({ subTask }) => row(subTask)),
        base: here.map(({ startS }) => startS),
        x: here.map(({ startS, finishS }) => finishS - startS),
        marker: siteMarker(site),
        width: 0.6,
        hovertemplate: "%{y}: %{base:.2f} s and %{x:.2f} s long<extra></extra>",
      };
    }),
    layout: baseLayout("column", 60 + 22 * subTasks.length, {
      barmode: "overlay",
      margin: { l: Math.max(58, 8 + widthOf(subTasks.map(({ subTask }) => row(subTask)))), r: 6, t: 22, b: 32, pad: 0 },
      xaxis: axis("Time (s)", { range: [0, 1.04 * executionTimeS] }),
      yaxis: axis("", {
        type: "category",
        categoryorder: "array",
        categoryarray: subTasks.map(({ subTask }) => row(subTask)),
        autorange: "reversed",
        ticks: "",
        showgrid: false,
      }),
      shapes: [
        {
          type: "line",
          x0: executionTimeS,
          x1: executionTimeS,
          y0: 0,
          y1: 1,
          yref: "paper",
          line: { color: "#000000", width: 0.75, dash: "dash" },
        },
      ],
    }),
    table: {
      columns: ["sub_task", "site", "start_s", "finish_s"],
      rows: subTasks.map(({ subTask, site, startS, finishS }) => [subTask, site, startS, finishS]),
    },
    provenance: breakdownProvenance(breakdown),
  };
}
