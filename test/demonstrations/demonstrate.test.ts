import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import seedrandom from "seedrandom";
import { demonstrate } from "../../src/demonstrations/demonstrate";
import { emptyStates, meanSnr, type States, sampleStates } from "../../src/mec/states";
import { costTables, delayTables, type Tables } from "../../src/mec/tables";
import { loadScenario, type ScenarioChanges } from "../../src/scenario/load";
import type { Scenario } from "../../src/scenario/scenario";
import { naiveOptimum, row } from "../support";

/*
 * The plain twin of the fast path: one state after another, each formula of the model as it stands, seedrandom's own generator, every
 * plan tried. The fast path has to give the same numbers, bit for bit.
 */

function plainStates(scenario: Scenario, stream: string, first: number, count: number): States {
  const states = emptyStates(scenario, count);
  const { application, edge, radio, wired } = scenario;
  for (let k = 0; k < count; k++) {
    const random = seedrandom.alea(`${stream}/${first + k}`);
    const real = ([least, most]: readonly number[]) => least + random() * (most - least);
    const whole = ([least, most]: readonly number[]) => least + Math.floor(random() * (most - least + 1));
    const fill = (array: Float32Array | Uint16Array, draw: () => number) => {
      for (let i = 0; i < array.length / count; i++) array[(k * array.length) / count + i] = draw();
    };
    fill(states.dataBytes, () => real(application.dataBytes));
    fill(states.cyclesPerByte, () => real(application.cyclesPerByte));
    fill(states.subcarriers, () => whole(radio.subcarriersGranted));
    fill(states.cores, () => whole(edge.coresGranted));
    fill(states.gains, () => -Math.log(random() + 2 ** -33));
    fill(states.wiredDelayS, () => real(wired.delayS));
  }
  return states;
}

function plainRate(scenario: Scenario, states: States, k: number, task: number): number {
  const { bandwidthHz, subcarriers, fading } = scenario.radio;
  const { subTasks } = states.application;
  const granted = states.subcarriers[k * subTasks + task];
  const gains = row(states.gains, k * subTasks + task, states.gains.length / states.subcarriers.length);
  const efficiency = (gain: number) => Math.log2(1 + meanSnr(scenario) * gain);
  if (fading === "flat") return granted * (bandwidthHz / subcarriers) * Math.max(efficiency(gains[0]), 0.1523);
  let sum = 0;
  for (let first = 0; first < granted; first += 12)
    sum += Math.min(12, granted - first) * efficiency(gains[first / 12]);
  return (bandwidthHz / subcarriers) * sum;
}

function plainTables(scenario: Scenario, states: States): { delays: Tables; costs: Tables } {
  const { device, edge, cloud, radio, wired, prices } = scenario;
  const { subTasks, dependencies } = states.application;
  const none = (): { execution: number[]; radio: number[]; wired: number[] } => ({
    execution: [],
    radio: [],
    wired: [],
  });
  const [delays, costs] = [none(), none()];
  const exact = (value: number) => Math.round(value * 2 ** 30) / 2 ** 30;
  for (let k = 0; k < states.count; k++) {
    const data = row(states.dataBytes, k, dependencies.length);
    for (let task = 0; task < subTasks; task++) {
      const bytes = data.filter((_, link) => dependencies[link].to === task).reduce((sum, value) => sum + value, 0);
      const cycles = states.cyclesPerByte[k * subTasks + task] * bytes;
      const cores = states.cores[k * subTasks + task];
      const bandShare = states.subcarriers[k * subTasks + task] / radio.subcarriers;
      const [atDevice, atEdge, inCloud] = [
        cycles / device.clockHz,
        cycles / (cores * edge.coreHz),
        cycles / cloud.clockHz,
      ];
      delays.execution.push(atDevice, atEdge, inCloud);
      costs.execution.push(
        exact((prices.perSecond + prices.localPerJoule * (device.capacitance * device.clockHz ** 3)) * atDevice),
        exact(
          (prices.perSecond + prices.edgePerSecond * (cores / edge.cores)) * atEdge +
            prices.edgePerGrant * (cores / edge.cores) +
            prices.radioPerGrant * bandShare,
        ),
        exact((prices.perSecond + prices.cloudPerSecond) * inCloud + prices.radioPerGrant * bandShare),
      );
    }
    for (const [link, { from, to }] of dependencies.entries()) {
      const grantee = to < 0 ? from : to;
      const overRadio = (8 * data[link]) / plainRate(scenario, states, k, grantee);
      const overWire = states.wiredDelayS[k] + (8 * data[link]) / wired.rateBitPerS;
      const bandShare = states.subcarriers[k * subTasks + grantee] / radio.subcarriers;
      delays.radio.push(overRadio);
      delays.wired.push(overWire);
      costs.radio.push(exact((prices.perSecond + prices.radioPerSecond * bandShare) * overRadio));
      costs.wired.push(exact((prices.perSecond + prices.wiredPerSecond) * overWire));
    }
  }
  const typed = (table: ReturnType<typeof none>): Tables => ({
    execution: Float64Array.from(table.execution),
    radio: Float64Array.from(table.radio),
    wired: Float64Array.from(table.wired),
  });
  return { delays: typed(delays), costs: typed(costs) };
}

