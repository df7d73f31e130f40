import { type Base, optimumOf, type Point, situationAt } from "./explore";
import { gridOf, type Parameter } from "./parameters";

/** The optimal decisions of one state while one parameter goes from end to end. */
export interface OptimumAlong {
  readonly parameter: Parameter;
  /** Neighbouring stretches with different decisions; a flip is where one ends and the next begins. */
  readonly stretches: readonly Stretch[];
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** [T] */
  readonly decisions: Uint8Array;
}

/** Values that are looked at; two flips nearer to each other than a hundredth of the way may be missed. */
const VALUES = 101;

/** Halvings of the gap in which a flip was seen: to a hundred-thousandth of the way. */
const HALVINGS = 10;

/** Looks for the values of a parameter at which the optimum of the point's state flips; what the point says of it does not matter. */
export function optimumAlong(base: Base, point: Point, parameter: Parameter): OptimumAlong {
  const at = (value: number) =>
    optimumOf(situationAt(base, { ...point, values: { ...point.values, [parameter.name]: value } }));
  const values = gridOf(parameter, VALUES);
  const stretches: Stretch[] = [];
  let from = parameter.min;
  let last = parameter.min;
  let decisions = at(last);
  for (const value of values.slice(1)) {
    const next = at(value);
    if (!same(decisions, next)) {
      const flip = flipBetween(last, value, (middle) => same(at(middle), decisions));
      stretches.push({ from, to: flip, decisions });
      from = flip;
      decisions = next;
    }
    last = value;
  }
  stretches.push({ from, to: parameter.max, decisions });
  return { parameter, stretches };
}

/** Where a condition that holds at `low` ends on the way to `high`. */
function flipBetween(low: number, high: number, holds: (value: number) => boolean): number {
  let [inside, outside] = [low, high];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (inside + outside) / 2;
    if (holds(middle)) inside = middle;
    else outside = middle;
  }
  return outside;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((site, task) => site === b[task]);
}

/** As `optimumAlong`, but looks again only when something else than the parameter has changed since the last time. */
export function keptOptimumAlong(base: Base): (point: Point, parameter: Parameter) => OptimumAlong {
  let kept: { key: string; along: OptimumAlong } | undefined;
  return (point, parameter) => {
    const { [parameter.name]: _turned, ...others } = point.values;
    const key = JSON.stringify([parameter.name, point.seed, point.index, Object.entries(others).sort()]);
    if (kept?.key !== key) kept = { key, along: optimumAlong(base, point, parameter) };
    return kept.along;
  };
}
