import assert from "node:assert/strict";
import test from "node:test";
import { emptyStates, type States } from "../../src/mec/states";
import { costTables, delayTables, grantees, totalOf, totalsOf, workloadCycles } from "../../src/mec/tables";
import { loadScenario } from "../../src/scenario/load";

/*
 * A chain of two sub-tasks with numbers to compute by hand.
 * Device 2 GHz with kappa 1e-27: kappa f^3 = 8 J/s. Edge 0.5 GHz a core, 16 cores. Cloud 4 GHz. 1.6 MHz over 16 subcarriers, snr 1.
 */
const scenario = loadScenario({
  name: "by-hand",
  application: { topology: "chain", subTasks: 2 },
  device: { clockHz: 2e9, capacitance: 1e-27 },
  edge: { coreHz: 0.5e9, cores: 16, coresGranted: [1, 16] },
  cloud: { clockHz: 4e9 },
  radio: { bandwidthHz: 1.6e6, subcarriers: 16, subcarriersGranted: [1, 16], meanSnrDb: 0 },
  wired: { rateBitPerS: 8e6, delayS: [0, 1] },
  prices: {
    perSecond: 2,
    localPerJoule: 0.5,
    radioPerGrant: 4,
    radioPerSecond: 8,
    edgePerGrant: 16,
    edgePerSecond: 3,
    cloudPerSecond: 5,
    wiredPerSecond: 10,
  },
});

/** Dependencies in order: 0-1, device-0, 1-device. */
function byHand(): States {
  const states = emptyStates(scenario, 1);
  states.dataBytes.set([1e5, 2e5, 0.5e5]);
  states.cyclesPerByte.set([1e4, 4e4]);
  states.subcarriers.set([8, 4]);
  states.cores.set([4, 2]);
  states.gains.set([3, 1]);
  states.wiredDelayS[0] = 0.25;
  return states;
}

function assertClose(actual: ArrayLike<number>, expected: number[], tolerance = 1e-8): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs(actual[i] - value) <= tolerance, `at ${i}: ${actual[i]}, expected ${value}`);
  }
}

test("the workload is cycles per byte times all input bytes", () => {
  assert.equal(workloadCycles(byHand(), 0, 0), 2e9);
  assert.equal(workloadCycles(byHand(), 0, 1), 4e9);
  const join = loadScenario(scenario, { application: { topology: "forkJoin", subTasks: 4 } });
  const states = emptyStates(join, 1);
  states.dataBytes.set([1, 10, 100, 1000, 10_000, 100_000]); // 0-1, 1-3, 0-2, 2-3, device-0, 3-device
  states.cyclesPerByte.set([2, 3, 5, 7]);
  assert.deepEqual(
    [0, 1, 2, 3].map((task) => workloadCycles(states, 0, task)),
    [20_000, 3, 500, 7 * 1010],
  );
});

test("an output to the device goes over the grant of its producer, all else over that of its consumer", () => {
  assert.deepEqual([...grantees(byHand().application)], [1, 0, 1]);
});

test("delays of a chain of two sub-tasks, by hand", () => {
  const delays = delayTables(scenario, byHand());
  // Workloads 2e9 and 4e9 cycles; granted 4 and 2 cores.
  assertClose(delays.execution, [2 / 2, 2 / 2, 2 / 4, 4 / 2, 4 / 1, 4 / 4]);
  // Rates 8 x 1e5 x log2(4) = 1.6e6 and 4 x 1e5 x log2(2) = 4e5 bit/s.
  assertClose(delays.radio, [8e5 / 4e5, 16e5 / 16e5, 4e5 / 4e5]);
  assertClose(delays.wired, [0.25 + 0.1, 0.25 + 0.2, 0.25 + 0.05]);
});

test("costs of a chain of two sub-tasks with every price, by hand", () => {
  const costs = costTables(scenario, byHand());
  // Local (2 + 0.5 x 8) a second; edge (2 + 3 m/16) a second + 16 m/16 + 4 n/16; cloud (2 + 5) a second + 4 n/16.
  assertClose(costs.execution, [6, 2.75 + 4 + 2, 3.5 + 2, 12, 2.375 * 4 + 2 + 1, 7 + 1]);
  // Radio (2 + 8 n/16) a second; wired (2 + 10) a second.
  assertClose(costs.radio, [4 * 2, 6 * 1, 4 * 1]);
  assertClose(costs.wired, [12 * 0.35, 12 * 0.45, 12 * 0.3]);
});

test("the total of each of the 9 plans of two sub-tasks, by hand", () => {
  const states = byHand();
  const costs = costTables(scenario, states);
  // Execution of 0, execution of 1, transfers device-0, 0-1, 1-device.
  const expected: [plan: number[], total: number][] = [
    [[0, 0], 6 + 12],
    [[0, 1], 6 + 12.5 + 0 + 8 + 4],
    [[0, 2], 6 + 8 + 0 + (8 + 4.2) + (4 + 3.6)],
    [[1, 0], 8.75 + 12 + 6 + 8 + 0],
    [[1, 1], 8.75 + 12.5 + 6 + 0 + 4],
    [[1, 2], 8.75 + 8 + 6 + 4.2 + (4 + 3.6)],
    [[2, 0], 5.5 + 12 + (6 + 5.4) + (8 + 4.2) + 0],
    [[2, 1], 5.5 + 12.5 + (6 + 5.4) + 4.2 + 4],
    [[2, 2], 5.5 + 8 + (6 + 5.4) + 0 + (4 + 3.6)],
  ];
  assertClose(
    expected.map(([plan]) => totalOf(states, costs, Uint8Array.from(plan), 0)),
    expected.map(([, total]) => total),
  );
});

test("prices of zero leave the delays, and perSecond alone is their weight", () => {
  const prices = Object.fromEntries(Object.keys(scenario.prices).map((name) => [name, 0])) as typeof scenario.prices;
  const plain = costTables(loadScenario(scenario, { prices: { ...prices, perSecond: 3 } }), byHand());
  assertClose(plain.execution, [3, 3, 1.5, 6, 12, 3]);
  assertClose(plain.radio, [6, 3, 3]);
  assertClose(plain.wired, [1.05, 1.35, 0.9]);
  assertClose(costTables(loadScenario(scenario, { prices }), byHand()).execution, [0, 0, 0, 0, 0, 0]);
});

test("each state of a batch is reckoned with its own row", () => {
  const one = byHand();
  const batch = emptyStates(scenario, 3);
  for (const name of ["dataBytes", "cyclesPerByte", "subcarriers", "cores", "gains", "wiredDelayS"] as const) {
    for (let k = 0; k < 3; k++) batch[name].set(one[name], k * one[name].length);
  }
  batch.cyclesPerByte[2] = 2e4; // sub-task 0 of state 1 takes twice as long
  batch.wiredDelayS[2] = 1.25;
  const costs = costTables(scenario, batch);
  // Plan local, cloud: 33.8. State 1: 6 more of local execution. State 2: 1 s more on each of two wired transfers, 12 a second.
  assertClose(totalsOf(batch, costs, Uint8Array.of(0, 2, 0, 2, 0, 2)), [33.8, 39.8, 57.8]);
  assertClose(totalsOf(batch, costs, Uint8Array.of(0, 2, 0, 0, 0, 0)), [33.8, 24, 18]);
});

test("costs are multiples of 2^-30, so that sums are exact in any order", () => {
  const { execution, radio, wired } = costTables(scenario, byHand());
  for (const cost of [...execution, ...radio, ...wired]) assert.ok(Number.isInteger(cost * 2 ** 30));
});
