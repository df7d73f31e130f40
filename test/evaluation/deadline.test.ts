import assert from "node:assert/strict";
import test from "node:test";
import seedrandom from "seedrandom";
import { generate } from "../../src/demonstrations/generate";
import { missShare, withinDeadline } from "../../src/evaluation/deadline";
import { executionTimes } from "../../src/mec/schedule";
import { costTables, delayTables, totalsOf } from "../../src/mec/tables";
import { inputError, roundScenario } from "../support";

const scenario = roundScenario();
const { states, decisions, costs: least } = generate({ scenario, seed: 3, split: "test", count: 20 });
const delays = delayTables(scenario, states);
const situation = { scenario, states, delays, costs: costTables(scenario, states) };
const timesOf = (plans: Uint8Array) => executionTimes(states, delays, plans);

test("the share of misses counts the states above the deadline; one that takes just so long is in time", () => {
  assert.equal(missShare(Float64Array.of(1, 2, 3, 4), 2).value, 0.5);
  assert.equal(missShare(Float64Array.of(1, 2, 3, 4), 4).value, 0);
});

test("its interval is Wilson's", () => {
  // 2 of 10 (Agresti and Coull 1998 and any table): 0.0567 to 0.5098; 0 of 10: 0 to 3.8415 / 13.8415.
  const { low, high } = missShare(
    Float64Array.from({ length: 10 }, (_, i) => i),
    7,
  );
  assert.ok(Math.abs(low - 0.0567) < 1e-4 && Math.abs(high - 0.5098) < 1e-4, `${low} to ${high}`);
  const none = missShare(new Float64Array(10), 1);
  assert.ok(Math.abs(none.low) < 1e-12 && Math.abs(none.high - 3.8415 / 13.8415) < 1e-4);
});

test("a deadline that every plan meets leaves the optimum", () => {
  assert.deepEqual(withinDeadline(1e9)(situation), decisions);
});

test("a deadline that no plan meets gives the quickest plan: the fastest of all that were drawn at random", () => {
  const quickest = timesOf(withinDeadline(1e-9)(situation));
  const random = seedrandom.alea("plans");
  for (let draw = 0; draw < 1000; draw++) {
    const plans = Uint8Array.from(decisions, () => Math.floor(3 * random()));
    for (const [k, timeS] of timesOf(plans).entries()) assert.ok((quickest[k] as number) <= timeS);
  }
});

test("a tighter deadline is met whenever it can be, and costs more", () => {
  const quickest = timesOf(withinDeadline(1e-9)(situation));
  let before = least;
  for (const deadlineS of [20, 10, 7, 5]) {
    const plans = withinDeadline(deadlineS)(situation);
    const times = timesOf(plans);
    const totals = totalsOf(states, situation.costs, plans);
    for (let k = 0; k < states.count; k++) {
      const possible = (quickest[k] as number) <= deadlineS;
      assert.equal((times[k] as number) <= deadlineS, possible);
      if (possible) assert.ok((totals[k] as number) >= (before[k] as number) - 1e-9);
    }
    before = totals;
  }
});

test("what is not allowed is named", () => {
  assert.throws(() => missShare(Float64Array.of(1), 0), inputError("deadline is 0", "above 0"));
  const many = generate({
    scenario: roundScenario({ application: { subTasks: 9 } }),
    seed: 1,
    split: "test",
    count: 1,
  });
  assert.throws(
    () => withinDeadline(1)({ ...situation, states: many.states }),
    inputError("sub-tasks are 9", "at most 8"),
  );
});
