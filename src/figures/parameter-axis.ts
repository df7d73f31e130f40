import { type Parameter, titleOf } from "../explorer/parameters";
import type { PlotlyObject } from "./figure";
import { axis } from "./theme";

/** Most marks on a logarithmic axis; with more of them only the powers of ten keep theirs. */
const TICKS_MOST = 9;

/** An axis along a parameter, from end to end on its scale. `options` as in `axis`. */
export function parameterAxis(parameter: Parameter, options: PlotlyObject = {}): PlotlyObject {
  const { min, max, scale } = parameter;
  if (scale === "linear") return axis(titleOf(parameter), { range: [min, max], ...options });
  const all = marksBetween(min, max, [1, 2, 5]);
  const tickvals = all.length > TICKS_MOST ? marksBetween(min, max, [1]) : all;
  return axis(titleOf(parameter), {
    type: "log",
    range: [Math.log10(min), Math.log10(max)],
    tickvals,
    ticktext: tickvals.map(String),
    ...options,
  });
}

/** The multiples of powers of ten from `min` to `max`. */
function marksBetween(min: number, max: number, multiples: readonly number[]): number[] {
  const marks: number[] = [];
  for (let decade = Math.floor(Math.log10(min)); 10 ** decade <= max; decade++) {
    for (const multiple of multiples) marks.push(Number((multiple * 10 ** decade).toPrecision(1)));
  }
  return marks.filter((mark) => mark >= min && mark <= max);
}
