import assert from "node:assert/strict";
import test from "node:test";
import { buildApplication } from "../../src/mec/application";
import { capacityOf, fits, heldBy } from "../../src/mec/capacity";
import { loadScenario, scenarioHash } from "../../src/scenario/load";
import { bareStates, inputError } from "../support";

test("capacity is unlimited unless the scenario shares it, and is then that of radio and edge", () => {
  assert.equal(capacityOf(loadScenario("paper")), undefined);
  assert.equal(capacityOf(loadScenario("paper", { capacity: "unlimited" })), undefined);
  const shared = loadScenario("paper", { capacity: "shared", radio: { subcarriers: 200 }, edge: { cores: 7 } });
  assert.deepEqual(capacityOf(shared), { subcarriers: 200, cores: 7 });
});

test("a scenario that does not name its capacity keeps its hash", () => {
  assert.ok(!("capacity" in loadScenario("paper")));
  assert.equal(scenarioHash(loadScenario("paper")), "fb26a9702dd0");
});

test("another capacity is refused in a sentence", () => {
  assert.throws(
    () => loadScenario({ name: "x", capacity: "half" }),
    inputError('capacity is "half"; allowed: unlimited, shared.'),
  );
});

test("what is offloaded holds its subcarriers, what is at the edge its cores", () => {
  const states = {
    ...bareStates(buildApplication(3, []), 2),
    subcarriers: Uint16Array.of(1, 2, 4, 10, 20, 40),
    cores: Uint16Array.of(100, 200, 400, 1000, 2000, 4000),
  };
  const decisions = Uint8Array.of(0, 1, 2, 2, 1, 1);
  assert.deepEqual(heldBy(states, decisions, 0), { subcarriers: 2 + 4, cores: 200 });
  assert.deepEqual(heldBy(states, decisions, 1), { subcarriers: 10 + 20 + 40, cores: 2000 + 4000 });
  assert.ok(fits({ subcarriers: 6, cores: 200 }, states, decisions, 0), "exactly full");
  assert.ok(!fits({ subcarriers: 5, cores: 200 }, states, decisions, 0));
  assert.ok(!fits({ subcarriers: 6, cores: 199 }, states, decisions, 0));
  assert.ok(fits(undefined, states, decisions, 1));
});
