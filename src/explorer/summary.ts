import { SITE_NAMES } from "../mec/sites";
import type { Outcome, Outcomes } from "./explore";
import type { OptimumAlong } from "./optimum-along";

/** What the optimum is and how near DIOS comes to it, where it is among the schemes. */
export function summaryText(outcomes: Outcomes): string {
  const [{ breakdown: optimum }] = outcomes;
  const { subTasks, cost, executionTimeS } = optimum;
  const counts = SITE_NAMES.map((name) => `${subTasks.filter(({ site }) => site === name).length} ${name}`);
  const text = `The optimum: ${counts.join(", ")}; cost ${cost.toPrecision(3)}, execution time ${executionTimeS.toPrecision(3)} s.`;
  const dios = outcomes.find(({ scheme }) => scheme === "DIOS");
  if (!dios) return text;
  const more = `costs ${(100 * dios.regret).toFixed(1)} % more`;
  return `${text} DIOS agrees on ${agreement(dios, outcomes)} of ${subTasks.length} sub-tasks and ${more}.`;
}

/** Number of sub-tasks with the site that the optimum gives them. */
export function agreement({ breakdown }: Outcome, [optimum]: Outcomes): number {
  return breakdown.decisions.filter((site, task) => site === optimum.breakdown.decisions[task]).length;
}

/** "The optimum flips at 162 KB (sub-task 5 local to edge); 333 KB (...)." */
export function flipsText({ parameter, stretches }: OptimumAlong): string {
  const flips = stretches.slice(1).map(({ from, decisions }, i) => {
    const before = stretches[i]?.decisions as Uint8Array;
    const moves = [...decisions].flatMap((site, task) => {
      const old = before[task] as number;
      return site === old ? [] : [`sub-task ${task} ${SITE_NAMES[old as 0]} to ${SITE_NAMES[site as 0]}`];
    });
    const value = `${Number(from.toPrecision(3))} ${parameter.unit}`.trim();
    return `${value} (${moves.join(", ")})`;
  });
  const { label } = parameter;
  return flips.length === 0
    ? `${label}: the optimum does not flip between the ends.`
    : `${label}: the optimum flips at ${flips.join("; ")}.`;
}
