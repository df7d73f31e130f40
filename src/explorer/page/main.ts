import { applicationGraph } from "../../figures/application-graph";
import { costPartsFigure } from "../../figures/cost-parts";
import { optimumAlongFigure } from "../../figures/optimum-along";
import { breakdownProvenance } from "../../figures/provenance";
import { timeline } from "../../figures/timeline";
import { EXHAUSTIVE_MOST, exhaustive } from "../../optimal/exhaustive";
import type { SchemeName } from "../../schemes/scheme";
import { diosScheme, explore, optimumOf, plainSchemes, situationAt } from "../explore";
import { keptOptimumAlong, optimumAlong } from "../optimum-along";
import { type Parameter, type ParameterName, parametersIn, scenarioWith, titleOf } from "../parameters";
import { shareMap } from "../share-map";
import { flipsText, summaryText } from "../summary";
import { type PageData, policyOf } from "./data";
import { element, make, save } from "./dom";
import { latencyOf } from "./latency";
import { makeMap } from "./map";
import { draw, roomChanged } from "./plots";
import { fillSchemes } from "./scheme-table";
import { makeSliders } from "./sliders";
import { addressOf, startView, type View, viewOf } from "./view";

/** For those who look behind the page: `dios.explore(...)` in the browser's console. */
export { diosScheme, explore, optimumAlong, parametersIn, plainSchemes, policyOf, scenarioWith, shareMap };

if (typeof document !== "undefined") start(JSON.parse(element("data", HTMLScriptElement).text));

