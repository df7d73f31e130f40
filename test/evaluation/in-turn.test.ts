import assert from "node:assert/strict";
import test from "node:test";
import { generate } from "../../src/demonstrations/generate";
import { rightInTurn } from "../../src/evaluation/in-turn";
import { costTables } from "../../src/mec/tables";
import { loadScenario } from "../../src/scenario/load";
import { naiveTotal } from "../support";

test("optimal decisions are right throughout; a wrong last one is a mistake with nothing after it", () => {
  const demonstrations = generate({ scenario: loadScenario("paper"), seed: 1, split: "test", count: 10 });
  const { decisions } = demonstrations;
  assert.deepEqual(rightInTurn(demonstrations, decisions), { untilMistake: 1, afterMistake: 0 });
  // In state 0 the last of six.
  const wrong = decisions.slice();
  wrong[5] = ((decisions[5] as number) + 1) % 3;
  assert.deepEqual(rightInTurn(demonstrations, wrong), { untilMistake: 59 / 60, afterMistake: 0 });
});

test("after a mistake it is asked what is best then, not what the optimum was", () => {
  // One state in a chain of three; the first decision is made wrong, and the others are the best that can follow, found by trying all.
  const scenario = loadScenario("paper", { application: { topology: "chain", subTasks: 3 } });
  const demonstrations = generate({ scenario, seed: 1, split: "test", count: 1 });
  const { states, decisions } = demonstrations;
  const costs = costTables(scenario, states);
  const first = ((decisions[0] as number) + 1) % 3;
  const all = [0, 1, 2].flatMap((b) => [0, 1, 2].map((c) => [first, b, c]));
  const totals = all.map((plan) => naiveTotal(states.application, costs, 0, plan));
  const best = all[totals.indexOf(Math.min(...totals))] as [number, number, number];
  assert.deepEqual(rightInTurn(demonstrations, Uint8Array.from(best)), { untilMistake: 0, afterMistake: 1 });
  const worse = Uint8Array.of(first, best[1], (best[2] + 1) % 3);
  assert.deepEqual(rightInTurn(demonstrations, worse), { untilMistake: 0, afterMistake: 0.5 });
});
