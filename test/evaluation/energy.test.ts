import assert from "node:assert/strict";
import test from "node:test";
import { generate } from "../../src/demonstrations/generate";
import { deviceJoules, timeAndEnergy } from "../../src/evaluation/energy";
import { emptyStates, type States } from "../../src/mec/states";
import type { Scenario } from "../../src/scenario/scenario";
import { roundScenario } from "../support";

const near = (actual: ArrayLike<number>, expected: number[]) => {
  for (const [k, value] of expected.entries()) {
    assert.ok(Math.abs((actual[k] as number) - value) < 1e-6 * Math.max(1, value), `${actual[k]}, expected ${value}`);
  }
};

/** A chain of two sub-tasks: 1 MB into each and 1 MB out, 1000 cycles a byte, 64 subcarriers, snr 1. */
function chainOf(scenario: Scenario): States {
  const states = emptyStates(scenario, 1);
  states.dataBytes.fill(1e6);
  states.cyclesPerByte.fill(1000);
  states.subcarriers.fill(64);
  states.cores.fill(4);
  states.gains.fill(1);
  return states;
}

const chain = {
  application: { topology: "chain", subTasks: 2 },
  device: { clockHz: 1e9, capacitance: 1e-27 },
  radio: { bandwidthHz: 20e6, meanSnrDb: 0 },
} as const;

test("each sub-task on the device takes kappa f^2 joules a cycle, the others none", () => {
  // 1e6 bytes x 1000 cycles = 1e9 cycles at 1e-27 x 1e18 = 1e-9 J: 1 J each.
  const scenario = roundScenario(chain);
  const states = chainOf(scenario);
  near(deviceJoules(scenario, states, Uint8Array.of(0, 0)), [2]);
  near(deviceJoules(scenario, states, Uint8Array.of(0, 2)), [1]);
  near(deviceJoules(scenario, states, Uint8Array.of(1, 2)), [0]);
});

test("with a link budget, what leaves the device takes the grant's share of its power, and what comes back nothing", () => {
  const linkBudget = {
    transmitPowerDbm: 30,
    // 30 dBm less a path loss of 120 - 20 dB at 100 m, over noise of -174 + 30.9897 + 10 log10(20e6) = -70 dBm: an snr of 0 dB.
    ...{ distanceM: 100, pathLossAt1KmDb: 120, pathLossExponent: 2, noiseDbmPerHz: -174, noiseFigureDb: 30.9897 },
  };
  const scenario = roundScenario({ ...chain, radio: { ...chain.radio, linkBudget } });
  const states = chainOf(scenario);
  // 8e6 bits over 64 of 256 subcarriers, 5 MHz at 1 bit/s/Hz: 1.6 s at 1 W / 4.
  const sent = 0.4;
  const decide = (...sites: number[]) => deviceJoules(scenario, states, Uint8Array.from(sites));
  near(decide(1, 1), [sent]);
  near(decide(2, 1), [sent]);
  near(decide(0, 1), [1 + sent]);
  near(decide(1, 0), [sent + 1]);
  near(decide(0, 0), [2]);
});

test("where energy has a price and nothing else, the optimum spends none", () => {
  const none = { perSecond: 0, radioPerGrant: 0, localPerJoule: 1 };
  const test = generate({ scenario: roundScenario({ prices: none }), seed: 1, split: "test", count: 50 });
  assert.deepEqual(timeAndEnergy(test).energyJ, { value: 0, low: 0, high: 0 });
});

test("where delay has a price and nothing else, the optimum's mean cost is its mean delay, and no decisions have less", () => {
  const time = { perSecond: 1, radioPerGrant: 0, localPerJoule: 0 };
  const test = generate({ scenario: roundScenario({ prices: time }), seed: 1, split: "test", count: 50 });
  const cost = test.costs.reduce((sum, value) => sum + value / 50, 0);
  near([timeAndEnergy(test).delayS.value], [cost]);
  for (const site of [0, 1, 2]) {
    const { delayS, timeS } = timeAndEnergy(test, new Uint8Array(test.decisions.length).fill(site));
    assert.ok(delayS.value >= cost);
    assert.ok(timeS.value <= delayS.value + 1e-9);
  }
});
