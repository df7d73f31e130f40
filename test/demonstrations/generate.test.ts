import assert from "node:assert/strict";
import test from "node:test";
import { CHUNK, generate, generateChunks } from "../../src/demonstrations/generate";
import type { Split } from "../../src/demonstrations/split";
import { sliceStates } from "../../src/mec/states";
import { costTables } from "../../src/mec/tables";
import { loadScenario } from "../../src/scenario/load";
import { VERSION } from "../../src/version";
import { naiveOptimum, naiveTotal, row } from "../support";

const scenario = loadScenario("paper");
const request = { scenario, seed: 1, split: "train" as Split, count: 300 };

test("decisions are optimal and the cost is theirs", () => {
  const { states, decisions, costs } = generate(request);
  const tables = costTables(scenario, states);
  for (let k = 0; k < 300; k++) {
    const cost = naiveTotal(states.application, tables, k, row(decisions, k, 6));
    assert.ok(Math.abs(costs[k] - cost) < 1e-9);
    if (k % 30 === 0) assert.deepEqual(row(decisions, k, 6), naiveOptimum(states.application, tables, k).plan);
  }
});

test("four shards joined together are the whole", () => {
  const whole = generate(request);
  for (const [first, count] of [
    [0, 75],
    [75, 75],
    [150, 1],
    [151, 149],
  ] as const) {
    const shard = generate({ ...request, first, count });
    const { application: _, ...expected } = sliceStates(whole.states, first, count);
    const { application: __, ...states } = shard.states;
    assert.deepEqual(states, expected);
    assert.deepEqual([...shard.decisions], [...whole.decisions.subarray(6 * first, 6 * (first + count))]);
    assert.deepEqual([...shard.costs], [...whole.costs.subarray(first, first + count)]);
    const { columns, values } = whole.features;
    assert.deepEqual([...shard.features.values], [...values.subarray(columns * first, columns * (first + count))]);
  }
});

test("chunks end at multiples of the chunk size in the stream", () => {
  const tiny = loadScenario("paper", { application: { topology: "chain", subTasks: 1 } });
  const chunks = [...generateChunks({ scenario: tiny, seed: 1, split: "train", first: CHUNK - 3, count: CHUNK + 5 })];
  assert.deepEqual(
    chunks.map(({ provenance }) => [provenance.first, provenance.count]),
    [
      [CHUNK - 3, 3],
      [CHUNK, CHUNK],
      [2 * CHUNK, 2],
    ],
  );
});

test("train, validation and test have no state in common", () => {
  const states = (["train", "validation", "test"] as const).flatMap((split) => {
    const { gains } = generate({ ...request, split }).states;
    return Array.from({ length: 300 }, (_, k) => row(gains, k, 6).join());
  });
  assert.equal(new Set(states).size, 900);
});

test("the provenance says what the data set was made from", () => {
  const { scenarioHash, ...provenance } = generate({ ...request, first: 7 }).provenance;
  assert.deepEqual(provenance, { scenario, seed: 1, split: "train", first: 7, count: 300, version: VERSION });
  assert.match(scenarioHash, /^[0-9a-f]{12}$/);
});
