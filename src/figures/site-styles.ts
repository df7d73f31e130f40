import type { PlotlyObject } from "./figure";

const STYLES = [
  { color: "#d55e00", pattern: "-" },
  { color: "#0072b2", pattern: "" },
  { color: "#8a8a8a", pattern: "/" },
] as const;

/** Plotly's `marker` for bars of one site (0 local, 1 edge, 2 cloud), told apart in black and white. */
export function siteMarker(site: number): PlotlyObject {
  const { color, pattern } = STYLES[site as 0];
  return {
    color,
    line: { color: "#000000", width: 0.75 },
    pattern: {
      shape: pattern,
      fillmode: "replace",
      fgcolor: color,
      bgcolor: (pattern as string) === "" ? color : "#ffffff",
      fgopacity: 1,
      size: 5,
      solidity: 0.35,
    },
  };
}
