import type { Estimate } from "../evaluation/estimate";
import type { Evaluation, SchemeResult } from "../evaluation/evaluate";
import { PUBLISHED } from "../evaluation/published";
import { SCHEME_NAMES } from "../schemes/scheme";
import type { Figure } from "./figure";
import { figureProvenance } from "./provenance";
import { schemeBars } from "./scheme-bars";

/** The schemes of the bars; OOS is what they are measured against, and drawn as a line. */
const COMPARED = SCHEME_NAMES.filter((name) => name !== "OOS");
/** Others than these are drawn after them. */
const KNOWN = new Set<string>(SCHEME_NAMES);

/** Figure 3 of the paper: offloading accuracy, the share of sub-tasks decided as OOS decides them. */
export function figure3(evaluation: Evaluation): Figure {
  return compare(evaluation, {
    id: "figure-3",
    title: "Offloading accuracy of the schemes",
    caption:
      "Share of sub-tasks with the site that OOS gives them. The paper publishes one of these numbers, the 64.79 % of DIOS (diamond).",
    yTitle: "Accuracy (%)",
    yRange: [0, 105],
    measure: ({ accuracy }) => times(accuracy, 100),
    mark: (scheme) => (scheme === "DIOS" ? 100 * PUBLISHED.accuracy : null),
    reference: { value: 100, name: "OOS" },
  });
}

/** Figure 4 of the paper: offloading cost relative to OOS. */
export function figure4(evaluation: Evaluation): Figure {
  return compare(evaluation, {
    id: "figure-4",
    title: "Offloading cost of the schemes relative to OOS",
    caption: `Mean cost over that of OOS. ${MARKS_SAY}`,
    yTitle: "Cost relative to OOS",
    measure: ({ relativeCost }) => relativeCost,
    mark: (scheme) => impliedBy(evaluation, PUBLISHED.costReduction[scheme], ({ relativeCost }) => relativeCost),
    reference: { value: 1, name: "OOS" },
  });
}

/** Figure 5 of the paper: task execution time relative to OOS. */
export function figure5(evaluation: Evaluation): Figure {
  return compare(evaluation, {
    id: "figure-5",
    title: "Task execution time of the schemes relative to OOS",
    caption: `Mean execution time over that of OOS. ${MARKS_SAY}`,
    yTitle: "Execution time relative to OOS",
    measure: ({ relativeTime }) => relativeTime,
    mark: (scheme) => impliedBy(evaluation, PUBLISHED.timeReduction[scheme], ({ relativeTime }) => relativeTime),
    reference: { value: 1, name: "OOS" },
  });
}

const MARKS_SAY =
  "The paper publishes by how much DIOS is below each scheme; the diamonds are the heights that this gives above our DIOS.";

interface Comparison {
  id: string;
  title: string;
  caption: string;
  yTitle: string;
  yRange?: [number, number];
  measure: (result: SchemeResult) => Estimate;
  mark: (scheme: string) => number | null;
  reference: { value: number; name: string };
}

function compare({ results, testedOn }: Evaluation, { measure, mark, ...texts }: Comparison): Figure {
  const own = results.map(({ scheme }) => scheme).filter((name) => !KNOWN.has(name));
  const schemes = [...COMPARED, ...own];
  const estimates = schemes.map((name) => {
    const result = results.find(({ scheme }) => scheme === name);
    return result ? measure(result) : null;
  });
  return schemeBars({
    ...texts,
    schemes,
    values: estimates.map((estimate) => estimate?.value ?? null),
    low: estimates.map((estimate) => estimate?.low ?? null),
    high: estimates.map((estimate) => estimate?.high ?? null),
    marks: schemes.map(mark),
    provenance: figureProvenance(testedOn),
  });
}

/** The height of a scheme that a published reduction implies, given the height of our DIOS. */
function impliedBy(
  { results }: Evaluation,
  reduction: number | undefined,
  measure: (result: SchemeResult) => Estimate,
): number | null {
  const dios = results.find(({ scheme }) => scheme === "DIOS");
  return dios && reduction !== undefined ? measure(dios).value / (1 - reduction) : null;
}

function times({ value, low, high }: Estimate, factor: number): Estimate {
  return { value: factor * value, low: factor * low, high: factor * high };
}
