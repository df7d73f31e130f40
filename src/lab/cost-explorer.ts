import { diosScheme, explore, identityOf, type Point, plainSchemes } from "../explorer/explore";
import { mapMaker } from "../explorer/map-maker";
import { keptOptimumAlong } from "../explorer/optimum-along";
import {
  PARAMETER_GROUPS,
  type Parameter,
  type ParameterName,
  parametersIn,
  rounded,
  scenarioWith,
  shareAt,
  titleOf,
  type Values,
} from "../explorer/parameters";
import { flipsText, summaryText } from "../explorer/summary";
import { applicationGraph } from "../figures/application-graph";
import { costPartsFigure } from "../figures/cost-parts";
import type { Figure } from "../figures/figure";
import { optimumAlongFigure } from "../figures/optimum-along";
import { breakdownProvenance } from "../figures/provenance";
import { shareMapFigure } from "../figures/share-map";
import { timeline } from "../figures/timeline";
import type { Model } from "../learning/model";
import { scenarioHash } from "../scenario/load";
import type { Scenario } from "../scenario/scenario";
import type { SchemeName } from "../schemes/scheme";
import { VERSION } from "../version";
import { escapeHtml } from "./display";
import { column, row, tabs } from "./widgets/boxes";
import { latest } from "./widgets/callback";
import { type Control, dropdown, logSlider, slider } from "./widgets/controls";
import { button, html, progressBar } from "./widgets/elements";
import { figureWidget } from "./widgets/figure-widget";
import { show } from "./widgets/show";
import type { Widget } from "./widgets/widget";

/** Steps of a slider, about. */
const STEPS = 200;

/** What is to be explored. */
export interface CostExplorerOptions {
  readonly scenario: Scenario;
  /** Of the states; default 1. */
  readonly seed?: number;
  /** Number of the state in the test set of the seed that is shown at first; default 0. */
  readonly index?: number;
  /** Decides as DIOS, beside the other schemes. */
  readonly model?: Model;
}

/** The explorer: its controls, which code may move as a reader does, and where they stand. */
export interface CostExplorer extends Widget {
  readonly parameters: Readonly<Partial<Record<ParameterName, Control<number>>>>;
  readonly index: Control<number>;
  /** Titles of the parameters of the map. */
  readonly x: Control<string>;
  readonly y: Control<string>;
  /** What is looked at now. */
  readonly point: Point;
  /** The figures as they are drawn now, to be exported. */
  readonly figures: Readonly<Record<"graph" | "costs" | "schedule" | "along" | "map", Figure>>;
  /** The scenario as the sliders have changed it. */
  readonly scenario: Scenario;
}

/**
 * Shows sliders for the parameters of a scenario; below them, for one state, the application graph with the site of each sub-task, the
 * cost of each scheme, the schedule, where the optimum flips along the slider that was moved last, and a map of the optimal sites over
 * two parameters. A click on the map moves the sliders there.
 */
