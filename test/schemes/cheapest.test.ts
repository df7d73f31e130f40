import assert from "node:assert/strict";
import test from "node:test";
import { buildApplication } from "../../src/mec/application";
import { cheapestOf } from "../../src/schemes/cheapest";
import { cos, eos, los } from "../../src/schemes/fixed";
import type { Situation } from "../../src/schemes/scheme";
import { bareStates, roundScenario, row } from "../support";

test("each state gets the plan of the scheme that costs least there, of equal ones the first scheme's", () => {
  const states = bareStates(buildApplication(2, []), 3);
  // [state x sub-task x site]; transfers are free.
  const execution = Float64Array.from(
    [
      [5, 1, 9, 5, 1, 9],
      [1, 4, 2, 1, 4, 2],
      [3, 3, 3, 3, 3, 3],
    ].flat(),
  );
  const free = new Float64Array(states.count * states.application.dependencies.length);
  const costs = { execution, radio: free, wired: free };
  const situation: Situation = { scenario: roundScenario(), states, delays: costs, costs };
  const plans = (...order: Parameters<typeof cheapestOf>[0]) => {
    const decisions = cheapestOf(order)(situation);
    return [0, 1, 2].map((k) => row(decisions, k, 2));
  };
  assert.deepEqual(plans(cos.decide, eos.decide, los.decide), [
    [1, 1],
    [0, 0],
    [2, 2],
  ]);
  const mixed = Uint8Array.of(0, 1, 1, 1, 0, 2);
  assert.deepEqual(
    plans(() => mixed, cos.decide),
    [
      [0, 1],
      [2, 2],
      [0, 2],
    ],
  );
  assert.deepEqual([...mixed], [0, 1, 1, 1, 0, 2], "what a scheme decided is not written to");
});
