import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import seedrandom from "seedrandom";
import { temporaryFolder } from "../support";
import {
  assertSame,
  CALIBRATE,
  type Command,
  childrenOf,
  contents,
  dios,
  finish,
  isRunning,
  start,
  until,
  wait,
} from "./processes";

const folder = temporaryFolder();
const space = path.join(folder, "space.json");
fs.writeFileSync(
  space,
  JSON.stringify({
    space: { width: [8, 16], learningRate: { low: 0.001, high: 0.01, scale: "log" } },
    trials: 4,
    options: { epochs: 12, batch: 64, demonstrations: 500 },
  }),
);

/** Which process a kill is for. */
type Victim = "itself" | "a worker";

interface Case {
  readonly name: string;
  readonly command: Command;
  readonly kills: number;
  /** Who is killed, in turn. */
  readonly victims?: readonly Victim[];
}

const CASES: readonly Case[] = [
  { name: "generate", command: dios("generate", "--count", "60000", "--csv"), kills: 12 },
  {
    name: "train",
    command: dios("train", "--count", "3000", "--name", "net", "--hidden", "48", "--epochs", "30"),
    kills: 14,
  },
  { name: "calibrate", command: CALIBRATE, kills: 12 },
  { name: "sweep in one process", command: dios("sweep", space, "--count", "500", "--workers", "1"), kills: 4 },
  {
    name: "sweep on two workers",
    command: dios("sweep", space, "--count", "500", "--workers", "2"),
    kills: 8,
    victims: ["itself", "a worker"],
  },
];

// 50 in all. Every file is compared: none of these commands stores a time that it has measured.
describe("killed with SIGKILL at random moments and started again, a command ends with the bytes of an undisturbed one", {
  concurrency: 2,
}, () => {
  for (const [index, { name, command, kills, victims = ["itself"] }] of CASES.entries()) {
    test(`${name}, killed ${kills} times`, async () => {
      const random = seedrandom.alea(`kill/${name}`);
      const whole = path.join(folder, `whole-${index}`);
      const started = performance.now();
      await finish(command, whole);
      const duration = performance.now() - started;
      const expected = contents(whole);
      assert.ok(expected.size > 0);
      const out = path.join(folder, `killed-${index}`);
      let done = 0;
      while (done < kills) {
        const { child, ended } = start(command, out);
        const pid = child.pid as number;
        await Promise.race([ended, wait(duration * random())]);
        if (child.exitCode === null && victims[done % victims.length] === "a worker") {
          const workers = childrenOf(pid);
          const [worker] = workers.splice(Math.floor(random() * workers.length), 1);
          if (worker !== undefined) {
            process.kill(worker, "SIGKILL");
            done++;
          }
          // Another worker goes on with its job, or the browser that draws is started again by the next run.
          const { code, stderr } = await ended;
          if (code !== 0) assert.doesNotMatch(stderr, /^ +at /m);
        } else if (child.exitCode === null) {
          const workers = childrenOf(pid);
          child.kill("SIGKILL");
          const { code, signal, stderr } = await ended;
          if (signal === "SIGKILL") done++;
          else assert.equal(code, 0, stderr);
          await until("its workers to end", () => !workers.some(isRunning));
        } else {
          const { code, stderr } = await ended;
          assert.equal(code, 0, stderr);
        }
        if (child.exitCode === 0 && done < kills) {
          assertSame(out, expected);
          fs.rmSync(out, { recursive: true });
        }
      }
      await finish(command, out);
      assertSame(out, expected);
    });
  }
});
