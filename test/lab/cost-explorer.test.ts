import assert from "node:assert/strict";
import test from "node:test";
import { breakdown } from "../../src/evaluation/breakdown";
import type { Figure } from "../../src/figures/figure";
import { receiveComm } from "../../src/lab/comms";
import { type CostExplorer, costExplorer } from "../../src/lab/cost-explorer";
import { type WidgetModel, widgetOf } from "../../src/lab/widgets/widget";
import { roundScenario } from "../support";

const scenario = roundScenario();

// Outside a notebook the widgets are printed as text, which would be among the results of the tests.
const write = process.stdout.write.bind(process.stdout);
test.mock.method(process.stdout, "write", (text: string) => (/^State: /.test(String(text)) ? true : write(text)));

/** All widgets below one that have this in their state. */
function below(id: string, key: string, value?: string): WidgetModel[] {
  const widget = widgetOf(id);
  if (!widget) return [];
  const found = key in widget.state && (value === undefined || widget.state[key] === value);
  return [...(found ? [widget] : []), ...widget.children.flatMap((child) => below(child.id, key, value))];
}

const sends = (widget: WidgetModel, content: object) =>
  receiveComm("comm_msg", { comm_id: widget.id, data: { method: "custom", content } }, []);

const shown = (explorer: CostExplorer) => below(explorer.id, "figure").map(({ state }) => state.figure as Figure);
const drawn = (explorer: CostExplorer, id: string) => shown(explorer).find((figure) => figure.id === id) as Figure;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

let explorer: CostExplorer;
test.before(async () => {
  explorer = await costExplorer({ scenario, seed: 4, index: 2 });
});
test.after(() => explorer.close());

test("at first the explorer shows the state in the scenario as it is", () => {
  assert.deepEqual(explorer.point, { seed: 4, index: 2, values: {} });
  assert.equal(explorer.scenario, scenario);
  assert.deepEqual(
    shown(explorer).map(({ id }) => id),
    ["application-graph", "cost-parts", "timeline", "optimum-along", "share-map"],
  );
  const { cost } = breakdown({ scenario, seed: 4, split: "test", index: 2 });
  assert.equal(explorer.figures.costs.table.rows[0]?.[1], cost);
});

test("a slider changes the scenario, the plan and the costs, and the optimum is shown along it", async () => {
  const { localPerJoule } = explorer.parameters;
  assert.ok(localPerJoule);
  localPerJoule.value = 0.9;
  await until(() => drawn(explorer, "optimum-along").title.includes("Energy price"));
  assert.equal(explorer.scenario.prices.localPerJoule, 0.9);
  const optimum = breakdown({ scenario: explorer.scenario, seed: 4, split: "test", index: 2 });
  assert.equal(explorer.figures.costs.table.rows[0]?.[1], optimum.cost);
  assert.deepEqual(
    explorer.figures.schedule.table.rows.map(([, site]) => site),
    optimum.subTasks.map(({ site }) => site),
  );
});

test("a click on the map moves both sliders to the steps nearest to there, and the ring with them", async () => {
  const map = below(explorer.id, "figure").at(-1) as WidgetModel;
  const custom = [-5.02, 150];
  sends(map, { event: "click", value: { x: 0, y: 0, curve: 0, index: 0, custom } });
  await until(() => explorer.point.values.dataKb !== undefined);
  // From -20 to 0 dB in 80 steps of 0.25; from 60 to 608 KB in 101 steps of 2.32 %.
  const { meanSnrDb, dataKb } = explorer.point.values;
  const near = 60 * (608 / 60) ** (40 / 101);
  assert.equal(meanSnrDb, -5);
  assert.equal(dataKb, Number(near.toPrecision(4)));
  const ring = () => (map.state.figure as Figure).data.find(({ name }) => name === "now");
  await until(() => ring()?.x?.toString() === "-5");
  assert.deepEqual(ring()?.y, [dataKb]);
});

test("other parameters can be chosen for the map", async () => {
  explorer.x.value = "Wired delay (ms)";
  explorer.y.value = "Granted cores";
  await until(() => explorer.figures.map.title.endsWith("over Wired delay (ms) and Granted cores"));
  assert.deepEqual(explorer.figures.map.table.columns.slice(0, 2), ["wiredDelayMs", "cores"]);
  assert.match(explorer.figures.map.provenance.scenarioHash, / with .*Data \(KB\) 150/);
});

test("choosing the same parameter for both sides of the map swaps them", async () => {
  explorer.y.value = "Wired delay (ms)";
  await until(() => explorer.figures.map.title.endsWith("over Granted cores and Wired delay (ms)"));
  assert.equal(explorer.x.value, "Granted cores");
  explorer.x.value = "Wired delay (ms)";
  await until(() => explorer.figures.map.title.endsWith("over Wired delay (ms) and Granted cores"));
});

test("reset goes back to the scenario and the first state", async () => {
  explorer.index.value = 9;
  sends(below(explorer.id, "description", "Reset")[0] as WidgetModel, { event: "click" });
  await until(() => explorer.index.value === 2);
  assert.equal(explorer.scenario, scenario);
});
