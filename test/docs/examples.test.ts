import assert from "node:assert/strict";
import test from "node:test";
import {
  costTables,
  type Demonstrations,
  eliminate,
  encode,
  evaluate,
  figure4,
  generate,
  loadScenario,
  sampleStates,
  totalsOf,
} from "dios-lab";
import { faceRecognition } from "../../docs/examples/application";
import { compare } from "../../docs/examples/compare";
import { compareUnderPlan, underCosts, withDataPlan } from "../../docs/examples/cost-term";
import { fastRadio } from "../../docs/examples/scheme";
import { imitate } from "../../docs/examples/train";

const FREE = {
  localPerJoule: 0,
  radioPerGrant: 0,
  radioPerSecond: 0,
  edgePerGrant: 0,
  edgePerSecond: 0,
  cloudPerSecond: 0,
  wiredPerSecond: 0,
};

/** One sub-task of 2e9 cycles: 2 s on the device, 1 s on two cores at the edge, and 0.2 s for 500 kB over 20 Mbit/s. */
const simple = loadScenario("paper", {
  application: { topology: "chain", subTasks: 1, dataBytes: [500_000, 500_000], cyclesPerByte: [4000, 4000] },
  device: { clockHz: 1e9 },
  edge: { coreHz: 1e9, coresGranted: [2, 2] },
  cloud: { clockHz: 1e9 },
  radio: { bandwidthHz: 20e6, subcarriers: 256, subcarriersGranted: [256, 256], meanSnrDb: 0 },
  prices: FREE,
});

/** Demonstrations of it whose gain is 1, so that a rate is 20 MHz log2(1 + 1) = 20 Mbit/s. */
function withUnitGain(split: "train" | "validation" | "test", count: number): Demonstrations {
  const demonstrations = generate({ scenario: simple, seed: 1, split, count });
  demonstrations.states.gains.fill(1);
  const { states } = demonstrations;
  return underCosts({ ...demonstrations, features: encode(simple, states) }, costTables(simple, states));
}

test("the example's scheme offloads where the rate reaches its threshold", () => {
  const scenario = loadScenario(simple, { radio: { subcarriersGranted: [64, 64] } });
  const states = sampleStates(scenario, "example", 0, 3);
  // 64 of 256 subcarriers are 5 MHz: 5, 10 and 15 Mbit/s at the gains 1, 3 and 7.
  states.gains.set([1, 3, 7]);
  const tables = costTables(scenario, states);
  const decide = (bitPerS: number) => [
    ...fastRadio(bitPerS).decide({ scenario, states, delays: tables, costs: tables }),
  ];
  assert.deepEqual(decide(10e6), [0, 1, 1]);
  assert.deepEqual(decide(16e6), [0, 0, 0]);
});

test("the example's scheme is evaluated beside the paper's and has a bar after theirs", () => {
  const evaluation = compare(loadScenario("paper"), 1, 200);
  assert.deepEqual(
    evaluation.results.map(({ scheme }) => scheme),
    ["OOS", "FAST", "GOS", "ROS", "LOS", "EOS", "COS"],
  );
  const rows = figure4(evaluation).table.rows;
  assert.deepEqual(rows.map(([scheme]) => scheme).slice(-2), ["COS", "FAST"]);
  assert.equal(rows.at(-1)?.[1], evaluation.results[1]?.relativeCost.value);
  assert.ok(Number(rows.at(-1)?.[1]) >= 1);
});

