import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, it } from "node:test";
import { ROOT } from "../../src/version";
import { temporaryFolder } from "../support";

describe("the set-up of a browser for the tests", { skip: process.platform !== "linux" }, () => {
  const folder = temporaryFolder();
  const bin = path.join(folder, "bin");

  beforeEach(() => {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.cpSync(path.join(ROOT, "scripts"), path.join(folder, "scripts"), { recursive: true });
    fs.mkdirSync(path.join(folder, "test/browser"), { recursive: true });
    for (const name of ["package.json", "package-lock.json"]) {
      fs.copyFileSync(path.join(ROOT, "test/browser", name), path.join(folder, "test/browser", name));
    }
    fs.mkdirSync(bin);
  });

  const program = (name: string, text: string) =>
    fs.writeFileSync(path.join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

  /** Runs the step by itself in the copy. Returns whether the set-up failed, whether the step is done, and what the tests get to know. */
  function setUp(env: NodeJS.ProcessEnv = {}) {
    const file = path.join(folder, "scripts/setup/a-test.mjs");
    fs.writeFileSync(
      file,
      `import fs from "node:fs";
       import { browserForTests } from "./browser.mjs";
       import { browserFile } from "./paths.mjs";
       import { isDone, runSteps } from "./runner.mjs";
       const quiet = { start() {}, done() {}, failed() {} };
       fs.mkdirSync(".setup", { recursive: true });
       const failures = await runSteps([browserForTests], quiet);
       console.log(JSON.stringify({
         failed: failures.length > 0, done: isDone(browserForTests), found: JSON.parse(fs.readFileSync(browserFile, "utf8")),
       }));`,
    );
    const options = { cwd: folder, env: { PATH: bin, ...env }, encoding: "utf8" } as const;
    const { stdout, stderr } = spawnSync(process.execPath, [file], options);
    assert.equal(stderr, "");
    return JSON.parse(stdout);
  }

  it("takes the first of the system's that runs", () => {
    program("chromium", "exit 1"); // as Ubuntu's, which only says that it is a snap
    program("google-chrome", "echo Google Chrome 150");
    const executable = path.join(bin, "google-chrome");
    assert.deepEqual(setUp(), { failed: false, done: true, found: { executable, environment: {} } });
  });

  it("takes the one that DIOS_CHROMIUM names", () => {
    program("chromium", "echo Chromium 150");
    program("mine", "echo Chromium 151");
    const executable = path.join(bin, "mine");
    assert.equal(setUp({ DIOS_CHROMIUM: executable }).found.executable, executable);
  });

  it("does not fail where there is none and none can be installed, gives the reason, and tries again the next time", () => {
    program("npm", "echo 'npm error getaddrinfo EAI_AGAIN the-registry'; exit 1");
    const { failed, done, found } = setUp();
    assert.deepEqual([failed, done], [false, false]);
    assert.match(
      found.missing,
      process.arch === "x64" ? /registry was not reached/ : /No Chromium or Chrome was found/,
    );
    program("chromium", "echo Chromium 150");
    assert.equal(setUp().found.executable, path.join(bin, "chromium"));
  });
});