export async function costExplorer(options: CostExplorerOptions): Promise<CostExplorer> {
  const { scenario, seed = 1, index: first = 0, model } = options;
  const base = { scenario, scenarioHash: scenarioHash(scenario), version: VERSION };
  const parameters = parametersIn(scenario);
  const dios = model && diosScheme({ ...model, head: model.options.head });
  const alongOf = keptOptimumAlong(base);
  const mapOf = mapMaker(base);

  const sliders = parameters.map((parameter) => ({ parameter, control: sliderOf(parameter) }));
  const titles = parameters.map(titleOf);
  const titled = (title: string) => parameters[titles.indexOf(title)] as Parameter;
  const index = slider({ label: "State", min: 0, max: Math.max(199, first), value: first });
  const schemes = ["OOS", ...(dios ? ["DIOS"] : []), "GOS", "ROS", "LOS", "EOS", "COS"] as SchemeName[];
  const plan = dropdown({ label: "Plan of", options: schemes });
  const x = dropdown({ label: "Map, to the right", options: titles, value: titles[0] as string });
  const dataTitle = parameters.findIndex(({ name }) => name === "dataKb");
  const y = dropdown({ label: "Map, upwards", options: titles, value: titles[Math.max(1, dataTitle)] as string });
  let along = parameters[0] as Parameter;

  function pointNow(): Point {
    const values = sliders
      .map(({ parameter: { name, value: usual }, control }) => [name, usual, rounded(control.value)] as const)
      .filter(([, usual, value]) => value !== rounded(usual))
      .map(([name, , value]) => [name, value]);
    return { seed, index: index.value, values: Object.fromEntries(values) as Values };
  }

  const standsAt = ({ name, value }: Parameter, { values }: Point) => values[name] ?? value;

  /** What is said and drawn of a point, but for the map. */
  function drawn(point: Point) {
    const outcomes = explore(base, point, [...(dios ? [dios] : []), ...plainSchemes(point)]);
    const shown = outcomes.find(({ scheme }) => scheme === plan.value) ?? outcomes[0];
    const stretches = alongOf(point, along);
    const provenance = breakdownProvenance(outcomes[0].breakdown);
    return {
      summary: summaryText(outcomes),
      flips: flipsText(stretches),
      graph: applicationGraph(shown.breakdown),
      costs: costPartsFigure(outcomes),
      schedule: timeline(shown.breakdown),
      along: optimumAlongFigure(stretches, standsAt(along, point), provenance),
    };
  }

  const progress = progressBar({ label: "Map", total: 1 });

  /** The map around a point; undefined when a newer one is wanted. */
  async function mapAround(point: Point): Promise<Figure | undefined> {
    const map = await mapOf(point, titled(x.value), titled(y.value), (share) => progress.update(share));
    if (!map) return undefined;
    const now = [standsAt(map.x, point), standsAt(map.y, point)] as const;
    return shareMapFigure(map, now, { software: "dios-lab", seed, ...identityOf(base, map.values) });
  }

  let now = drawn(pointNow());
  let mapFigure = (await mapAround(pointNow())) as Figure;
  // Not labels, which do not break lines.
  const summary = html(escapeHtml(now.summary));
  const flips = html(escapeHtml(now.flips));
  const graph = figureWidget(now.graph);
  const costs = figureWidget(now.costs);
  const schedule = figureWidget(now.schedule);
  const flipped = figureWidget(now.along);
  const map = figureWidget(mapFigure);

  const redraw = latest(() => {
    const point = pointNow();
    now = drawn(point);
    summary.html = escapeHtml(now.summary);
    flips.html = escapeHtml(now.flips);
    costs.update(now.costs);
    graph.update(now.graph);
    schedule.update(now.schedule);
    flipped.update(now.along);
    // Not waited for: the next move of a slider gives this map up.
    void redrawMap(point);
  });

  async function redrawMap(point: Point): Promise<void> {
    const figure = await mapAround(point);
    if (!figure) return;
    mapFigure = figure;
    map.update(figure);
  }

  for (const { parameter, control } of sliders) {
    control.onChange(() => {
      along = parameter;
      redraw(undefined);
    });
  }
  for (const control of [index, plan] as Control<unknown>[]) control.onChange(() => redraw(undefined));

  // Two different parameters: choosing the other's swaps them.
  let axes = [x.value, y.value] as const;
  function axesChanged(): void {
    const [xBefore, yBefore] = axes;
    if (x.value === y.value) {
      if (x.value === yBefore) y.value = xBefore;
      else x.value = yBefore;
    }
    axes = [x.value, y.value];
    redraw(undefined);
  }
  for (const control of [x, y]) control.onChange(axesChanged);
  map.onClick(({ custom }) => moveTo(custom as readonly [number, number]));

  function moveTo([xValue, yValue]: readonly [number, number]): void {
    for (const { parameter, control } of sliders) {
      if (titleOf(parameter) === x.value) control.value = stepNear(parameter, xValue);
      if (titleOf(parameter) === y.value) control.value = stepNear(parameter, yValue);
    }
  }

  const reset = button("Reset", () => {
    for (const { parameter, control } of sliders) {
      if (control.value !== parameter.value) control.value = parameter.value;
    }
    index.value = first;
  });
  const groups = PARAMETER_GROUPS.map((group) => [
    group,
    gridOf(sliders.filter(({ parameter }) => parameter.group === group).map(({ control }) => control)),
  ]);
  const whole = column(
    row(index, plan, reset),
    tabs(Object.fromEntries(groups)),
    summary,
    row(graph, costs),
    row(schedule, flipped),
    flips,
    row(x, y, progress),
    map,
  );
  await show(whole);
  return {
    id: whole.id,
    close: () => whole.close(),
    parameters: Object.fromEntries(sliders.map(({ parameter, control }) => [parameter.name, control])),
    index,
    x,
    y,
    get point() {
      return pointNow();
    },
    get figures() {
      const { graph, costs, schedule, along } = now;
      return { graph, costs, schedule, along, map: mapFigure };
    },
    get scenario() {
      return scenarioWith(scenario, pointNow().values);
    },
  };
}

/** Steps of a slider up to the value of the scenario; one of them is that value, or the slider would show, and catch at, another. */
function stepsOf(parameter: Parameter): { steps: number; top: number } {
  const steps = Math.round(STEPS * shareAt(parameter, parameter.value));
  return steps > 0 ? { steps, top: parameter.value } : { steps: STEPS, top: parameter.max };
}

function sliderOf(parameter: Parameter): Control<number> {
  const { min, max, value, scale } = parameter;
  const { steps, top } = stepsOf(parameter);
  const given = { label: titleOf(parameter), min, max, value };
  return scale === "log"
    ? logSlider({ ...given, stepsPerDecade: steps / Math.log10(top / min) })
    : slider({ ...given, step: (top - min) / steps });
}

/** The step of a parameter's slider that is nearest to a value. */
function stepNear(parameter: Parameter, value: number): number {
  const { min, max, scale } = parameter;
  const { steps, top } = stepsOf(parameter);
  const way = Math.round(steps * shareAt({ ...parameter, max: top }, value)) / steps;
  return Math.min(max, scale === "log" ? min * (top / min) ** way : min + (top - min) * way);
}

/** Controls in rows of two. */
function gridOf(controls: readonly Widget[]): Widget {
  const rows: Widget[] = [];
  for (let i = 0; i < controls.length; i += 2) rows.push(row(...controls.slice(i, i + 2)));
  return column(...rows);
}