test("the example's data plan charges each crossing of the radio by the megabyte, and moves the optimum to the device", () => {
  const test = withUnitGain("test", 1);
  const { states } = test;
  const costs = costTables(simple, states);
  const totalAt = (site: number, perMegabyte: number) =>
    totalsOf(states, withDataPlan(states, costs, perMegabyte), Uint8Array.of(site))[0] as number;
  // At the edge 1 s + 2 x 0.2 s, and 2 x 0.5 MB on the plan; on the device 2 s whatever the plan.
  near(totalAt(1, 0), 1.4);
  near(totalAt(1, 0.25), 1.65);
  near(totalAt(1, 2), 3.4);
  near(totalAt(0, 2), 2);
  const optimumAt = (perMegabyte: number) => [...underCosts(test, withDataPlan(states, costs, perMegabyte)).decisions];
  assert.deepEqual([0, 0.5, 0.7, 2].map(optimumAt), [[1], [1], [0], [0]]);
});

test("an evaluation under costs of one's own measures all schemes by these", () => {
  const test = withUnitGain("test", 4);
  const { results } = compareUnderPlan(test, 0.25, []);
  // The optimum and the greedy scheme, which is so for time, offload: 1.65 against 2 on the device.
  for (const [scheme, cost, relative] of [
    ["OOS", 1.65, 1],
    ["GOS", 1.65, 1],
    ["LOS", 2, 2 / 1.65],
  ] as const) {
    const result = results.find((candidate) => candidate.scheme === scheme);
    near(result?.cost.value as number, cost);
    near(result?.relativeCost.value as number, relative);
  }
  // Without the term the same decisions cost 1.4.
  near(evaluate(test, [fastRadio(0)]).results[0]?.cost.value as number, 1.4);
});

test("the example's network imitates the optimum under costs of one's own", async () => {
  // 0.7 a megabyte makes the edge dearer, 1.4 + 0.7 against 2, and so the device the label of all states.
  const dear = (demonstrations: Demonstrations) =>
    underCosts(demonstrations, withDataPlan(demonstrations.states, costTables(simple, demonstrations.states), 0.7));
  const scheme = await imitate(dear(withUnitGain("train", 512)), dear(withUnitGain("validation", 64)), 12);
  const result = compareUnderPlan(withUnitGain("test", 64), 0.7, [scheme]).results.at(-1);
  assert.equal(result?.scheme, "DIOS");
  assert.equal(result?.accuracy.value, 1);
  near(result?.cost.value as number, 2);
});

test("the example's application has the work, the data and the optimum of its numbers", () => {
  // The middle of the scale; prices off, so that costs are seconds.
  const face = faceRecognition();
  const scenario = loadScenario(face, {
    application: { ...face.application, measured: { ...face.application.measured, scale: [1, 1] } as never },
    device: { clockHz: 1e9 },
    edge: { coreHz: 2e9, coresGranted: [1, 1] },
    cloud: { clockHz: 100e9 },
    radio: { bandwidthHz: 20e6, subcarriers: 256, subcarriersGranted: [256, 256], meanSnrDb: 0 },
    wired: { rateBitPerS: 1e9, delayS: [0.01, 0.01] },
    prices: FREE,
  });
  const states = sampleStates(scenario, "example", 0, 1);
  states.gains.fill(1);
  const costs = costTables(scenario, states);
  const total = (...plan: number[]) => totalsOf(states, costs, Uint8Array.from(plan))[0] as number;
  // On the device 1.2 + 2.5 + 6 + 0.1 s; at the edge half of it and the frame, the names and the thumbnails at 20 Mbit/s.
  near(total(0, 0, 0, 0), 9.8);
  near(total(1, 1, 1, 1), 4.9 + (8 * (600_000 + 1_000 + 8_000)) / 20e6);
  // All in the cloud: a hundredth, the same over the radio, and 3 x 10 ms and 8 x 609 kB at 1 Gbit/s over the wire.
  near(total(2, 2, 2, 2), 0.098 + 0.2436 + 0.03 + 0.004872);
  const plans = Array.from({ length: 3 ** 4 }, (_, n) => [...n.toString(3).padStart(4, "0")].map(Number));
  const [best] = plans.sort((a, b) => total(...a) - total(...b));
  assert.deepEqual([...eliminate(states, costs)], best);
  assert.deepEqual(best, [2, 2, 2, 2]);
});

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
}
