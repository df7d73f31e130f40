import assert from "node:assert/strict";
import test from "node:test";
import { type Crowd, sampleCrowd } from "../../src/multi-user/state";
import { loadScenario } from "../../src/scenario/load";
import { inputError } from "../support";

const scenario = loadScenario("literature");

test("state k depends on the seed and k alone", () => {
  const crowd = { users: 5, servers: 2 };
  const all = sampleCrowd(scenario, crowd, "s", 0, 6);
  assert.deepEqual(sampleCrowd(scenario, crowd, "s", 4, 2), all.slice(4));
  assert.notDeepEqual(sampleCrowd(scenario, crowd, "t", 4, 1), [all[4]]);
});

test("data and work are within the scenario's ranges, and cycles go with the bytes", () => {
  const [least, most] = scenario.application.cyclesPerByte;
  for (const state of sampleCrowd(scenario, { users: 30, servers: 2 }, "s", 0, 10)) {
    for (const [user, bytes] of state.dataBytes.entries()) {
      assert.ok(bytes >= scenario.application.dataBytes[0] && bytes <= scenario.application.dataBytes[1]);
      const perByte = (state.cycles[user] as number) / bytes;
      assert.ok(perByte >= least * (1 - 1e-12) && perByte <= most * (1 + 1e-12));
    }
    for (const delay of state.wiredDelayS) assert.ok(delay >= 0.01 && delay <= 0.02);
  }
});

test("beside the antenna the mean signal-to-noise ratio is that of the link budget at 10 m, and falls with distance", () => {
  const snrs = (areaM: number) =>
    sampleCrowd(scenario, { users: 100, servers: 2, areaM }, "s", 0, 40).flatMap((state) =>
      [...state.efficiency].map((efficiency) => 2 ** efficiency - 1),
    );
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  // 23 dBm - (140.7 + 36.7 log10 0.01 = 67.3) dB + 174 - 9 - 73.01 dBm = 47.69 dB.
  assert.ok(Math.abs(mean(snrs(1)) / 10 ** 4.769 - 1) < 0.05);
  assert.ok(mean(snrs(1000)) < mean(snrs(300)));
  // Far away the lowest scheme still works.
  assert.ok(Math.min(...snrs(1e5)) > 2 ** 0.1523 - 1 - 1e-9);
});

test("a scenario without a link budget gets the default one", () => {
  const budget = { transmitPowerDbm: 23, distanceM: 100, pathLossAt1KmDb: 140.7, pathLossExponent: 3.67 };
  const same = { ...budget, noiseDbmPerHz: -174, noiseFigureDb: 9 };
  const paper = loadScenario("paper");
  assert.deepEqual(
    sampleCrowd(paper, { users: 3, servers: 1 }, "s", 0, 1),
    sampleCrowd(loadScenario("paper", { radio: { linkBudget: same } }), { users: 3, servers: 1 }, "s", 0, 1),
  );
});

test("what is not allowed is named", () => {
  const sample =
    (crowd: Crowd, of = scenario) =>
    () =>
      sampleCrowd(of, crowd, "s", 0, 1);
  assert.throws(sample({ users: 0, servers: 1 }), inputError("users is 0", "from 1"));
  assert.throws(sample({ users: 1, servers: 128 }), inputError("servers is 128", "to 127"));
  assert.throws(sample({ users: 1, servers: 1, areaM: 0 }), inputError("areaM is 0"));
  assert.throws(
    sample({ users: 1, servers: 1 }, loadScenario("paper-selective")),
    inputError("radio.fading is selective; allowed: flat"),
  );
});
