import { table } from "table";
import { SITE_NAMES } from "../mec/sites";
import type { Breakdown, Terms } from "./state-breakdown";

/** A breakdown as text: what was sampled, what each sub-task and transfer takes and costs, and the totals. */
export function breakdownText(breakdown: Breakdown): string {
  const { scenario, scenarioHash, seed, split, index, wiredDelayS, subTasks, transfers, optimal } = breakdown;
  return [
    `State ${index} of seed ${seed} (${split}), scenario ${scenario} (${scenarioHash}); wired delay W ${exact(wiredDelayS)} s`,
    "",
    "Sub-tasks",
    grid(
      [
        "",
        "site",
        "input (bytes)",
        "rho (cycles/byte)",
        "xi (cycles)",
        "n",
        "m",
        "gain g",
        "rate r (bit/s)",
        "execution (s)",
        "start (s)",
        "finish (s)",
        "cost",
      ],
      subTasks.map((t) => [
        t.subTask,
        t.site,
        exact(t.inputBytes),
        exact(t.cyclesPerByte),
        exact(t.workloadCycles),
        t.subcarriers,
        t.cores,
        t.gains.length > 1 ? `${t.gains.length} gains` : exact(t.gains[0] as number),
        exact(t.rateBitPerS),
        exact(t.executionS),
        exact(t.startS),
        exact(t.finishS),
        termsText(t.cost),
      ]),
    ),
    "Transfers",
    grid(
      ["from", "to", "d (bytes)", "between", "grant of", "transfer (s)", "cost"],
      transfers.map((t) => [
        t.from,
        t.to,
        exact(t.bytes),
        `${t.fromSite} - ${t.toSite}`,
        t.grantOf,
        exact(t.transferS),
        termsText(t.cost),
      ]),
    ),
    totals("Decisions", breakdown),
    totals("Optimal  ", optimal),
  ].join("\n");
}

function totals(label: string, plan: Breakdown["optimal"]): string {
  const sites = plan.decisions.map((site) => SITE_NAMES[site as 0]).join(", ");
  return `${label} ${plan.decisions.join(",")} (${sites}): cost ${exact(plan.cost)}, execution time ${exact(plan.executionTimeS)} s`;
}

/** "12.5 = 10 perSecond + 2.5 radioPerGrant" */
function termsText(terms: Terms): string {
  const entries = Object.entries(terms);
  const sum = entries.reduce((total, [, cost]) => total + cost, 0);
  if (entries.length === 0) return "0";
  return `${exact(sum)} = ${entries.map(([price, cost]) => `${exact(cost)} ${price}`).join(" + ")}`;
}

/** A number with eight significant digits, enough to check the arithmetic by hand. */
function exact(value: number): string {
  return String(Number(value.toPrecision(8)));
}

function grid(header: string[], rows: (string | number)[][]): string {
  return table([header, ...rows], {
    columnDefault: { alignment: "right" },
    border: { bodyJoin: "  ", bodyLeft: "", bodyRight: "", topBody: "", topJoin: "", topLeft: "", topRight: "" },
    drawHorizontalLine: () => false,
    drawVerticalLine: (line, columns) => line > 0 && line < columns,
  });
}
