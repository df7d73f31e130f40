import { generate } from "../demonstrations/generate";
import { evaluate } from "../evaluation/evaluate";
import { PUBLISHED } from "../evaluation/published";
import { loadScenario } from "../scenario/load";
import type { Scenario } from "../scenario/scenario";
import { cos, eos, los } from "../schemes/fixed";
import { gos } from "../schemes/gos";
import { oos } from "../schemes/oos";
import { ros } from "../schemes/ros";
import type { SchemeName } from "../schemes/scheme";
import { type CmaEsState, startCmaEs, stepCmaEs } from "./cma-es";
import { SPACE, type Structure, scenarioAt, TOPOLOGIES, type TopologyName } from "./space";

/** One of the paper's reductions beside ours, as fractions. */
export interface Target {
  readonly metric: "cost" | "time";
  readonly scheme: SchemeName;
  readonly published: number;
  readonly measured: number;
}

const CLOSED_FORM = ["ROS", "GOS", "LOS", "EOS", "COS"] as const;

/**
 * The ten published reductions against schemes that need no learning, with the optimum in the place of DIOS, on `count` states of
 * the validation stream of `seed`. Test states are never looked at.
 */
export function closedFormTargets(scenario: Scenario, seed: number, count: number): Target[] {
  const states = generate({ scenario, seed, split: "validation", count });
  // A perfect imitation: what DIOS would be if it decided as OOS does.
  const { results } = evaluate(states, [{ ...oos, name: "DIOS" }, ros(seed), gos, los, eos, cos]);
  return CLOSED_FORM.flatMap((scheme): Target[] => {
    const result = results.find((candidate) => candidate.scheme === scheme);
    return [
      {
        metric: "cost",
        scheme,
        published: PUBLISHED.costReduction[scheme] as number,
        measured: result?.costReduction?.value as number,
      },
      {
        metric: "time",
        scheme,
        published: PUBLISHED.timeReduction[scheme] as number,
        measured: result?.timeReduction?.value as number,
      },
    ];
  });
}

/** Mean absolute deviation of the measured from the published numbers, in percentage points. */
export function deviationOf(targets: readonly Target[]): number {
  const sum = targets.reduce((total, { published, measured }) => total + Math.abs(published - measured), 0);
  return (100 * sum) / targets.length;
}

/** How thoroughly to search. */
export interface CalibrationOptions {
  readonly seed: number;
  /** Generations for each structure (topology and greedy rule), and for the best structure after that. */
  readonly generations: readonly [each: number, best: number];
  /** States that a point is judged on, in each of the two phases. */
  readonly states: readonly [each: number, best: number];
}

export const CALIBRATION_DEFAULTS: CalibrationOptions = { seed: 1, generations: [60, 250], states: [500, 2000] };

/** The search of one structure. */
export interface StructureSearch {
  readonly structure: Structure;
  readonly state: CmaEsState;
}

/** A calibration between two generations: plain JSON, to resume from. */
export interface CalibrationState {
  readonly options: CalibrationOptions;
  readonly searches: readonly StructureSearch[];
  /** The search of the best structure that follows; absent in the first phase. */
  readonly final?: StructureSearch;
}

/** What has been searched when nothing has. */
export function startCalibration(options: CalibrationOptions): CalibrationState {
  const structures = (Object.keys(TOPOLOGIES) as TopologyName[]).flatMap((topology) =>
    (["time", "cost"] as const).map((greedyBy) => ({ topology, greedyBy })),
  );
  const state = startCmaEs(
    SPACE.map(() => 0.5),
    0.3,
  );
  return { options, searches: structures.map((structure) => ({ structure, state })) };
}

/** Generations done and to do in all. */
export function calibrationProgress({ options, searches, final }: CalibrationState): [done: number, total: number] {
  const [each, best] = options.generations;
  const done = searches.reduce((sum, { state }) => sum + state.generation, 0) + (final?.state.generation ?? 0);
  return [done, each * searches.length + best];
}

/**
 * One generation more: of the structure that has had the fewest, then, when all have had theirs, of the best one, which starts again
 * from its best point on more states. Returns the same state when all is done.
 */
export function stepCalibration(calibration: CalibrationState): CalibrationState {
  const { options, searches, final } = calibration;
  const [each, best] = options.generations;
  const next = searches.findIndex(({ state }) => state.generation < each);
  if (next >= 0) {
    const search = advance(searches[next] as StructureSearch, options.seed, options.states[0]);
    return { ...calibration, searches: searches.with(next, search) };
  }
  const refined = final ?? refine(bestOf(searches));
  if (refined.state.generation >= best) return calibration;
  return { ...calibration, final: advance(refined, options.seed, options.states[1]) };
}

/** The search with the least deviation. */
export function bestOf(searches: readonly StructureSearch[]): StructureSearch {
  return searches.reduce((best, search) => (search.state.best.value < best.state.best.value ? search : best));
}

/** The scenario of a search's best point. */
export function scenarioOf({ state, structure }: StructureSearch): Scenario {
  return loadScenario(scenarioAt(state.best.point, structure));
}

function advance({ structure, state }: StructureSearch, seed: number, states: number): StructureSearch {
  const name = `${seed}/calibration/${structure.topology}/${structure.greedyBy}/${states}`;
  const evaluatePoint = (point: readonly number[]) =>
    deviationOf(closedFormTargets(loadScenario(scenarioAt(point, structure)), seed, states));
  return { structure, state: stepCmaEs(state, name, (points) => points.map(evaluatePoint)) };
}

function refine({ structure, state }: StructureSearch): StructureSearch {
  return { structure, state: startCmaEs(state.best.point, 0.1) };
}
