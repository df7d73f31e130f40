import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { ROOT } from "../../src/version";
import { temporaryFolder } from "../support";

const folder = temporaryFolder();

/** Runs `dios` with these words. */
function dios(...words: string[]) {
  const program = path.join(ROOT, "build/src/cli/main.js");
  return spawnSync(process.execPath, [program, ...words], { cwd: folder, encoding: "utf8", maxBuffer: 1e8 });
}

/** What `dios` prints for these words; nothing may go wrong, and nothing be said beside. */
function printed(...words: string[]): string {
  const { status, stdout, stderr } = dios(...words);
  assert.equal(status, 0, stderr);
  return stdout;
}

fs.writeFileSync(
  path.join(folder, "photo.dot"),
  `digraph {
    device -> crop [size="3 MB"]; crop -> faces [size="500 kB"]; crop -> text [size="1 MB"]
    faces -> device [bytes=2000]; text -> device [bytes=5000]
    crop [work="1 Gcycle"]; faces [work="4 Gcycles"]; text [work="2.5 Gcycles"]
  }`,
);
fs.writeFileSync(
  path.join(folder, "bus.csv"),
  Array.from({ length: 60 }, (_, second) => `${second},${10 + (second % 7)}`).join("\n"),
);

test("dios import says what it took and what it assumed, and its scenarios cost and generate", () => {
  const text = printed("import", "photo.dot", "--out", "photo.json");
  assert.match(
    text,
    /^Taken from photo\.dot \(dot\):\n {2}A directed graph in DOT\.\n {2}3 sub-tasks with 7\.5 Gcycles of work\.\n/,
  );
  assert.match(
    text,
    /2 dependencies with 1\.5 MB; 3 MB from the device and 7 kB to it\.\nAssumed \(the rest is as in paper\):/,
  );
  assert.match(text, /0\.5 to 1\.5 times[^\n]*\nphoto\.json\n$/);
  printed("import", "bus.csv", "--scenario", "photo.json", "--out", "photo-on-bus.json");

  const cost = JSON.parse(printed("cost", "--scenario", "photo-on-bus.json", "--seed", "1", "--index", "4", "--json"));
  assert.equal(cost.subTasks.length, 3);
  assert.equal(cost.scenario, "bus");
  for (const { rateBitPerS, subcarriers } of cost.subTasks) {
    const mbit = (rateBitPerS * 256) / subcarriers / 1e6;
    assert.ok(Math.abs(mbit - Math.round(mbit)) < 1e-4 && mbit > 9 && mbit < 17, String(mbit));
  }
  const [crop] = cost.subTasks;
  assert.ok(Math.abs(crop.workloadCycles / crop.inputBytes - 1e9 / 3e6) < 1e-3, "work goes with input");

  printed("generate", "--scenario", "photo-on-bus.json", "--quick", "--count", "20", "--out", ".");
  assert.ok(fs.readdirSync(path.join(folder, "data")).some((name) => name.startsWith("bus-")));
  const table = printed("scenario", "--scenario", "photo-on-bus.json");
  assert.match(table, /application\.measured\.names +\S? *\["crop","faces","text"\]/);
  assert.match(table, /radio\.trace +\S? *\[10000000,.*\.\.\. *\S? *bit\/s/);
});

test("dios import says in a sentence what is wrong", () => {
  for (const [words, ...parts] of [
    [["none.dot", "--out", "x.json"], "none.dot", "no such file"],
    [["photo.dot", "--out", "x.txt"], "out is x.txt", ".json"],
    [["photo.dot"], "--out"],
    [["photo.dot", "--as", "picture", "--out", "x.json"], "picture", "workflow, dot, layers, trace"],
    [["photo.dot", "--as", "workflow", "--out", "x.json"], "photo.dot is not valid JSON"],
    [["bus.csv", "--scenario", "papper", "--out", "x.json"], '"papper"', "paper, paper-selective"],
  ] as [string[], ...string[]][]) {
    const { status, stderr } = dios("import", ...words);
    assert.equal(status, 2, stderr);
    for (const part of parts) assert.ok(stderr.includes(part), `${part} in ${stderr}`);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  }
  assert.ok(!fs.existsSync(path.join(folder, "x.json")));
});
