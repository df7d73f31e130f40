import { COST_PARTS, type Outcomes } from "../explorer/explore";
import type { Figure, PlotlyObject } from "./figure";
import { breakdownProvenance } from "./provenance";
import { patternMarker } from "./site-styles";
import { axis, baseLayout } from "./theme";

/** Fill of each part of a cost. Light and dark take turns, and patterns tell the parts apart in black and white. */
const STYLES: Record<(typeof COST_PARTS)[number], { name: string; color: string; pattern: string }> = {
  execution: { name: "execution", color: "#0072b2", pattern: "" },
  transfer: { name: "transfer", color: "#56b4e9", pattern: "/" },
  energy: { name: "energy", color: "#d55e00", pattern: "-" },
  radio: { name: "radio", color: "#009e73", pattern: "x" },
  edge: { name: "edge cores", color: "#5f6b73", pattern: "|" },
  cloud: { name: "cloud", color: "#8a7a00", pattern: "+" },
  wired: { name: "wired", color: "#b0558a", pattern: "." },
};

/** What the cost of each scheme's plan for one state is made of; above a bar by how much it is above the optimum. */
export function costPartsFigure(outcomes: Outcomes): Figure {
  const [{ breakdown }] = outcomes;
  const schemes = outcomes.map(({ scheme }) => scheme);
  const costs = outcomes.map((outcome) => outcome.breakdown.cost);
  const base = baseLayout("column", 242);
  return {
    id: "cost-parts",
    title: `Cost of state ${breakdown.index} under each scheme`,
    data: [
      ...COST_PARTS.map(
        (part): PlotlyObject => ({
          type: "bar",
          name: STYLES[part].name,
          x: schemes,
          // Without a bar where there is nothing, of which the outline would be left.
          y: outcomes.map(({ parts }) => parts[part] || null),
          marker: patternMarker(STYLES[part]),
          hovertemplate: `%{x}, ${STYLES[part].name}: %{y:.3g}<extra></extra>`,
        }),
      ),
      {
        type: "scatter",
        mode: "text",
        x: schemes,
        y: costs,
        text: outcomes.map(({ regret }, i) =>
          i === 0 ? (costs[0] as number).toPrecision(3) : `+${(100 * regret).toFixed(1)} %`,
        ),
        textposition: "top center",
        hoverinfo: "skip",
        showlegend: false,
      },
    ],
    layout: {
      ...base,
      barmode: "stack",
      bargap: 0.4,
      legend: { ...(base.legend as object), traceorder: "normal" },
      margin: { l: 38, r: 4, t: 68, b: 20, pad: 0, autoexpand: false },
      xaxis: axis("", { type: "category", ticks: "", showgrid: false }),
      yaxis: axis("Cost", { range: [0, 1.12 * Math.max(...costs)] }),
    },
    table: {
      columns: ["scheme", "cost", ...COST_PARTS, "execution_time_s"],
      rows: outcomes.map(({ scheme, parts, breakdown: { cost, executionTimeS } }) => [
        scheme,
        cost,
        ...COST_PARTS.map((part) => parts[part]),
        executionTimeS,
      ]),
    },
    provenance: breakdownProvenance(breakdown),
  };
}
