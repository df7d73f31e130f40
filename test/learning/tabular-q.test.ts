import assert from "node:assert/strict";
import test from "node:test";
import { generate } from "../../src/demonstrations/generate";
import { TABULAR_Q_DEFAULTS, tabularQDecider, trainTabularQ } from "../../src/learning/tabular-q";
import { emptyStates, sampleStates } from "../../src/mec/states";
import { costTables, type Tables, totalsOf } from "../../src/mec/tables";
import { loadScenario } from "../../src/scenario/load";
import type { Scenario } from "../../src/scenario/scenario";
import { inputError } from "../support";

/** Always at random, so that every cell is seen often. */
const random = { ...TABULAR_Q_DEFAULTS, episodes: 5000, epsilon: [1, 1] as const };

function one(application: Partial<Scenario["application"]>) {
  const scenario = loadScenario("paper", { application });
  return { scenario, states: sampleStates(scenario, "tabular", 0, 1) };
}

function near(found: ArrayLike<number> | undefined, expected: readonly number[]): void {
  assert.equal(found?.length, expected.length);
  for (const [i, value] of expected.entries()) {
    const difference = Math.abs((found?.[i] as number) - value);
    assert.ok(difference < 0.02, `${found?.[i]} is not ${value}`);
  }
}

test("the tables of a chain of two sub-tasks and their decisions, by hand, where the cheapest first step is the wrong one", async () => {
  const { scenario, states } = one({ topology: "chain", subTasks: 2 });
  // Dependencies: 0-1, device-0, 1-device.
  const costs: Tables = {
    execution: Float64Array.of(10, 4, 3, 1, 25, 12),
    radio: Float64Array.of(8, 1, 2),
    wired: Float64Array.of(4, 0.5, 0.25),
  };
  const table = await trainTabularQ({ scenario, states, costs }, random);
  // Of 1 alone: local 1, edge 25 + 2, cloud 12 + 2.25. From local + 0, 8, 12; from edge + 8, 0, 4; from cloud + 12, 4, 0.
  near(table.values[1], [-1, -35, -26.25, -9, -27, -18.25, -13, -31, -14.25]);
  // Of 0: local 10, edge 4 + 1, cloud 3 + 1.5; then the best that follows: 1, 9, 13.
  near(table.values[0], [-11, -14, -17.5]);
  assert.deepEqual([...tabularQDecider(table)(scenario, states)], [0, 0]);
});

test("a sub-task is worth what all that it hands its data to add", async () => {
  const { scenario, states } = one({ topology: "tree", subTasks: 3, branches: 2 });
  // Dependencies: 0-1, 0-2, and those with the device.
  const costs: Tables = {
    execution: Float64Array.of(5, 3, 3.5, 1, 9, 9, 1, 9, 9),
    radio: Float64Array.of(2, 3, 0, 0, 0),
    wired: new Float64Array(5),
  };
  const { values } = await trainTabularQ({ scenario, states, costs }, random);
  near(values[0], [-(5 + 1 + 1), -(3 + 1 + 2 + 1 + 3), -(3.5 + 1 + 2 + 1 + 3)]);
});

test("what joins two predecessors is counted in the value of the first alone", async () => {
  const { scenario, states } = one({ topology: "forkJoin", subTasks: 4 });
  const links = states.application.dependencies.length;
  const costs: Tables = {
    execution: Float64Array.of(1, 50, 60, 2, 50, 60, 3, 50, 60, 4, 50, 60),
    radio: new Float64Array(links),
    wired: new Float64Array(links),
  };
  const { values } = await trainTabularQ({ scenario, states, costs }, random);
  // Every row is that of a site of the predecessor, and no transfer costs anything.
  near(values[2], [-3, -50, -60, -3, -50, -60, -3, -50, -60]);
  near(values[1], [-6, -54, -64, -6, -54, -64, -6, -54, -64]);
  near(values[0], [-10, -59, -69]);
});

