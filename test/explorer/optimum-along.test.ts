import assert from "node:assert/strict";
import test from "node:test";
import { type Base, type Point, situationAt } from "../../src/explorer/explore";
import { keptOptimumAlong, optimumAlong } from "../../src/explorer/optimum-along";
import { type Parameter, type ParameterName, parametersIn } from "../../src/explorer/parameters";
import { flipsText } from "../../src/explorer/summary";
import { loadScenario } from "../../src/scenario/load";
import type { Scenario } from "../../src/scenario/scenario";
import { naiveOptimum, roundScenario } from "../support";

const baseOf = (scenario: Scenario): Base => ({ scenario, scenarioHash: "", version: "" });
const parameter = (scenario: Scenario, name: ParameterName) =>
  parametersIn(scenario).find((candidate) => candidate.name === name) as Parameter;
const start: Point = { seed: 1, index: 0, values: {} };

/**
 * One sub-task of a gigacycle with a megabyte in and out. On the device: 1 s and 1 J. At the edge: two cores of 1 GHz take 0.5 s, and
 * each way takes 8 Mbit over 8 MHz at the floor of 0.1523 bit/s/Hz: 6.5660 s. The cloud is slower than the edge.
 */
const one = loadScenario("paper", {
  application: { topology: "chain", subTasks: 1, dataBytes: [1e6, 1e6], cyclesPerByte: [1000, 1000] },
  device: { clockHz: 1e9, capacitance: 1e-27 },
  edge: { coreHz: 1e9, coresGranted: [2, 2] },
  cloud: { clockHz: 1e9 },
  radio: { bandwidthHz: 8e6, subcarriersGranted: [256, 256], meanSnrDb: -100 },
  prices: {
    perSecond: 1,
    localPerJoule: 5,
    radioPerGrant: 0,
    radioPerSecond: 0,
    edgePerGrant: 0,
    edgePerSecond: 0,
    cloudPerSecond: 0,
    wiredPerSecond: 0,
  },
});

test("a sub-task leaves the device at the price at which both sites cost the same", () => {
  const energy = parameter(one, "localPerJoule");
  assert.deepEqual([energy.min, energy.max], [0, 20]);
  const { stretches } = optimumAlong(baseOf(one), start, energy);
  assert.deepEqual(
    stretches.map(({ decisions }) => [...decisions]),
    [[0], [1]],
  );
  // 1 + p = 0.5 + 2 x 8 / (8 x 0.1523): p = 12.6321.
  const flip = stretches[1]?.from as number;
  assert.ok(Math.abs(flip - (-0.5 + 2 / 0.1523)) < 1e-3, String(flip));
  assert.equal(stretches[0]?.to, flip);
  const text = flipsText({ parameter: energy, stretches });
  assert.equal(text, "Energy price: the optimum flips at 12.6 1/J (sub-task 0 local to edge).");
});

test("where nothing flips there is one stretch from end to end", () => {
  const device = parameter(one, "cloudGhz");
  const along = optimumAlong(baseOf(one), { ...start, values: { localPerJoule: 0 } }, device);
  assert.deepEqual(along.stretches, [{ from: device.min, to: device.max, decisions: Uint8Array.of(0) }]);
  assert.match(flipsText(along), /does not flip/);
});

const scenario = roundScenario();
const base = baseOf(scenario);

for (const name of ["meanSnrDb", "dataKb", "deviceGhz"] as const) {
  test(`along ${name} every stretch is optimal in its middle, and neighbours differ`, () => {
    const { stretches } = optimumAlong(base, start, parameter(scenario, name));
    assert.ok(stretches.length > 2);
    for (const [i, { from, to, decisions }] of stretches.entries()) {
      const point = { ...start, values: { [name]: (from + to) / 2 } };
      const { states, costs } = situationAt(base, point);
      assert.deepEqual([...decisions], naiveOptimum(states.application, costs).plan);
      if (i > 0) assert.notDeepEqual(decisions, stretches[i - 1]?.decisions);
    }
  });
}

test("what is kept holds while only the parameter itself is turned", () => {
  const alongOf = keptOptimumAlong(base);
  const snr = parameter(scenario, "meanSnrDb");
  const first = alongOf(start, snr);
  assert.equal(alongOf({ ...start, values: { meanSnrDb: 12 } }, snr), first);
  assert.notEqual(alongOf({ ...start, index: 1 }, snr), first);
  const data = alongOf({ ...start, values: { dataKb: 90 } }, snr);
  assert.deepEqual(data, optimumAlong(base, { ...start, values: { dataKb: 90 } }, snr));
});
