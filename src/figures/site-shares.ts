import type { Demonstrations } from "../demonstrations/generate";
import { SITE_NAMES } from "../mec/sites";
import type { Figure } from "./figure";
import { figureProvenance } from "./provenance";
import { siteMarker } from "./site-styles";
import { LINE_PX, shortName, widthOf } from "./sub-task-names";
import { axis, baseLayout } from "./theme";

/** Where the optimal decisions put each sub-task: the share of states in which it runs local, at the edge and in the cloud. */
export function siteShares({ decisions, states, provenance }: Demonstrations): Figure {
  const { subTasks } = states.application;
  const shares = SITE_NAMES.map(() => new Array<number>(subTasks).fill(0));
  for (let i = 0; i < decisions.length; i++) {
    const row = shares[decisions[i] as number] as number[];
    row[i % subTasks] = (row[i % subTasks] as number) + 100 / states.count;
  }
  const tasks = shares[0]?.map((_, task) => String(task)) as string[];
  const names = provenance.scenario.application.measured?.names;
  const texts = tasks.map((_, task) => shortName(names, task));
  const base = baseLayout("column", 200);
  const upright = names !== undefined && LINE_PX * subTasks < base.width - 42;
  const below = upright ? widthOf(texts) : 0;
  return {
    id: "site-shares",
    title: "Optimal site of each sub-task",
    data: SITE_NAMES.map((name, site) => ({
      type: "bar",
      name,
      x: tasks,
      y: shares[site],
      marker: siteMarker(site),
      hovertemplate: `sub-task %{x}, ${name}: %{y:.1f} %<extra></extra>`,
    })),
    layout: {
      ...base,
      height: base.height + below,
      barmode: "stack",
      legend: { ...(base.legend as object), traceorder: "normal" },
      bargap: 0.35,
      margin: { l: 38, r: 4, t: 22, b: 32 + below, pad: 0 },
      xaxis: axis("Sub-task", {
        type: "category",
        ticks: "",
        showgrid: false,
        ...(upright && { tickvals: tasks, ticktext: texts, tickangle: -90 }),
      }),
      yaxis: axis("States (%)", { range: [0, 100], dtick: 25 }),
    },
    table: {
      columns: ["sub_task", ...SITE_NAMES.map((name) => `${name}_percent`)],
      rows: tasks.map((task, i) => [task, ...shares.map((row) => row[i] as number)]),
    },
    provenance: figureProvenance(provenance),
  };
}
