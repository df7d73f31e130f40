import { type Parameter, titleOf, valueAt } from "../explorer/parameters";
import type { ShareMap } from "../explorer/share-map";
import { SITE_NAMES } from "../mec/sites";
import type { Figure, PlotlyObject, Provenance } from "./figure";
import { parameterAxis } from "./parameter-axis";
import { axis, baseLayout, FONT_SIZE_PX } from "./theme";

/** White to black through blue: as light in black and white as in colour. */
const COLORS = [
  [0, "#ffffff"],
  [0.25, "#bcd8ec"],
  [0.5, "#5b9fcf"],
  [0.75, "#1b5f99"],
  [1, "#06233f"],
];

const PANELS = [
  [0, 0.285],
  [0.335, 0.62],
  [0.67, 0.955],
] as const;

/** Shades of the scale beside the panels. */
const SHADES = 50;

/** The scale, as a narrow panel of its own: the fill of Plotly's own colour bars gets lost on the way to PDF. */
const SCALE: PlotlyObject = {
  type: "heatmap",
  name: "scale",
  xaxis: "x4",
  yaxis: "y4",
  x: [0, 1],
  y: Array.from({ length: SHADES + 1 }, (_, i) => (100 * i) / SHADES),
  z: Array.from({ length: SHADES }, (_, i) => [(100 * (i + 0.5)) / SHADES]),
  zmin: 0,
  zmax: 100,
  colorscale: COLORS,
  showscale: false,
  hoverinfo: "skip",
};

const SCALE_AXES = {
  xaxis4: axis("", {
    domain: [0.97, 0.982],
    anchor: "y4",
    mirror: true,
    ticks: "",
    showticklabels: false,
    fixedrange: true,
  }),
  yaxis4: axis("", {
    anchor: "x4",
    side: "right",
    mirror: true,
    range: [0, 100],
    dtick: 25,
    ticksuffix: " %",
    fixedrange: true,
  }),
};

/**
 * Where the optimum puts sub-tasks over two parameters: a panel a site, with the line at half of them, and a ring at the values that
 * the two have now. The `customdata` of a cell is its [x, y].
 */
export function shareMapFigure(map: ShareMap, now: readonly [x: number, y: number], provenance: Provenance): Figure {
  const { x, y, xValues, yValues, shares, states } = map;
  const cells = yValues.map((yValue) => xValues.map((xValue) => [xValue, yValue]));
  const percent = shares.map((grid) => grid.map((row) => row.map((share) => 100 * share)));
  const axesOf = (site: number) => ({
    xaxis: site === 0 ? "x" : `x${site + 1}`,
    yaxis: site === 0 ? "y" : `y${site + 1}`,
  });
  const panel = (name: string, site: number): PlotlyObject[] => [
    {
      type: "heatmap",
      name,
      ...axesOf(site),
      x: edgesOf(x, xValues.length),
      y: edgesOf(y, yValues.length),
      z: percent[site],
      zmin: 0,
      zmax: 100,
      colorscale: COLORS,
      showscale: false,
      customdata: cells,
      hovertemplate: `${titleOf(x)} %{customdata[0]}<br>${titleOf(y)} %{customdata[1]}<br>${name} %{z:.0f} %<extra></extra>`,
    },
    {
      type: "contour",
      name: "half",
      ...axesOf(site),
      x: xValues,
      y: yValues,
      z: percent[site],
      contours: { start: 50, end: 50, size: 1, coloring: "none" },
      line: { color: "#000000", width: 1, dash: "dash" },
      showscale: false,
      showlegend: false,
      hoverinfo: "skip",
    },
    {
      type: "scatter",
      mode: "markers",
      name: "now",
      ...axesOf(site),
      x: [now[0]],
      y: [now[1]],
      marker: { symbol: "circle", size: 9, color: "#ffffff", line: { color: "#000000", width: 2 } },
      hoverinfo: "skip",
      showlegend: false,
    },
  ];
  const axes = Object.fromEntries(
    PANELS.flatMap((domain, site) => {
      const number = site === 0 ? "" : String(site + 1);
      const still = { showgrid: false, fixedrange: true };
      return [
        [`xaxis${number}`, parameterAxis(x, { ...still, domain, anchor: `y${number}` })],
        [
          `yaxis${number}`,
          parameterAxis(y, {
            ...still,
            anchor: `x${number}`,
            ...(site > 0 && { title: { text: "" }, showticklabels: false }),
          }),
        ],
      ];
    }),
  );
  return {
    id: "share-map",
    title: `Optimal share of ${SITE_NAMES.join(", ")} over ${titleOf(x)} and ${titleOf(y)}`,
    caption: `Mean over ${states} states; the dashed line is where half of the sub-tasks are.`,
    data: [...SITE_NAMES.flatMap(panel), SCALE],
    layout: baseLayout("page", 220, {
      margin: { l: 46, r: 36, t: 20, b: 32, pad: 0 },
      ...axes,
      ...SCALE_AXES,
      annotations: SITE_NAMES.map((name, site) => ({
        text: name,
        x: (PANELS[site as 0][0] + PANELS[site as 0][1]) / 2,
        y: 1,
        xref: "paper",
        yref: "paper",
        yanchor: "bottom",
        showarrow: false,
        font: { size: FONT_SIZE_PX },
      })),
    }),
    table: {
      columns: [x.name, y.name, ...SITE_NAMES],
      rows: yValues.flatMap((yValue, row) =>
        xValues.map((xValue, column) => [xValue, yValue, ...shares.map((grid) => grid[row]?.[column] as number)]),
      ),
    },
    provenance,
  };
}

/** The edges of the cells around `count` values from end to end, even on the parameter's scale. */
function edgesOf(parameter: Parameter, count: number): number[] {
  return Array.from({ length: count + 1 }, (_, i) =>
    valueAt(parameter, Math.min(1, Math.max(0, (i - 0.5) / (count - 1)))),
  );
}
