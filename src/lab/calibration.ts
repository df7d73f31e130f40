import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import {
  bestOf,
  CALIBRATION_DEFAULTS,
  type CalibrationOptions,
  type CalibrationState,
  calibrationProgress,
  closedFormTargets,
  deviationOf,
  type Judge,
  type StructureSearch,
  scenarioOf,
  startCalibration,
  stepCalibration,
  type Target,
} from "../calibration/calibrate";
import { type Judges, startJudges } from "../calibration/judges";
import { type Sensitivity, sensitivitiesOf } from "../calibration/sensitivity";
import { SPACE } from "../calibration/space";
import { requireInteger } from "../errors";
import { readKept, sealed, writeFile } from "../files";
import type { Scenario } from "../scenario/scenario";
import { outputFolder } from "./experiment";
import { connectDask } from "./jobs/dask";
import type { Job } from "./jobs/job";
import { JobsFailed, type Where } from "./jobs/run-jobs";
import { longWork } from "./long-work";
import type { Progress } from "./progress";

/** What a calibration found. */
export interface Calibration {
  readonly state: CalibrationState;
  /** The best scenario; also stored as scenario.json beside the search. */
  readonly scenario: Scenario;
  /** The numbers on states of a seed that the search has not seen, published and measured. */
  readonly fresh: readonly Target[];
  /** Mean absolute deviation of these, in percentage points. */
  readonly deviation: number;
  readonly folder: string;
}

/** States of the fresh seed that the result is judged on. */
const FRESH_STATES = 20_000;

/**
 * Searches the scenario whose closed-form schemes give the paper's ten reductions (see stepCalibration). The state of the search is
 * kept in `data/calibration-seed-N/` after each generation, and a search that was interrupted resumes from it.
 */
export async function calibrationOf(
  options: Partial<CalibrationOptions> & Pick<Where, "dask"> & { out?: string } = {},
): Promise<Calibration> {
  const { out, dask, ...given } = options;
  const full: CalibrationOptions = { ...CALIBRATION_DEFAULTS, ...given };
  requireInteger("seed", full.seed, 0, Number.MAX_SAFE_INTEGER - 1);
  const folder = path.join(outputFolder(out), "data", `calibration-seed-${full.seed}`);
  const file = path.join(folder, "search.json");
  let state = resumed(file, full) ?? startCalibration(full);
  const [done, total] = calibrationProgress(state);
  if (done < total) {
    const from = state;
    const kept = "calibration was interrupted; run it again to resume from its last whole generation.";
    state = await longWork("Calibrating", total, kept, async (bar, signal) => {
      const judges = dask === undefined ? startJudges(signal) : await daskJudges(dask, outputFolder(out), signal);
      try {
        return await search(from, file, judges.judge, bar);
      } finally {
        await judges.close();
      }
    });
  }
  const scenario = scenarioOf(bestOf(state));
  writeFile(path.join(folder, "scenario.json"), `${JSON.stringify(scenario, null, 2)}\n`);
  const fresh = closedFormTargets(scenario, full.seed + 1, FRESH_STATES);
  return { state, scenario, fresh, deviation: deviationOf(fresh), folder };
}

/** Searches to the end, and stores the search after each generation. */
async function search(from: CalibrationState, file: string, judge: Judge, bar: Progress): Promise<CalibrationState> {
  let state = from;
  bar.resume(calibrationProgress(state)[0]);
  for (;;) {
    const next = await stepCalibration(state, judge);
    if (next === state) return state;
    state = next;
    writeFile(file, sealed(state));
    const best = bestOf(state);
    const note = `${best.structure.topology}: ${best.state.best.value.toFixed(2)} points`;
    bar.update(calibrationProgress(state)[0], note);
  }
}

/** Judges points on a Dask cluster, each a job. */
async function daskJudges(address: string, out: string, signal: AbortSignal): Promise<Judges> {
  const cluster = await connectDask(address, out);
  return {
    async judge(orders) {
      const deviations = new Array<number>(orders.length);
      const jobs = orders.map((order): Job => ({ kind: "points", orders: [order] }));
      const failures = await cluster.run(jobs, {
        signal,
        onDone: (index, value) => {
          [deviations[index]] = value as [number];
        },
      });
      signal.throwIfAborted();
      if (failures[0])
        throw new JobsFailed(`a point of the calibration could not be judged because ${failures[0].cause}.`);
      return deviations;
    },
    close: async () => cluster.close(),
  };
}

/** The deviation from the published numbers when each free parameter of a search's best point is moved by a tenth of its range. */
export async function sensitivityOf(search: StructureSearch, seed: number, states: number): Promise<Sensitivity[]> {
  const kept = "the sensitivities were interrupted; run them again.";
  return longWork("Moving parameters", SPACE.length, kept, async (bar, signal) => {
    const sensitivities: Sensitivity[] = [];
    for (const sensitivity of sensitivitiesOf(search, seed, states)) {
      sensitivities.push(sensitivity);
      bar.update(sensitivities.length, sensitivity.parameter);
      await setImmediate();
      signal.throwIfAborted();
    }
    return sensitivities;
  });
}

function resumed(file: string, options: CalibrationOptions): CalibrationState | undefined {
  const state = readKept(file) as CalibrationState | undefined;
  return isDeepStrictEqual(state?.options, options) ? state : undefined;
}
