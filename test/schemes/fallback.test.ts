import assert from "node:assert/strict";
import test from "node:test";
import { generate } from "../../src/demonstrations/generate";
import { costTables, delayTables } from "../../src/mec/tables";
import { exhaustive } from "../../src/optimal/exhaustive";
import { loadScenario } from "../../src/scenario/load";
import { orSearch } from "../../src/schemes/fallback";
import { row } from "../support";

test("states that are less sure than the threshold get the optimum, the others keep what was decided", () => {
  const scenario = loadScenario("paper");
  const { states, decisions } = generate({ scenario, seed: 1, split: "test", count: 4 });
  const situation = { scenario, states, delays: delayTables(scenario, states), costs: costTables(scenario, states) };
  const confidence = Float64Array.of(0.4, 0.5, 0.6, 0.1);
  const judge = () => ({ decisions: new Uint8Array(4 * 6).fill(1), confidence });
  const decided = orSearch(judge, 0.5, ({ states, costs }) => exhaustive(states, costs))(situation);
  const edge = [1, 1, 1, 1, 1, 1];
  assert.deepEqual(
    [0, 1, 2, 3].map((k) => row(decided, k, 6)),
    [row(decisions, 0, 6), edge, edge, row(decisions, 3, 6)],
  );
});
