import { SITE_NAMES } from "../../mec/sites";
import type { Outcomes } from "../explore";
import { agreement } from "../summary";
import { element, make } from "./dom";

/** Fills the table of schemes; the row of the plan that is drawn is marked. */
export function fillSchemes(outcomes: Outcomes, plan: string): void {
  const rows = outcomes.map((outcome) => {
    const { scheme, title, breakdown, regret } = outcome;
    const { decisions, cost, executionTimeS } = breakdown;
    const sites = decisions.map((site) => {
      const name = SITE_NAMES[site as 0];
      return make("span", { class: `site ${name}`, title: name }, name);
    });
    return make(
      "tr",
      { "data-scheme": scheme, ...(scheme === plan && { "aria-current": "true" }) },
      make("th", { scope: "row" }, scheme, make("span", { class: "what" }, title)),
      make("td", { class: "sites", "data-decisions": decisions.join(",") }, ...sites),
      make("td", {}, `${agreement(outcome, outcomes)} of ${decisions.length}`),
      make("td", { "data-cost": String(cost) }, cost.toPrecision(4)),
      make("td", {}, `${(100 * regret).toFixed(2)} %`),
      make("td", {}, executionTimeS.toPrecision(3)),
    );
  });
  element("schemes", HTMLTableElement).tBodies[0]?.replaceChildren(...rows);
}
