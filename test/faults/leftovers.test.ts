import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { moveIntoPlace, writeFile, writeFolder } from "../../src/files";
import { temporaryFolder } from "../support";

const folder = temporaryFolder();
const host = os.hostname().replaceAll(/[^A-Za-z0-9-]/g, "-");

test("a writer removes what a killed process left beside its file, and nothing that another may be writing", () => {
  const { pid: gone } = spawnSync(process.execPath, ["--version"]);
  const file = path.join(folder, "file");
  const left = [`file.${host}.${gone}.0.tmp`, `file.${host}.${gone}.1.tmp`, `file.${host}.${process.pid}.7.tmp`];
  const kept = [
    `file.${host}.${process.ppid}.0.tmp`,
    `file.another-${host}.${gone}.0.tmp`,
    `other.${host}.${gone}.0.tmp`,
    `file.${host}.${gone}.0.txt`,
  ];
  for (const name of [...left, ...kept]) fs.writeFileSync(path.join(folder, name), "half");
  fs.mkdirSync(path.join(folder, `file.${host}.${gone}.2.tmp`));
  writeFile(file, "whole");
  assert.deepEqual(fs.readdirSync(folder).sort(), ["file", ...kept].sort());
  assert.equal(fs.readFileSync(file, "utf8"), "whole");
});

test("two writers of a file in one process do not meet, and the one that ends last has it", async () => {
  const file = path.join(folder, "twice");
  const ended: Record<string, () => void> = {};
  const write = (content: string) =>
    moveIntoPlace(file, async (aside) => {
      fs.writeFileSync(aside, content.slice(0, 2));
      await new Promise<void>((resolve) => {
        ended[content] = resolve;
      });
      fs.appendFileSync(aside, content.slice(2));
    });
  const [first, second] = [write("first"), write("second")];
  ended.second?.();
  await second;
  assert.equal(fs.readFileSync(file, "utf8"), "second");
  ended.first?.();
  await first;
  assert.equal(fs.readFileSync(file, "utf8"), "first");
  assert.deepEqual(
    fs.readdirSync(folder).filter((name) => name.startsWith("twice.")),
    [],
  );
});

test("a folder is replaced as a whole, and stays as it was when it cannot be written", () => {
  const place = path.join(folder, "model");
  writeFolder(place, { one: "1", two: "2" });
  assert.throws(() => writeFolder(place, { one: "3", "no/such/folder": "4" }), { name: "InputError" });
  assert.deepEqual(fs.readdirSync(place).sort(), ["one", "two"]);
  assert.equal(fs.readFileSync(path.join(place, "one"), "utf8"), "1");
  writeFolder(place, { three: "3" });
  assert.deepEqual(fs.readdirSync(place), ["three"]);
  assert.deepEqual(
    fs.readdirSync(folder).filter((name) => name.startsWith("model.")),
    [],
  );
});
