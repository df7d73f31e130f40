import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import test from "node:test";
import { generate, generateChunks, provenanceOf } from "../../src/demonstrations/generate";
import { storeDemonstrations } from "../../src/demonstrations/store";
import { loadScenario, scenarioHash } from "../../src/scenario/load";
import { ROOT, VERSION } from "../../src/version";
import { row, temporaryFolder } from "../support";

const python = path.join(ROOT, ".venv", process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const script = path.join(ROOT, "test/demonstrations/read_arrow.py");
const folder = temporaryFolder();

test("pandas, polars and pyarrow read a stored data set: metadata, names, shapes and numbers", async () => {
  const scenario = loadScenario("paper");
  const request = { scenario, seed: 3, split: "validation" as const, first: 9_900, count: 200 };
  const file = path.join(folder, "validation.arrow");
  await storeDemonstrations(file, provenanceOf(request), generateChunks(request));
  const seen = JSON.parse(execFileSync(python, [script, file], { encoding: "utf8", maxBuffer: 1e8 }));

  const { states, features, decisions, costs } = generate(request);
  const ends = (values: ArrayLike<number>, width: number) => [row(values, 0, width), row(values, 199, width)];
  const expected = {
    names: [
      "data_bytes",
      "cycles_per_byte",
      "subcarriers",
      "cores",
      "gains",
      "wired_delay_s",
      "features",
      "decisions",
      "cost",
    ],
    count: 200,
    rows: {
      data_bytes: ends(states.dataBytes, 9), // 3 between sub-tasks, 3 inputs, 3 outputs
      cycles_per_byte: ends(states.cyclesPerByte, 6),
      subcarriers: ends(states.subcarriers, 6),
      cores: ends(states.cores, 6),
      gains: ends(states.gains, 6),
      wired_delay_s: ends(states.wiredDelayS, 1),
      features: ends(features.values, 9 + 4 * 6 + 1),
      decisions: ends(decisions, 6),
      cost: ends(costs, 1),
    },
  };
  for (const reader of ["pyarrow", "pandas", "polars"]) assert.deepEqual(seen[reader], expected, reader);

  const { "dios.scenario": text, "dios.features": names, ...rest } = seen.metadata;
  assert.deepEqual(JSON.parse(text), scenario);
  assert.equal(JSON.parse(names).length, 34);
  assert.deepEqual(rest, {
    "dios.scenarioHash": scenarioHash(scenario),
    "dios.seed": "3",
    "dios.split": "validation",
    "dios.first": "9900",
    "dios.count": "200",
    "dios.version": VERSION,
  });
  assert.equal(seen.nulls, 0);
  assert.deepEqual([seen.types.cost, seen.types.wired_delay_s], ["double", "float"]);
  assert.match(seen.types.decisions, /^fixed_size_list<.*uint8.*>\[6\]$/);
});
