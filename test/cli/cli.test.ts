import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { ROOT } from "../../src/version";
import { temporaryFolder } from "../support";

const folder = temporaryFolder();
const inFolder = (name: string) => path.join(folder, name);

/** Runs a program to its end. */
function run(program: string, args: string[], input = "") {
  return spawnSync(program, args, { cwd: folder, input, encoding: "utf8", maxBuffer: 1e8 });
}

/** Runs `dios` with these words. */
const dios = (...words: string[]) => run(process.execPath, [path.join(ROOT, "build/src/cli/main.js"), ...words]);

/** What `dios` prints for these words; nothing may go wrong. */
function printed(...words: string[]): string {
  const { status, stdout, stderr } = dios(...words);
  assert.equal(status, 0, stderr);
  return stdout;
}

const python = path.join(ROOT, ".venv", process.platform === "win32" ? "Scripts/python.exe" : "bin/python");

/** Every price above zero, a single chain, four sub-tasks. */
const allPrices = inFolder("all-prices.json");
fs.writeFileSync(
  allPrices,
  JSON.stringify({
    name: "all-prices",
    application: { topology: "chain", subTasks: 4 },
    prices: {
      perSecond: 0.7,
      localPerJoule: 0.2,
      radioPerGrant: 2,
      radioPerSecond: 0.9,
      edgePerGrant: 1.5,
      edgePerSecond: 0.3,
      cloudPerSecond: 0.4,
      wiredPerSecond: 1.1,
    },
  }),
);

const STATES: [scenario: string, ...rest: string[]][] = [
  ["paper", "--seed", "7", "--index", "3", "--decisions", "0,1,2,0,1,2"],
  ["paper", "--seed", "7", "--index", "0"],
  ["paper", "--seed", "1", "--index", "99999", "--split", "test", "--decisions", "2,1,1,0,2,2"],
  ["paper-selective", "--seed", "7", "--index", "3", "--decisions", "1,1,0,2,2,0"],
  ["paper-selective", "--seed", "0", "--index", "12"],
  [allPrices, "--seed", "5", "--index", "1", "--decisions", "0,1,2,1"],
  [allPrices, "--seed", "5", "--index", "2", "--decisions", "1,0,2,0"],
];

const scenarios: Record<string, string> = {};

for (const [scenario, ...rest] of STATES) {
  test(`dios cost --json, recomputed in Python: ${path.basename(scenario)} ${rest.join(" ")}`, () => {
    const cost = JSON.parse(printed("cost", "--scenario", scenario, ...rest, "--json"));
    const decisions = rest[rest.indexOf("--decisions") + 1];
    assert.deepEqual(
      cost.decisions,
      rest.includes("--decisions") ? decisions.split(",").map(Number) : cost.optimal.decisions,
    );
    scenarios[scenario] ??= printed("scenario", "--scenario", scenario, "--json");
    const given = { cost, scenario: JSON.parse(scenarios[scenario]) };
    const recompute = (of: object) => run(python, [path.join(ROOT, "test/cli/recompute.py")], JSON.stringify(of));
    const { status, stdout, stderr } = recompute(given);
    assert.equal(status, 0, stderr);
    assert.ok(Number(stdout) > 100, `${stdout} numbers agree`);
    // The check itself fails on a cost that is off by a hundred-thousandth.
    assert.match(recompute({ ...given, cost: { ...cost, cost: cost.cost * 1.00001 } }).stderr, /^cost: printed/);
  });
}

test("dios cost prints the same state as text", () => {
  const words = ["cost", "--seed", "7", "--index", "3", "--decisions", "0,1,2,0,1,2"];
  const text = printed(...words);
  const cost = JSON.parse(printed(...words, "--json"));
  const eight = (value: number) => String(Number(value.toPrecision(8)));
  assert.match(text, /^State 3 of seed 7 \(train\), scenario paper \([0-9a-f]{12}\)/);
  assert.ok(
    text.includes(
      `0,1,2,0,1,2 (local, edge, cloud, local, edge, cloud): cost ${eight(cost.cost)}, execution time ${eight(cost.executionTimeS)} s`,
    ),
  );
  assert.ok(text.includes(`Optimal   ${cost.optimal.decisions.join(",")} `));
  for (const task of cost.subTasks) {
    const line =
      text.split("\n").find((candidate) => new RegExp(`^ *${task.subTask} +${task.site}`).test(candidate)) ?? "";
    for (const value of [
      task.workloadCycles,
      task.gains[0],
      task.rateBitPerS,
      task.executionS,
      task.startS,
      task.finishS,
    ]) {
      assert.ok(line.includes(eight(value)), `${eight(value)} in "${line}"`);
    }
  }
  for (const { bytes } of cost.transfers) assert.ok(text.includes(eight(bytes)));
});

