import { shareMapFigure } from "../../figures/share-map";
import { type Base, identityOf } from "../explore";
import { mapMaker } from "../map-maker";
import type { Parameter, ParameterName } from "../parameters";
import { element } from "./dom";
import { draw, onPlotClick } from "./plots";
import type { View } from "./view";

/**
 * The map of the page. The function that it gives draws the map of a view: at once where the one that is there still holds, else when
 * it has been made. `onClick` is told the values of the cell that is clicked.
 */
export function makeMap(
  base: Base,
  parameterOf: (name: ParameterName) => Parameter,
  onClick: (x: number, y: number) => void,
): (view: View) => Promise<void> {
  const progress = element("map-progress", HTMLProgressElement);
  const host = element("share-map", HTMLElement);
  const mapOf = mapMaker(base);
  return async ({ point, x, y }) => {
    const map = await mapOf(point, parameterOf(x), parameterOf(y), (share) => {
      progress.value = share;
      host.toggleAttribute("aria-busy", share < 1);
    });
    if (!map) return;
    const now = [map.x, map.y].map(({ name, value }) => point.values[name] ?? value) as [number, number];
    const provenance = { software: "dios-lab", seed: map.seed, ...identityOf(base, map.values) } as const;
    const first = host.childElementCount === 0;
    element("map-states", HTMLElement).textContent = String(map.states);
    await draw(shareMapFigure(map, now, provenance));
    if (first) onPlotClick(host.id, (custom) => onClick(...(custom as [number, number])));
  };
}