/** Single sub-tasks with these bytes of input, and what the sites cost; nothing else differs, and transfers are free. */
function singles(bytes: readonly number[], execution: readonly number[] = []) {
  const scenario = loadScenario("paper", { application: { topology: "chain", subTasks: 1 } });
  const states = emptyStates(scenario, bytes.length);
  states.gains.fill(1);
  states.subcarriers.fill(50);
  states.cores.fill(1);
  states.cyclesPerByte.fill(6000);
  for (const [k, input] of bytes.entries()) states.dataBytes[2 * k] = input;
  const free = new Float64Array(2 * bytes.length);
  return { scenario, states, costs: { execution: Float64Array.from(execution), radio: free, wired: free } };
}

test("states in different bins get different sites, those in one bin the site that is cheapest on average", async () => {
  const training = singles([1000, 5000], [1, 5, 9, 10, 2, 3]);
  const unseen = singles([100, 4999, 5000, 9000]);
  const decisions = async (bins: number) =>
    tabularQDecider(await trainTabularQ(training, { ...random, bins }))(unseen.scenario, unseen.states);
  assert.deepEqual([...(await decisions(2))], [0, 0, 1, 1]);
  // Local 5.5, edge 3.5, cloud 6.
  assert.deepEqual([...(await decisions(1))], [1, 1, 1, 1]);
});

test("a bin holds as many training states as another, and what does not vary has one", async () => {
  const training = singles([8, 1, 7, 2, 6, 3, 5, 4], new Array(24).fill(1));
  const { boundaries, values } = await trainTabularQ(training, random);
  assert.deepEqual(boundaries, [[[3, 5, 7], [], [], [], []]]);
  assert.equal(values[0]?.length, 4 * 3);
});

test("on states that it has not seen it is better than any one site for all sub-tasks, and the same seed gives the same tables", async () => {
  const scenario = loadScenario("paper");
  const states = sampleStates(scenario, "tabular", 0, 10_000);
  const training = { scenario, states, costs: costTables(scenario, states) };
  const options = { ...TABULAR_Q_DEFAULTS, episodes: 100_000 };
  const told: number[] = [];
  const table = await trainTabularQ(training, options, (done) => told.push(done));
  assert.equal(told.at(-1), 100_000);
  const test = generate({ scenario, seed: 5, split: "test", count: 1000 });
  const costs = costTables(scenario, test.states);
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const above = (decisions: Uint8Array) => sum(totalsOf(test.states, costs, decisions)) / sum(test.costs) - 1;
  const fixed = [0, 1, 2].map((site) => above(new Uint8Array(6000).fill(site)));
  const learned = above(tabularQDecider(table)(scenario, test.states));
  assert.ok(learned < Math.min(...fixed) / 2, `${learned} above the optimum, one site ${fixed}`);
  const again = await trainTabularQ(training, options);
  assert.deepEqual(again, table);
  const other = await trainTabularQ(training, { ...options, seed: 2 });
  assert.notDeepEqual(other.values, table.values);
});

test("the signal ends training with its reason", async () => {
  const training = singles([1, 2], [1, 2, 3, 1, 2, 3]);
  const controller = new AbortController();
  const stopped = trainTabularQ(training, TABULAR_Q_DEFAULTS, () => controller.abort(), controller.signal);
  await assert.rejects(stopped, { name: "AbortError" });
});

test("wrong options, and states of another size, are refused", async () => {
  const training = singles([1, 2], [1, 2, 3, 1, 2, 3]);
  const refused = (options: object, ...parts: string[]) =>
    assert.rejects(trainTabularQ(training, { ...random, ...options }), inputError(...parts));
  await refused({ bins: 0 }, "bins is 0", "1 to 16");
  await refused({ episodes: 1.5 }, "episodes is 1.5");
  await refused({ epsilon: [1, 2] }, "epsilon is 2; allowed: a number from 0 to 1.");
  const decide = tabularQDecider(await trainTabularQ(training, random));
  const { scenario, states } = one({ subTasks: 6 });
  assert.throws(() => decide(scenario, states), inputError("the states have 6 sub-tasks; allowed: 1"));
});
