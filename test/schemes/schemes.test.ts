import assert from "node:assert/strict";
import test from "node:test";
import { buildApplication } from "../../src/mec/application";
import { sampleStates } from "../../src/mec/states";
import { costTables, delayTables, type Tables, totalsOf } from "../../src/mec/tables";
import { loadScenario, type ScenarioChanges } from "../../src/scenario/load";
import { cos, eos, los } from "../../src/schemes/fixed";
import { gos, greedy } from "../../src/schemes/gos";
import { oos } from "../../src/schemes/oos";
import { ros } from "../../src/schemes/ros";
import { SCHEME_NAMES, type Situation } from "../../src/schemes/scheme";
import { bareStates, naiveOptimum, naiveTotal } from "../support";

function situationOf(count: number, changes: ScenarioChanges = {}): Situation {
  const scenario = loadScenario("paper", changes);
  const states = sampleStates(scenario, "1/test", 0, count);
  const delays = delayTables(scenario, states);
  return { scenario, states, delays, costs: costTables(scenario, states) };
}

test("the names are the paper's, in the order of its figures", () => {
  assert.deepEqual(SCHEME_NAMES, ["OOS", "DIOS", "DROS", "SOS", "GOS", "ROS", "LOS", "EOS", "COS"]);
  assert.deepEqual(
    [oos, gos, ros(1), los, eos, cos].map(({ name }) => name),
    ["OOS", "GOS", "ROS", "LOS", "EOS", "COS"],
  );
});

test("LOS, EOS and COS put every sub-task at their site", () => {
  const situation = situationOf(3);
  assert.deepEqual([...los.decide(situation)], new Array(18).fill(0));
  assert.deepEqual([...eos.decide(situation)], new Array(18).fill(1));
  assert.deepEqual([...cos.decide(situation)], new Array(18).fill(2));
});

test("ROS takes each site with probability 1/3, independently", () => {
  const decisions = ros(1).decide(situationOf(5000));
  // 30,000 draws: standard deviation of a share sqrt(2/9 / 30000) = 0.0027; of one of 9 pairs sqrt(8/81 / 15000) = 0.0026.
  const shares = [0, 0, 0];
  const pairs = new Array(9).fill(0);
  for (let i = 0; i < decisions.length; i += 2) {
    shares[decisions[i]] += 1 / 30_000;
    shares[decisions[i + 1]] += 1 / 30_000;
    pairs[3 * decisions[i] + decisions[i + 1]] += 1 / 15_000;
  }
  for (const share of shares) assert.ok(Math.abs(share - 1 / 3) < 0.012, `${shares}`);
  for (const share of pairs) assert.ok(Math.abs(share - 1 / 9) < 0.012, `${pairs}`);
});

test("ROS decides the same for the same seed, every time, and otherwise for another", () => {
  const situation = situationOf(20);
  const scheme = ros(1);
  assert.deepEqual(scheme.decide(situation), scheme.decide(situation));
  assert.deepEqual(ros(1).decide(situation), scheme.decide(situation));
  assert.notDeepEqual(ros(2).decide(situation), scheme.decide(situation));
});

/*
 * A chain of two sub-tasks where greed misleads. Dependencies: 0-1, device-0, 1-device.
 * Sub-task 0: local 1, edge 3 + 1 of input, cloud 9 + 1: local. Sub-task 1: local 10, edge 1 + 20, cloud 9 + 20: local. Sum 11.
 * Both at the edge: 1 + 3 + 0 + 1 + 1 = 6.
 */
const chain = bareStates(buildApplication(2, [[0, 1]]));
const misleading: Tables = {
  execution: Float64Array.of(1, 3, 9, 10, 1, 9),
  radio: Float64Array.of(20, 1, 1),
  wired: Float64Array.of(0, 0, 0),
};

test("GOS is blind to successors: on a chain where it pays to start at the edge it stays local and loses 5 of 6", () => {
  const plan = [...greedy(chain, misleading)];
  assert.deepEqual(plan, [0, 0]);
  assert.equal(naiveTotal(chain.application, misleading, 0, plan), 11);
  assert.deepEqual(naiveOptimum(chain.application, misleading), { plan: [1, 1], cost: 6 });
});

test("GOS follows its predecessor where moving the data costs more than it saves", () => {
  // Sub-task 0: local 9, edge 3 + 1, cloud 5 + 1: edge. Sub-task 1 from there: local 4 + 2, edge 5, cloud 1 + 0.5: cloud.
  const tables = {
    execution: Float64Array.of(9, 3, 5, 4, 5, 1),
    radio: Float64Array.of(2, 1, 99),
    wired: Float64Array.of(0.5, 0, 99),
  };
  assert.deepEqual([...greedy(chain, tables)], [1, 2]);
  // With 5 on the wired link: local 6, edge 5, cloud 1 + 5: edge. The transfer of the output is not looked at.
  assert.deepEqual([...greedy(chain, { ...tables, wired: Float64Array.of(5, 0, 99) })], [1, 1]);
});

test("GOS takes the lowest of equal sites", () => {
  const zero = { execution: new Float64Array(6), radio: new Float64Array(3), wired: new Float64Array(3) };
  assert.deepEqual([...greedy(chain, zero)], [0, 0]);
  assert.deepEqual([...greedy(chain, { ...zero, execution: Float64Array.of(7, 2, 2, 5, 5, 4) })], [1, 2]);
});

test("GOS sees seconds by default, and prices with greedy.by cost", () => {
  // The radio is priced out of reach: whoever looks at costs stays local; seconds do not change.
  const prices = { radioPerGrant: 1e6 };
  const byTime = situationOf(200, { prices });
  assert.deepEqual(gos.decide(byTime), gos.decide(situationOf(200)));
  assert.ok(gos.decide(byTime).some((site) => site !== 0));
  assert.ok(gos.decide(situationOf(200, { prices, greedy: { by: "cost" } })).every((site) => site === 0));
});

test("OOS never costs more than any other scheme, in 3,000 states of several topologies", () => {
  for (const application of [{ topology: "branches" }, { topology: "chain" }, { topology: "forkJoin" }] as const) {
    const situation = situationOf(1000, { application });
    const { states, costs } = situation;
    const best = totalsOf(states, costs, oos.decide(situation));
    for (const scheme of [gos, ros(1), los, eos, cos]) {
      const totals = totalsOf(states, costs, scheme.decide(situation));
      assert.ok(
        totals.every((total, k) => total >= best[k]),
        scheme.name,
      );
      assert.ok(
        totals.some((total, k) => total > best[k]),
        `${scheme.name} is not always optimal`,
      );
    }
  }
});
