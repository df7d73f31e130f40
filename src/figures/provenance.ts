import type { Provenance as DataProvenance } from "../demonstrations/generate";
import type { Breakdown } from "../evaluation/state-breakdown";
import type { Provenance } from "./figure";

/** The provenance of a figure that shows a data set, or what was measured on it. */
export function figureProvenance(
  data: Pick<DataProvenance, "version" | "seed" | "scenario" | "scenarioHash">,
): Provenance {
  const { version, seed, scenario, scenarioHash } = data;
  return { software: "dios-lab", version, seed, scenario: scenario.name, scenarioHash };
}

/** The provenance of a figure that shows one state. */
export function breakdownProvenance({ version, seed, scenario, scenarioHash }: Breakdown): Provenance {
  return { software: "dios-lab", version, seed, scenario, scenarioHash };
}
