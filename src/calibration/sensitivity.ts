import { loadScenario } from "../scenario/load";
import { closedFormTargets, deviationOf, type StructureSearch } from "./calibrate";
import { SPACE, scenarioAt } from "./space";

/** The deviation from the published numbers, in points, when one free parameter is moved and the others stay. */
export interface Sensitivity {
  readonly parameter: string;
  /** Moved down and up by a tenth of its range, as far as the range goes. */
  readonly down: number;
  readonly up: number;
}

const STEP = 0.1;

/** How much each free parameter of a search's best point matters, one after another. */
export function* sensitivitiesOf(search: StructureSearch, seed: number, states: number): Generator<Sensitivity> {
  const { point } = search.state.best;
  const deviationAt = (index: number, by: number) => {
    const moved = point.map((value, i) => (i === index ? Math.min(1, Math.max(0, value + by)) : value));
    return deviationOf(closedFormTargets(loadScenario(scenarioAt(moved, search.structure)), seed, states));
  };
  for (const [i, { name }] of SPACE.entries()) {
    yield { parameter: name, down: deviationAt(i, -STEP), up: deviationAt(i, STEP) };
  }
}
