import type { Base, Point } from "./explore";
import type { Parameter } from "./parameters";
import { type ShareMap, shareMap } from "./share-map";
import { runInSlices } from "./slices";

/** Values of each of the two parameters of a map, and states that each share is a mean over. */
const SIZE = 21;
const STATES = 40;

/** How long nothing else must be asked for before a map is given: while a slider moves there is better to do. */
const WAIT_MS = 250;

/**
 * Gives the map of two parameters around a point. It is made a few milliseconds at a time, unless the last one still holds: where the
 * point is on the map does not matter, nor which state it looks at. Undefined when another map is asked for in the meantime.
 */
export type MapMaker = (
  point: Point,
  x: Parameter,
  y: Parameter,
  onProgress: (share: number) => void,
) => Promise<ShareMap | undefined>;

/** Makes the maps of a scenario, one at a time. */
export function mapMaker(base: Base): MapMaker {
  let made: { key: string; map: ShareMap } | undefined;
  let asked = new AbortController();
  return async ({ seed, values }, x, y, onProgress) => {
    const { [x.name]: _x, [y.name]: _y, ...others } = values;
    const key = JSON.stringify([x.name, y.name, seed, Object.entries(others).sort()]);
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    if (signal.aborted) return undefined;
    if (made?.key === key) {
      onProgress(1);
      return made.map;
    }
    const steps = shareMap(base, { x, y, values: others, seed, states: STATES, size: SIZE });
    const map = await runInSlices(steps, onProgress, signal);
    if (!map || signal.aborted) return undefined;
    onProgress(1);
    made = { key, map };
    return map;
  };
}
