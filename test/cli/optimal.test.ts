import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { sampleStates } from "../../src/mec/states";
import { costTables } from "../../src/mec/tables";
import { exhaustive } from "../../src/optimal/exhaustive";
import { loadSolver } from "../../src/optimal/mixed-integer";
import { loadScenario } from "../../src/scenario/load";
import { ROOT } from "../../src/version";
import { naiveTotal, row, temporaryFolder } from "../support";

const folder = temporaryFolder();

/** Runs `dios optimal` with these words. */
const run = (...words: string[]) =>
  spawnSync(process.execPath, [path.join(ROOT, "build/src/cli/main.js"), "optimal", ...words], {
    cwd: folder,
    encoding: "utf8",
  });

const shared = path.join(folder, "shared.json");
fs.writeFileSync(shared, JSON.stringify({ name: "shared", capacity: "shared" }));

/** The cells of the rows below the head of the table. */
function cells(stdout: string): string[][] {
  const lines = stdout.split("\n").filter((line) => line.startsWith("║"));
  return lines.slice(1).map((line) =>
    line
      .replaceAll("║", "")
      .split("│")
      .map((cell) => cell.trim()),
  );
}

test("dios optimal prints the mean of the least costs, found by each method that is named", () => {
  const { stdout, stderr } = run("--seed", "7", "--count", "5", "--method", "auto,exhaustive,minCut,mixedInteger");
  assert.equal(stderr, "");
  const scenario = loadScenario("paper");
  const states = sampleStates(scenario, "7/train", 0, 5);
  const costs = costTables(scenario, states);
  const decisions = exhaustive(states, costs);
  let total = 0;
  for (let k = 0; k < 5; k++) total += naiveTotal(states.application, costs, k, row(decisions, k, 6));
  const rows = cells(stdout);
  assert.deepEqual(
    rows.map(([method]) => method),
    ["auto: elimination", "exhaustive", "minCut", "mixedInteger"],
  );
  for (const [, cost, proven, gap] of rows) {
    assert.equal(cost, (total / 5).toFixed(4));
    assert.equal(proven, "100.0 %");
    assert.equal(gap, "0.000 %");
  }
  assert.match(stdout, /^elimination, since capacity is unlimited and the treewidth at most 2\.$/m);
});

test("dios optimal --lp writes a program that HiGHS reads, with the least cost of the first state", async () => {
  const { stdout } = run("--scenario", shared, "--count", "1", "--lp", "state.lp");
  assert.match(stdout, /state\.lp$/m);
  const text = fs.readFileSync(path.join(folder, "state.lp"), "utf8");
  assert.match(text, /^ subcarriers: .* <= 256$/ms);
  const { Status, ObjectiveValue } = (await loadSolver()).solve(text, { output_flag: false });
  assert.equal(Status, "Optimal");
  assert.equal(ObjectiveValue.toFixed(4), cells(stdout)[0][1]);
});

const WRONG: [words: string[], message: string][] = [
  [["--method", "simplex"], "method is simplex; allowed: auto, exhaustive,"],
  [["--method", ""], "method is ; allowed: auto"],
  [["--scenario", "shared.json", "--method", "minCut"], "method is minCut and capacity is shared; allowed:"],
  [["--time-limit", "soon"], "argument 'soon' is invalid; allowed: a number."],
  [["--count", "0"], "count is 0; allowed: a whole number from 1"],
  [["--seed", "-1"], "allowed: a whole number from 0 on."],
];

for (const [words, message] of WRONG) {
  test(`dios optimal ${words.join(" ")} is refused in one sentence`, () => {
    const { status, stderr, stdout } = run(...words);
    assert.equal(status, 2);
    assert.equal(stdout, "");
    assert.ok(stderr.includes(message), stderr);
    assert.equal(stderr.trim().split("\n").length, 1);
  });
}
