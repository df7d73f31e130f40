import assert from "node:assert/strict";
import test from "node:test";
import { statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { breakdown } from "../../src/evaluation/breakdown";
import {
  type Base,
  COST_PARTS,
  diosScheme,
  explore,
  identityOf,
  type Point,
  plainSchemes,
} from "../../src/explorer/explore";
import { scenarioWith } from "../../src/explorer/parameters";
import { agreement, summaryText } from "../../src/explorer/summary";
import { initialNetwork } from "../../src/learning/network";
import { sampleStates } from "../../src/mec/states";
import { costTables } from "../../src/mec/tables";
import { scenarioHash } from "../../src/scenario/load";
import { naiveOptimum, roundScenario } from "../support";

const scenario = roundScenario();
const base: Base = { scenario, scenarioHash: scenarioHash(scenario), version: "1.2.3" };
const point: Point = { seed: 7, index: 3, values: {} };
const changed: Point = {
  seed: 2,
  index: 11,
  values: { meanSnrDb: -4, dataKb: 700, radioPerGrant: 1, edgePerGrant: 2 },
};

for (const [name, at] of Object.entries({ "the scenario as it is": point, "a changed scenario": changed })) {
  test(`${name}: the optimum is the best of all plans, and its breakdown that of the library`, () => {
    const { seed, index, values } = at;
    const world = scenarioWith(scenario, values);
    const states = sampleStates(world, `${seed}/test`, index, 1);
    const best = naiveOptimum(states.application, costTables(world, states));
    const [optimum, ...others] = explore(base, at, plainSchemes(at));
    assert.deepEqual(optimum.breakdown.decisions, best.plan);
    assert.ok(Math.abs(optimum.breakdown.cost - best.cost) < 1e-9);
    for (const { scheme, breakdown: told, regret } of [optimum, ...others]) {
      const request = { scenario: world, seed, index, split: "test" } as const;
      const expected = breakdown({ ...request, decisions: told.decisions });
      assert.deepEqual(
        { ...told, scenarioHash: "", version: "" },
        { ...expected, scenarioHash: "", version: "" },
        scheme,
      );
      assert.ok(Math.abs(regret - (expected.cost / best.cost - 1)) < 1e-12, scheme);
    }
  });
}

test("the schemes decide as they do in a data set", () => {
  const outcomes = explore(base, point, plainSchemes(point));
  assert.deepEqual(
    outcomes.map(({ scheme }) => scheme),
    ["OOS", "GOS", "ROS", "LOS", "EOS", "COS"],
  );
  const plan = (k: number) => outcomes[k]?.breakdown.decisions.join("");
  assert.deepEqual([plan(3), plan(4), plan(5)], ["000000", "111111", "222222"]);
  assert.equal(plan(0), [...generate({ scenario, seed: 7, split: "test", count: 4 }).decisions.subarray(18)].join(""));
});

test("the parts of a cost add up to it; of what is not used there is none", () => {
  for (const { scheme, parts, breakdown: told } of explore(base, changed, plainSchemes(changed))) {
    const sum = COST_PARTS.reduce((total, part) => total + parts[part], 0);
    assert.ok(Math.abs(sum - told.cost) < 1e-6, scheme);
    if (scheme === "LOS") assert.deepEqual([parts.transfer, parts.radio, parts.edge, parts.cloud], [0, 0, 0, 0]);
    if (scheme === "EOS") assert.deepEqual([parts.energy, parts.cloud, parts.wired], [0, 0, 0]);
  }
});

test("on the device the cost is its seconds, and 0.3 of its joules", () => {
  const los = explore(base, point, plainSchemes(point)).find(({ scheme }) => scheme === "LOS");
  const seconds = los?.breakdown.subTasks.reduce((sum, { workloadCycles }) => sum + workloadCycles / 1.34e9, 0) ?? 0;
  // A second of the device at 1.34 GHz takes 1e-27 x 1.34e9^3 = 2.406104 J.
  assert.ok(Math.abs((los?.parts.execution ?? 0) - seconds) < 1e-6);
  assert.ok(Math.abs((los?.parts.energy ?? 0) - 0.3 * 2.406104 * seconds) < 1e-6);
});

test("DIOS decides by its network, for the channel of the changed scenario", () => {
  const { features } = generate({ scenario, seed: 1, split: "train", count: 200 });
  const policy = {
    network: initialNetwork([34, 16, 18], "explore"),
    statistics: statisticsOf(features),
    head: "sigmoid",
  };
  const decisionsAt = (at: Point) => explore(base, at, [diosScheme(policy)])[1]?.breakdown.decisions.join("");
  assert.match(decisionsAt(point) ?? "", /^[012]{6}$/);
  assert.notEqual(decisionsAt(point), decisionsAt({ ...point, values: { meanSnrDb: 30, subcarriers: 139 } }));
});

test("random decisions are others in another state, and the same again in the same", () => {
  const random = (at: Point) => explore(base, at, plainSchemes(at))[2]?.breakdown.decisions.join("");
  assert.equal(random(point), random({ ...point, values: { dataKb: 100 } }));
  assert.ok(new Set([0, 1, 2, 3, 4].map((index) => random({ ...point, index }))).size > 2);
});

test("a changed scenario is named by the hash of what it was and by what was changed", () => {
  assert.equal(identityOf(base, {}).scenarioHash, base.scenarioHash);
  const { scenario: name, scenarioHash: hash } = identityOf(base, { meanSnrDb: 5 });
  assert.deepEqual([name, hash], ["paper-changed", `${base.scenarioHash} with Mean SNR (dB) 5`]);
});

test("the summary counts the sites of the optimum and where DIOS agrees", () => {
  const outcomes = explore(base, point, [{ name: "DIOS", title: "", decide: () => new Uint8Array(6) }]);
  const local = outcomes[0].breakdown.decisions.filter((site) => site === 0).length;
  assert.equal(agreement(outcomes[1] as (typeof outcomes)[0], outcomes), local);
  assert.match(
    summaryText(outcomes),
    new RegExp(`^The optimum: ${local} local, .* DIOS agrees on ${local} of 6 sub-tasks`),
  );
  assert.doesNotMatch(summaryText(explore(base, point, [])), /DIOS/);
});
