import type { Figure, PlotlyObject, Provenance } from "./figure";
import { axis, barMarker, baseLayout, errorBars, FONT_SIZE_PX } from "./theme";

/** What `schemeBars` draws. The lists have one entry a scheme, in the unit of the y axis; `null` where there is none. */
export interface SchemeBarsOptions {
  id: string;
  title: string;
  caption?: string;
  /** Quantity and unit, such as `Cost relative to OOS`. */
  yTitle: string;
  /** Names of schemes as in the paper, in drawing order from the left. */
  schemes: string[];
  values: (number | null)[];
  /** Ends of the interval around each value. */
  low: (number | null)[];
  high: (number | null)[];
  /** The paper's values, drawn as diamonds beside the bars. */
  marks?: (number | null)[];
  /** A dashed line across the plot, such as OOS at 1. */
  reference?: { value: number; name: string };
  /** First and last value of the y axis; default from 0 to just above the highest mark. */
  yRange?: [number, number];
  /** Written in the place of a bar without a value. Default `not trained`. */
  missing?: string;
  /** Names in the legend. Defaults `This work (95% CI)` and `Published`. */
  barsName?: string;
  marksName?: string;
  provenance: Provenance;
}

const BAR_WIDTH = 0.56;

/**
 * One bar a scheme with a thin interval, and the published value as a diamond beside it, one IEEE column wide: the form
 * of Figures 3, 4 and 5. A scheme without a value keeps its place, with `missing` written in it.
 */
export function schemeBars(options: SchemeBarsOptions): Figure {
  const { schemes, values, low, high, marks, reference, missing = "not trained" } = options;
  const hasMarks = marks?.some((mark) => mark !== null) ?? false;
  const places = schemes.map((_, i) => i);
  const barShift = hasMarks ? -0.13 : 0;
  const markShift = 0.32;
  const edges = [-0.55, schemes.length - 0.5];
  const barsName = options.barsName ?? "This work (95% CI)";
  const marksName = options.marksName ?? "Published";

  const data: PlotlyObject[] = [
    {
      type: "bar",
      name: barsName,
      legendgroup: "bars",
      showlegend: false,
      x: places.map((place) => place + barShift),
      y: values,
      width: BAR_WIDTH,
      marker: barMarker(schemes),
      error_y: errorBars(values, low, high),
      customdata: schemes.map((scheme, i) => [scheme, low[i] ?? null, high[i] ?? null]),
      hovertemplate: "%{customdata[0]}: %{y:.4g} (%{customdata[1]:.4g} to %{customdata[2]:.4g})<extra></extra>",
    },
    // The bars differ in colour, so the legend shows a neutral one.
    {
      type: "bar",
      name: barsName,
      legendgroup: "bars",
      x: [null],
      y: [null],
      marker: { color: "#bfbfbf", line: { color: "#000000", width: 0.75 } },
    },
  ];
  if (hasMarks && marks) {
    data.push({
      type: "scatter",
      mode: "markers",
      name: marksName,
      x: places.map((place) => place + markShift),
      y: marks,
      cliponaxis: false,
      marker: { symbol: "diamond", size: 6.5, color: "#ffffff", line: { color: "#000000", width: 1 } },
      customdata: schemes,
      hovertemplate: `%{customdata}, ${marksName}: %{y:.4g}<extra></extra>`,
    });
  }
  if (reference) {
    data.push({
      type: "scatter",
      mode: "lines",
      name: reference.name,
      x: edges,
      y: [reference.value, reference.value],
      line: { color: "#000000", width: 0.75, dash: "4px,2px" },
      hoverinfo: "skip",
    });
  }

  const layout = baseLayout("column", 216, {
    xaxis: axis("", {
      range: edges,
      tickvals: places,
      ticktext: schemes,
      ticks: "",
      showgrid: false,
    }),
    yaxis: axis(options.yTitle, {
      nticks: 8,
      ...(options.yRange ? { range: options.yRange } : { rangemode: "tozero" }),
    }),
    annotations: places
      .filter((place) => values[place] == null)
      .map((place) => ({
        text: missing,
        textangle: -90,
        x: place + barShift,
        y: 0,
        yref: "paper",
        yanchor: "bottom",
        yshift: 3,
        showarrow: false,
        font: { size: FONT_SIZE_PX, color: "#595959" },
      })),
  });

  return {
    id: options.id,
    title: options.title,
    ...(options.caption === undefined ? {} : { caption: options.caption }),
    data,
    layout,
    table: {
      columns: ["scheme", "value", "low", "high", "published"],
      rows: schemes.map((scheme, i) => [
        scheme,
        values[i] ?? null,
        low[i] ?? null,
        high[i] ?? null,
        marks?.[i] ?? null,
      ]),
    },
    provenance: options.provenance,
  };
}
