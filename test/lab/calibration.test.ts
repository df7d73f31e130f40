import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { bestOf, closedFormTargets, deviationOf } from "../../src/calibration/calibrate";
import { SPACE, scenarioAt } from "../../src/calibration/space";
import { calibrationOf, sensitivityOf } from "../../src/lab/calibration";
import { Interrupted } from "../../src/lab/long-work";
import { loadScenario } from "../../src/scenario/load";
import { temporaryFolder } from "../support";

const folder = temporaryFolder();
const rounds = [
  { structures: 2, generations: 2, states: 20 },
  { structures: 1, generations: 2, states: 20 },
];

test("a calibration that was interrupted goes on where it was, and ends as an undisturbed one", async () => {
  const whole = await calibrationOf({ seed: 3, rounds, out: path.join(folder, "whole") });
  const parts = path.join(folder, "parts");
  const search = path.join(parts, "data", "calibration-seed-3", "search.json");
  // After its first whole generation, in the middle of the second.
  const caught = assert.rejects(calibrationOf({ seed: 3, rounds, out: parts }), (error) => {
    assert.ok(error instanceof Interrupted);
    assert.match(
      error.message,
      /^calibration was interrupted; run it again to resume from its last whole generation\.$/,
    );
    return true;
  });
  while (!fs.existsSync(search)) await new Promise((resolve) => setImmediate(resolve));
  process.emit("SIGINT");
  await caught;
  assert.ok(JSON.parse(fs.readFileSync(search, "utf8")).ranking.length < whole.state.ranking.length);
  assert.deepEqual((await calibrationOf({ seed: 3, rounds, out: parts })).state, whole.state);
});

test("a sensitivity is the deviation with one parameter moved by a tenth of its range, and an interrupt stops them", async () => {
  const { state } = await calibrationOf({ seed: 3, rounds, out: path.join(folder, "whole") });
  const best = bestOf(state);
  const sensitivities = await sensitivityOf(best, 3, 20);
  assert.deepEqual(
    sensitivities.map(({ parameter }) => parameter),
    SPACE.map(({ name }) => name),
  );
  const moved = best.state.best.point.map((value, i) => (i === 4 ? Math.min(1, value + 0.1) : value));
  const scenario = loadScenario(scenarioAt(moved, best.structure));
  assert.equal(sensitivities[4]?.up, deviationOf(closedFormTargets(scenario, 3, 20)));
  const caught = assert.rejects(sensitivityOf(best, 3, 20), Interrupted);
  process.emit("SIGINT");
  await caught;
});