function start(data: PageData): void {
  const { scenario, model } = data;
  const parameters = parametersIn(scenario);
  const parameterOf = (name: ParameterName) => parameters.find((parameter) => parameter.name === name) as Parameter;
  const dios = diosScheme(policyOf(model));
  const atFirst = startView(parameters, data.seed);
  const alongOf = keptOptimumAlong(data);
  let view = viewOf(location.hash, parameters, atFirst);
  let changed = true;
  let drawing = false;
  let mapShown: Promise<void> | undefined;

  /** Takes a change of the view. */
  function change(changes: Partial<View>): void {
    view = { ...view, ...changes };
    changed = true;
    showControls();
    void drawChanges();
  }

  /** Draws the view, and again what it has become meanwhile: one drawing at a time, of many changes the last. */
  async function drawChanges(): Promise<void> {
    if (drawing) return;
    drawing = true;
    try {
      while (changed) {
        await new Promise(requestAnimationFrame);
        changed = false;
        await showAll();
        mapShown = showMap(view);
      }
    } finally {
      drawing = false;
    }
  }

  function changePoint(changes: Partial<View["point"]>, more: Partial<View> = {}): void {
    change({ point: { ...view.point, ...changes }, ...more });
  }

  function changeValues(changes: View["point"]["values"], more: Partial<View> = {}): void {
    changePoint({ values: { ...view.point.values, ...changes } }, more);
  }

  // Controls
  const sliders = makeSliders(element("parameters", HTMLElement), parameters, (name, value) =>
    // The optimum is shown along what is turned.
    changeValues({ [name]: value }, { along: name }),
  );
  const seed = wholeNumber("seed", (value) => changePoint({ seed: value }));
  const index = wholeNumber("index", (value) => changePoint({ index: value }));
  const schemeNames = ["OOS", "DIOS", ...plainSchemes(view.point).map(({ name }) => name)] as const;
  const plan = choice(
    "plan",
    schemeNames.map((name) => [name, name]),
    (name) => change({ plan: name as SchemeName }),
  );
  const names = parameters.map((parameter): [string, string] => [parameter.name, titleOf(parameter)]);
  const along = choice("along", names, (name) => change({ along: name as ParameterName }));
  // Two different parameters: choosing the other's swaps them.
  const mapX = choice("map-x", names, (name) =>
    change({ x: name as ParameterName, y: name === view.y ? view.x : view.y }),
  );
  const mapY = choice("map-y", names, (name) =>
    change({ y: name as ParameterName, x: name === view.x ? view.y : view.x }),
  );
  onClick("previous-state", () => changePoint({ index: Math.max(0, view.point.index - 1) }));
  onClick("next-state", () => changePoint({ index: view.point.index + 1 }));
  onClick("random-state", () => changePoint({ index: Math.floor(1e6 * Math.random()) }));
  onClick("reset", () => change(atFirst));
  onClick("measure", () => void measure());
  onClick("save-scenario", () => {
    const changed = scenarioWith(scenario, view.point.values);
    save(`${changed.name}.json`, `${JSON.stringify(changed, null, 2)}\n`, "application/json");
  });
  const showMap = makeMap(data, parameterOf, (x, y) => changeValues({ [view.x]: x, [view.y]: y }));

  function showControls(): void {
    sliders.set(view.point.values);
    setUnlessTyping(seed, view.point.seed);
    setUnlessTyping(index, view.point.index);
    plan.value = view.plan;
    along.value = view.along;
    mapX.value = view.x;
    mapY.value = view.y;
  }

  async function showAll(): Promise<void> {
    const outcomes = explore(data, view.point, [dios, ...plainSchemes(view.point)]);
    const shown = outcomes.find(({ scheme }) => scheme === view.plan) ?? outcomes[0];
    fillSchemes(outcomes, shown.scheme);
    element("summary", HTMLElement).textContent = summaryText(outcomes);
    element("timeline-scheme", HTMLElement).textContent = shown.scheme;
    element("recompute", HTMLElement).textContent = recomputeText();
    showAddress();
    await draw(applicationGraph(shown.breakdown));
    await draw(costPartsFigure(outcomes));
    await draw(timeline(shown.breakdown));
    const stretches = alongOf(view.point, parameterOf(view.along));
    element("flips", HTMLElement).textContent = flipsText(stretches);
    const value = view.point.values[view.along] ?? parameterOf(view.along).value;
    await draw(optimumAlongFigure(stretches, value, breakdownProvenance(outcomes[0].breakdown)));
  }

  function recomputeText(): string {
    const { seed, index, values } = view.point;
    const { name } = scenarioWith(scenario, values);
    return `To check the optimum: save the scenario; npx dios cost --scenario ${name}.json --split test --seed ${seed} --index ${index}`;
  }

  let addressTimer: ReturnType<typeof setTimeout>;
  /** Browsers allow few changes of the address a second. */
  function showAddress(): void {
    clearTimeout(addressTimer);
    addressTimer = setTimeout(() => location.replace(`#${addressOf(view)}`), 400);
  }

  async function measure(): Promise<void> {
    const button = element("measure", HTMLButtonElement);
    button.disabled = true;
    const situation = situationAt(data, view.point);
    const { states, costs } = situation;
    const { subTasks } = states.application;
    const rows: [name: string, method: string, work: () => unknown][] = [
      ["dios", `DIOS: network ${model.sizes.join("-")}, from the state to the sites`, () => dios.decide(situation)],
      ["elimination", "Optimum by variable elimination, from the cost tables to the sites", () => optimumOf(situation)],
    ];
    if (subTasks <= Math.min(10, EXHAUSTIVE_MOST)) {
      const plans = (3 ** subTasks).toLocaleString("en");
      rows.push(["exhaustive", `Optimum by trying all ${plans} plans`, () => exhaustive(states, costs)]);
    }
    const body = element("latency", HTMLTableElement).tBodies[0] as HTMLTableSectionElement;
    body.replaceChildren();
    let calls = 0;
    for (const [name, method, work] of rows) {
      const latency = await latencyOf(work);
      calls += latency.calls;
      const time = make("td", { "data-milliseconds": String(latency.milliseconds) }, timeText(latency.milliseconds));
      body.append(make("tr", { "data-method": name }, make("th", { scope: "row" }, method), time));
    }
    element("latency-note", HTMLElement).textContent =
      `Measured just now on this machine, in this browser: ${calls.toLocaleString("en")} decisions for one state at a time.`;
    button.disabled = false;
  }

  element("trained-note", HTMLElement).textContent =
    `DIOS learned from ${model.demonstrations.toLocaleString("en")} optimal decisions in the unchanged scenario, ` +
    `where ${(100 * model.accuracy).toFixed(1)} % of its labels are right on states it has not seen. ` +
    "The further the sliders are moved, the less it has seen of the kind.";
  element("provenance", HTMLElement).textContent =
    `dios-lab ${data.version}, scenario ${scenario.name} (${data.scenarioHash}), states of the test set of the seed; ` +
    `model of seed ${data.seed}.`;
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth !== width) {
      roomChanged();
      change({});
    }
    width = window.innerWidth;
  });
  showControls();
  // Text is measured where it is drawn, so the font has to be there.
  void Promise.all([document.fonts.load("12px Tinos"), document.fonts.load("bold 12px Tinos")])
    .then(drawChanges)
    .then(() => mapShown)
    .then(measure);
}

function timeText(milliseconds: number): string {
  return milliseconds < 1 ? `${Number((1000 * milliseconds).toPrecision(3))} µs` : `${milliseconds.toPrecision(3)} ms`;
}

/** The field of this id, for whole numbers from 0. */
function wholeNumber(id: string, onInput: (value: number) => void): HTMLInputElement {
  const input = element(id, HTMLInputElement);
  input.addEventListener("input", () => {
    if (/^\d{1,15}$/.test(input.value)) onInput(Number(input.value));
  });
  return input;
}

function setUnlessTyping(input: HTMLInputElement, value: number): void {
  if (document.activeElement !== input) input.value = String(value);
}

/** The choice of this id, filled with [value, text]. */
function choice(id: string, options: readonly (readonly [string, string])[], onChange: (value: string) => void) {
  const select = element(id, HTMLSelectElement);
  select.append(...options.map(([value, text]) => make("option", { value }, text)));
  select.addEventListener("change", () => onChange(select.value));
  return select;
}

function onClick(id: string, listener: () => void): void {
  element(id, HTMLButtonElement).addEventListener("click", listener);
}