function plainFeatures(scenario: Scenario, states: States, k: number): number[] {
  const { subTasks, dependencies } = states.application;
  const log10 = (values: number[]) => values.map((value) => Math.log10(Math.max(value, 1)));
  const rates = Array.from({ length: subTasks }, (_, task) => plainRate(scenario, states, k, task));
  return [
    ...log10(row(states.dataBytes, k, dependencies.length)),
    ...log10(row(states.cyclesPerByte, k, subTasks)),
    ...log10(rates),
    ...row(states.subcarriers, k, subTasks),
    ...row(states.cores, k, subTasks),
    states.wiredDelayS[k],
  ].map(Math.fround);
}

const price = fc.double({ min: 0, max: 20, noNaN: true });
const range = (least: number, most: number) =>
  fc
    .tuple(fc.double({ min: least, max: most, noNaN: true }), fc.double({ min: least, max: most, noNaN: true }))
    .map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);
const wholeRange = (least: number, most: number) =>
  fc
    .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
    .map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);

/** Any scenario of up to five sub-tasks. */
const scenarios = fc
  .record({
    application: fc.oneof(
      fc.record({
        topology: fc.constantFrom("chain", "forkJoin", "tree", "random"),
        subTasks: fc.integer({ min: 1, max: 5 }),
        branches: fc.constant(1),
        density: fc.double({ min: 0, max: 1, noNaN: true }),
        graphSeed: fc.nat(),
        dataBytes: range(0, 2e6),
        cyclesPerByte: range(0, 20_000),
      }),
      fc.record({
        topology: fc.constant("branches"),
        subTasks: fc.constant(4),
        branches: fc.constantFrom(1, 2, 4),
        dataBytes: range(0, 2e6),
      }),
    ),
    edge: fc.record({ coreHz: fc.double({ min: 1e8, max: 4e9, noNaN: true }), coresGranted: wholeRange(1, 16) }),
    radio: fc.record({
      fading: fc.constantFrom("flat", "selective"),
      subcarriersGranted: wholeRange(1, 256),
      meanSnrDb: fc.double({ min: -10, max: 30, noNaN: true }),
    }),
    wired: fc.record({ delayS: range(0, 0.1) }),
    prices: fc.record({
      perSecond: price,
      localPerJoule: price,
      radioPerGrant: price,
      radioPerSecond: price,
      edgePerGrant: price,
      edgePerSecond: price,
      cloudPerSecond: price,
      wiredPerSecond: price,
    }),
  })
  .map((changes) => loadScenario("paper", changes as ScenarioChanges));

test("states, tables, optimum and features are those of the plain twin, bit for bit: 500 scenarios", () => {
  fc.assert(
    fc.property(scenarios, fc.nat(), fc.integer({ min: 1, max: 4 }), (scenario, first, count) => {
      const states = plainStates(scenario, "5/test", first, count);
      const { delays, costs } = plainTables(scenario, states);
      assert.deepEqual(sampleStates(scenario, "5/test", first, count), states);
      assert.deepEqual(delayTables(scenario, states), delays);
      assert.deepEqual(costTables(scenario, states), costs);
      const made = demonstrate(scenario, "5/test", first, count);
      assert.deepEqual(made.states, states);
      for (let k = 0; k < count; k++) {
        const { plan, cost } = naiveOptimum(states.application, costs, k);
        assert.deepEqual(row(made.decisions, k, plan.length), plan);
        assert.equal(made.costs[k], cost);
        assert.deepEqual(row(made.features.values, k, made.features.columns), plainFeatures(scenario, states, k));
      }
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("a long batch is what its parts are", () => {
  const scenario = loadScenario("paper");
  const whole = demonstrate(scenario, "1/train", 0, 1234);
  for (let k = 0; k < 1234; k += 97) {
    const one = demonstrate(scenario, "1/train", k, 1);
    assert.deepEqual(row(whole.decisions, k, 6), [...one.decisions]);
    assert.equal(whole.costs[k], one.costs[0]);
    assert.deepEqual(row(whole.features.values, k, whole.features.columns), [...one.features.values]);
  }
});

test("no states at all give no demonstrations", () => {
  const { decisions, costs, features } = demonstrate(loadScenario("paper"), "1/train", 0, 0);
  assert.deepEqual([decisions.length, costs.length, features.values.length], [0, 0, 0]);
});
