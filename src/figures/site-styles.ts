import type { PlotlyObject } from "./figure";

const STYLES = [
  { color: "#d55e00", pattern: "-" },
  { color: "#0072b2", pattern: "" },
  { color: "#8a8a8a", pattern: "/" },
] as const;

/** The colour of a site (0 local, 1 edge, 2 cloud). */
export function siteColor(site: number): string {
  return STYLES[site as 0].color;
}

/** Plotly's `marker` for bars of one site (0 local, 1 edge, 2 cloud), told apart in black and white. */
export function siteMarker(site: number): PlotlyObject {
  return patternMarker(STYLES[site as 0]);
}

/** Plotly's `marker` for bars in a colour: solid, or with a pattern on white, so that they are told apart in black and white. */
export function patternMarker({ color, pattern }: { readonly color: string; readonly pattern: string }): PlotlyObject {
  return {
    color,
    line: { color: "#000000", width: 0.75 },
    pattern: {
      shape: pattern,
      fillmode: "replace",
      fgcolor: color,
      bgcolor: pattern === "" ? color : "#ffffff",
      fgopacity: 1,
      size: 5,
      solidity: 0.35,
    },
  };
}
