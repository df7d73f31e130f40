import assert from "node:assert/strict";
import test from "node:test";
import { buildApplication } from "../../src/mec/application";
import { executionTimes, scheduleOf } from "../../src/mec/schedule";
import type { Tables } from "../../src/mec/tables";
import { bareStates } from "../support";

/** Three sub-tasks beside one another; each runs 4 s locally, 2 s at the edge, 1 s in the cloud. */
const parallel = bareStates(buildApplication(3, []));
const delays: Tables = {
  execution: Float64Array.of(4, 2, 1, 4, 2, 1, 4, 2, 1),
  // device-0, device-1, device-2, 0-device, 1-device, 2-device
  radio: Float64Array.of(1, 3, 5, 10, 20, 30),
  wired: Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
};

function scheduled(...plan: number[]) {
  const { startS, finishS, makespanS } = scheduleOf(parallel, delays, Uint8Array.from(plan), 0);
  return { start: [...startS], finish: [...finishS], makespan: makespanS };
}

test("the device runs its sub-tasks one after another", () => {
  assert.deepEqual(scheduled(0, 0, 0), { start: [0, 4, 8], finish: [4, 8, 12], makespan: 12 });
});

test("the edge runs its sub-tasks at once, each when its input is there, and the outputs' transfer counts", () => {
  assert.deepEqual(scheduled(1, 1, 1), { start: [1, 3, 5], finish: [3, 5, 7], makespan: 7 + 30 });
});

test("the cloud does too, over both links", () => {
  assert.deepEqual(scheduled(2, 2, 2), { start: [1.1, 3.2, 5.3], finish: [2.1, 4.2, 6.3], makespan: 6.3 + 30.6 });
});

test("an offloaded sub-task does not hold up the device, and the last output ends the execution", () => {
  assert.deepEqual(scheduled(0, 1, 0), { start: [0, 3, 4], finish: [4, 5, 8], makespan: 5 + 20 });
});

test("a join waits for the latest of its inputs", () => {
  // Dependencies: 0-2, 1-2, device-0, device-1, 2-device.
  const states = bareStates(
    buildApplication(3, [
      [0, 2],
      [1, 2],
    ]),
  );
  const tables: Tables = {
    execution: Float64Array.of(4, 2, 1, 5, 2, 1, 3, 2, 1),
    radio: Float64Array.of(6, 7, 1, 2, 8),
    wired: Float64Array.of(0.5, 0.5, 0.5, 0.5, 0.5),
  };
  const run = (...plan: number[]) => scheduleOf(states, tables, Uint8Array.from(plan), 0);
  // 0 local until 4, its data at the edge at 4 + 6 = 10; 1 at the edge from 2 until 4; 2 from 10 until 12, back at 20.
  assert.deepEqual([...run(0, 1, 1).startS, run(0, 1, 1).makespanS], [0, 2, 10, 20]);
  // 0 at the edge from 1 until 3, data in the cloud at 3.5; 1 local until 5, data in the cloud at 5 + 7 + 0.5; 2 until 13.5, back at 22.
  assert.deepEqual([...run(1, 0, 2).startS, run(1, 0, 2).makespanS], [1, 0, 12.5, 22]);
});

test("executionTimes gives the makespan of each state of a batch", () => {
  const two = bareStates(parallel.application, 2);
  const twice = (values: Float64Array) => Float64Array.of(...values, ...values);
  const tables = { execution: twice(delays.execution), radio: twice(delays.radio), wired: twice(delays.wired) };
  assert.deepEqual([...executionTimes(two, tables, Uint8Array.of(0, 0, 0, 1, 1, 1))], [12, 37]);
});
