import { streamOf } from "../demonstrations/split";
import { SITES } from "../mec/sites";
import { sampleStates } from "../mec/states";
import { costTables } from "../mec/tables";
import { optimalDecisions } from "../optimal/exact";
import type { Base } from "./explore";
import { gridOf, type Parameter, scenarioWith, type Values } from "./parameters";

/** Where the optimum puts sub-tasks, over a grid of two parameters. */
export interface ShareMap {
  readonly x: Parameter;
  readonly y: Parameter;
  readonly xValues: readonly number[];
  readonly yValues: readonly number[];
  /** For local, edge and cloud: the share of sub-tasks that the optimal decisions put there, at [row of y][column of x]. */
  readonly shares: readonly [number[][], number[][], number[][]];
  /** Of the other parameters. */
  readonly values: Values;
  /** States that each share is a mean over. */
  readonly states: number;
  readonly seed: number;
}

/** What a map is to be made of. */
export interface ShareMapRequest {
  readonly x: Parameter;
  readonly y: Parameter;
  /** Of the other parameters. */
  readonly values: Values;
  readonly seed: number;
  /** Mean over the first so many states of the seed's test set. */
  readonly states: number;
  /** Values of each of the two parameters. */
  readonly size: number;
}

/** Makes a map cell by cell; yields the share that is done, so that whoever waits may do other things in between or give up. */
export function* shareMap({ scenario }: Base, request: ShareMapRequest): Generator<number, ShareMap> {
  const { x, y, values, seed, states: count, size } = request;
  const xValues = gridOf(x, size);
  const yValues = gridOf(y, size);
  const grid = () => yValues.map(() => new Array<number>(size).fill(0));
  const shares: [number[][], number[][], number[][]] = [grid(), grid(), grid()];
  for (const [row, yValue] of yValues.entries()) {
    for (const [column, xValue] of xValues.entries()) {
      const changed = scenarioWith(scenario, { ...values, [x.name]: xValue, [y.name]: yValue });
      const states = sampleStates(changed, streamOf(seed, "test"), 0, count);
      const decisions = optimalDecisions(changed, states, costTables(changed, states));
      for (const [site, share] of sharesOf(decisions).entries()) {
        const cells = shares[site]?.[row] as number[];
        cells[column] = share;
      }
      yield (row * size + column + 1) / (size * size);
    }
  }
  return { x, y, xValues, yValues, shares, values, states: count, seed };
}

function sharesOf(decisions: Uint8Array): number[] {
  const counts = new Array<number>(SITES).fill(0);
  for (const site of decisions) counts[site] = (counts[site] as number) + 1;
  return counts.map((count) => count / decisions.length);
}
