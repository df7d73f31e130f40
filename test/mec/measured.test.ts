import assert from "node:assert/strict";
import test from "node:test";
import { scheduleOf } from "../../src/mec/schedule";
import { sampleStates } from "../../src/mec/states";
import { costTables, delayTables, totalsOf, workloadCycles } from "../../src/mec/tables";
import { eliminate } from "../../src/optimal/elimination";
import { exhaustive } from "../../src/optimal/exhaustive";
import type { Scenario } from "../../src/scenario/scenario";
import { naiveOptimum, naiveTotal, roundScenario, row } from "../support";

type Measured = NonNullable<Scenario["application"]["measured"]>;

/** Three sub-tasks, 0 - 1 - 2 and 0 - 2; 1 also reads from the device, 0 also hands to it. */
function scenarioWith(scale: [number, number], changes: Partial<Measured> = {}): Scenario {
  return roundScenario({
    application: {
      topology: "graph",
      subTasks: 3,
      dependencies: [
        [0, 1],
        [0, 2],
        [1, 2],
      ],
      measured: {
        dataBytes: [100e3, 300e3, 0],
        inputBytes: [1e6, 400e3, 0],
        outputBytes: [50e3, 0, 20e3],
        cycles: [2e9, 1e9, 3e8],
        scale,
        ...changes,
      },
    },
  });
}

// Inner ones, from the device, to the device.
const BYTES = [100e3, 300e3, 0, 1e6, 400e3, 50e3, 20e3];

test("at scale 1 states have the sizes and the work of the application", () => {
  const states = sampleStates(scenarioWith([1, 1]), "1/train", 0, 50);
  for (let k = 0; k < 50; k++) {
    assert.deepEqual(row(states.dataBytes, k, 7), BYTES);
    for (const [task, cycles] of [2e9, 1e9, 3e8].entries()) {
      const relative = workloadCycles(states, k, task) / cycles - 1;
      assert.ok(Math.abs(relative) < 1e-7, `sub-task ${task}: ${relative}`);
    }
  }
});

test("each dependency has a scale of its own, uniform in its range, and the work goes with the input", () => {
  const states = sampleStates(scenarioWith([0.5, 1.5]), "1/train", 0, 5000);
  const scales = BYTES.map((bytes, link) =>
    Array.from({ length: 5000 }, (_, k) => (states.dataBytes[7 * k + link] as number) / bytes),
  );
  for (const [link, values] of scales.entries()) {
    if (BYTES[link] === 0) continue;
    assert.ok(values.every((value) => value >= 0.5 && value <= 1.5));
    // Standard deviation of the mean: 1 / sqrt(12 x 5000).
    const mean = values.reduce((sum, value) => sum + value, 0) / 5000;
    assert.ok(Math.abs(mean - 1) < 4.5 * 0.0041, `${link}: ${mean}`);
  }
  const together = scales[0].reduce((sum, value, k) => sum + (value - 1) * (scales[1][k] - 1), 0) / 5000;
  // The variance of each is 1/12.
  assert.ok(Math.abs(together) < (4.5 * (1 / 12)) / Math.sqrt(5000), String(together));
  for (let k = 0; k < 20; k++) {
    // 1 reads 100 kB from 0 and 400 kB from the device, and has 1e9 cycles on 500 kB.
    const input = (states.dataBytes[7 * k] as number) + (states.dataBytes[7 * k + 4] as number);
    assert.ok(Math.abs(workloadCycles(states, k, 1) / (input * 2000) - 1) < 1e-6);
  }
});

test("grants, gains and delays are those of the same graph without sizes of its own", () => {
  const own = scenarioWith([0.5, 1.5], { inputBytes: [1e6, 0, 0], outputBytes: [0, 0, 1], cycles: [1, 0, 0] });
  const { measured: _measured, ...application } = own.application;
  const [a, b] = [own, { ...own, application }].map((scenario) => sampleStates(scenario, "1/train", 0, 20));
  for (const name of ["subcarriers", "cores", "gains", "wiredDelayS"] as const) assert.deepEqual(a[name], b[name]);
  assert.notDeepEqual(a.dataBytes, b.dataBytes);
});

test("a sub-task without work and without input takes no time", () => {
  const none = scenarioWith([0.5, 1.5], { inputBytes: [0, 0, 0], cycles: [0, 1e9, 3e8] });
  const states = sampleStates(none, "1/train", 0, 5);
  const { execution } = delayTables(none, states);
  for (let k = 0; k < 5; k++) assert.deepEqual(row(execution, k, 9).slice(0, 3), [0, 0, 0]);
});

test("solvers agree with a count of all plans where a middle sub-task reads from the device and hands to it", () => {
  const scenario = scenarioWith([0.5, 1.5], { cycles: [2e10, 1e10, 3e9] });
  const states = sampleStates(scenario, "1/train", 0, 200);
  const costs = costTables(scenario, states);
  const decisions = eliminate(states, costs);
  assert.deepEqual(exhaustive(states, costs), decisions);
  const totals = totalsOf(states, costs, decisions);
  const plans = new Set<string>();
  for (let k = 0; k < 200; k++) {
    const best = naiveOptimum(states.application, costs, k);
    assert.deepEqual(row(decisions, k, 3), best.plan);
    assert.equal(totals[k], best.cost);
    assert.equal(naiveTotal(states.application, costs, k, best.plan), best.cost);
    plans.add(best.plan.join(""));
  }
  assert.ok(plans.size > 3, [...plans].join(" "));
});

test("the schedule waits for what a middle sub-task reads from the device, and for what it hands to it", () => {
  const scenario = scenarioWith([1, 1], { cycles: [1.34e9, 0, 0] });
  const states = sampleStates(scenario, "1/train", 0, 1);
  const delays = delayTables(scenario, states);
  const radio = row(delays.radio, 0, 7);
  // 0 is local, and its output stays on the device; 1 is at the edge, 2 is local.
  const { startS, makespanS } = scheduleOf(states, delays, Uint8Array.of(0, 1, 0), 0);
  const local = 1.34e9 / scenario.device.clockHz;
  const near = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} ${expected}`);
  near(startS[1], Math.max(local + radio[0], radio[4]));
  near(startS[2], startS[1] + radio[2]);
  near(makespanS, startS[2]);
  // 0 at the edge: its output to the device is 50 kB.
  const away = scheduleOf(states, delays, Uint8Array.of(1, 1, 1), 0);
  near(away.makespanS, Math.max(away.finishS[0] + radio[5], away.finishS[2] + radio[6]));
});