test("dios scenario prints each parameter with value, unit and source, or JSON to start a file from", () => {
  const text = printed("scenario");
  assert.match(text, /radio\.subcarriers +\S? *256 +\S? *1 +\S? *the paper/);
  assert.match(text, /device\.clockHz +\S? *1340000000 +\S? *Hz +\S? *calibrated/);
  fs.writeFileSync(inFolder("copy.json"), printed("scenario", "--json"));
  assert.equal(printed("scenario", "--scenario", "copy.json", "--json"), printed("scenario", "--json"));
});

test("dios --help lists the commands", () => {
  const text = printed("--help");
  for (const command of ["generate", "train", "evaluate", "figures", "reproduce", "cost", "scenario"]) {
    assert.match(text, new RegExp(`^  ${command}\\b`, "m"));
  }
});

test("dios --version prints the package's version", () => {
  assert.equal(
    printed("--version").trim(),
    JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")).version,
  );
});

fs.writeFileSync(inFolder("broken.json"), "{");
fs.writeFileSync(inFolder("wrong.json"), '{"name":"wrong","device":{"clockHz":"fast"}}');

const BAD: [words: string, ...parts: string[]][] = [
  ["cost --index 1", "--seed"],
  ["cost --seed 7 --index 1.5", "--index", "1.5", "a whole number"],
  ["cost --seed x --index 1", "--seed", "'x'", "a whole number"],
  ["cost --seed 7 --index 1 --split exam", "exam", "train, validation, test"],
  ["cost --seed 7 --index 1 --decisions 0,1", "decisions is 0,1", "6 numbers", "0 (local), 1 (edge) or 2 (cloud)"],
  ["cost --seed 7 --index 1 --decisions 0,1,2,0,1,3", "decisions is 0,1,2,0,1,3", "2 (cloud)"],
  ["cost --seed 7 --index 1 --decisions edge", "--decisions", "edge", "whole numbers"],
  ["cost --seed 7 --index 1 --scenario papper", '"papper"', "paper, paper-selective"],
  ["cost --seed 7 --index 1 --scenario none.json", "none.json", "no such file"],
  ["cost --seed 7 --index 1 --scenario broken.json", "broken.json", "not valid JSON"],
  ["scenario --scenario wrong.json", "wrong.json", "device.clockHz", '"fast"', "a number from"],
  ["generate --count 5", "count is 5", "from 10"],
  ["generate --sed 1", "--sed"],
  ["gnerate", "gnerate"],
];

for (const [words, ...parts] of BAD) {
  test(`dios ${words} says what is wrong and exits with 2`, () => {
    const { status, stdout, stderr } = dios(...words.split(" "));
    assert.equal(status, 2, stderr);
    assert.equal(stdout, "");
    for (const part of parts) assert.ok(stderr.includes(part), `${part} in "${stderr}"`);
    // One line; a second one may ask "Did you mean".
    const [first, second, ...more] = stderr.trimEnd().split("\n");
    assert.ok(first && (second ?? "(Did you mean").startsWith("(Did you mean") && more.length === 0, stderr);
  });
}

test("dios generate writes the three sets, as Arrow and CSV, and a second run reuses them", () => {
  const words = ["generate", "--quick", "--count", "500", "--out", inFolder("out"), "--csv"];
  const names = printed(...words)
    .trimEnd()
    .split("\n");
  assert.deepEqual(
    names.map((name) => path.basename(name)),
    ["train.arrow", "train.csv", "validation.arrow", "validation.csv", "test.arrow", "test.csv"],
  );
  assert.ok(names.every((name) => name.startsWith(inFolder("out"))));
  assert.equal(fs.readFileSync(names[1], "utf8").trimEnd().split("\n").length, 1 + 500);
  const arrows = names.filter((name) => name.endsWith(".arrow"));
  const told = () => arrows.map((name) => [fs.statSync(name).mtimeMs, fs.readFileSync(name).toString("base64")]);
  const before = told();
  printed(...words);
  assert.deepEqual(told(), before);
});

test("dios generate into a folder that cannot be made ends with a sentence that names the file", () => {
  const { status, stderr } = dios("generate", "--quick", "--count", "500", "--out", "broken.json");
  assert.equal(status, 2);
  assert.match(stderr, /^cannot write .*broken\.json.*train\.arrow: a part of the path is a file, not a folder\.$/m);
  assert.doesNotMatch(stderr, /^ +at /m);
  assert.equal(fs.readFileSync(inFolder("broken.json"), "utf8"), "{");
});

test("dios generate makes a broken set anew, and says so", () => {
  const words = ["generate", "--quick", "--count", "100", "--out", inFolder("out")];
  const file = printed(...words).split("\n")[0];
  const whole = fs.readFileSync(file);
  fs.writeFileSync(file, whole.subarray(0, 1000));
  const { status, stderr } = dios(...words);
  assert.equal(status, 0);
  assert.match(stderr, /train\.arrow is not a complete Apache Arrow file.*made anew/);
  assert.ok(whole.equals(fs.readFileSync(file)));
});
