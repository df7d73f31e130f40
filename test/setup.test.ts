import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";

const ROOT = path.resolve(__dirname, "../..");

let folder: string;

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-setup-"));
  fs.cpSync(path.join(ROOT, "scripts"), path.join(folder, "scripts"), { recursive: true });
});

after(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Runs Node in the copy of the scripts. */
function node(args: string[], env: NodeJS.ProcessEnv = process.env) {
  return spawnSync(process.execPath, args, { cwd: folder, env, encoding: "utf8" });
}

/** Runs a few lines as a module beside the set-up's own, and returns what it prints as JSON. */
function script(source: string) {
  const file = path.join(folder, "scripts/setup/a-test.mjs");
  fs.writeFileSync(file, source);
  const { stdout, stderr } = node([file]);
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

/** Steps `first` and, after it, `second`, which make a file each; `first` reads input.txt. Prints what `body` returns. */
const withSteps = (body: string) =>
  script(`
    import fs from "node:fs";
    import { contents, isDone, runSteps } from "./runner.mjs";
    fs.rmSync("work", { recursive: true, force: true });
    fs.mkdirSync("work");
    fs.writeFileSync("work/input.txt", "one");
    let ran = [];
    let broken = false;
    const make = (name) => async () => {
      ran.push(name);
      if (broken && name === "first") throw new Error("broken");
      fs.writeFileSync("work/" + name, "");
    };
    const first = { name: "first", inputs: () => [contents("work/input.txt")], outputs: () => ["work/first"], run: make("first") };
    const second = { name: "second", after: ["first"], inputs: () => [], outputs: () => ["work/second"], run: make("second") };
    const quiet = { start() {}, done() {}, failed() {} };
    const setUp = async () => {
      ran = [];
      const failures = await runSteps([second, first], quiet, "work");
      return { ran, failed: failures.map(({ step }) => step.name) };
    };
    console.log(JSON.stringify(await (async () => { ${body} })()));`);

describe("the steps of the set-up", () => {
  it("run in the order of what they need, and not again when nothing changed", () => {
    const [once, again] = withSteps("return [await setUp(), await setUp()];");
    assert.deepEqual(once, { ran: ["first", "second"], failed: [] });
    assert.deepEqual(again, { ran: [], failed: [] });
  });

  it("run again when what they read has changed or what they made is gone, and no others do", () => {
    const [changed, lost] = withSteps(`
      await setUp();
      fs.writeFileSync("work/input.txt", "two");
      const changed = (await setUp()).ran;
      fs.rmSync("work/second");
      return [changed, (await setUp()).ran];`);
    assert.deepEqual(changed, ["first"]);
    assert.deepEqual(lost, ["second"]);
  });

  it("stop where one fails, and go on there the next time", () => {
    const [failed, resumed] = withSteps(`
      broken = true;
      const failed = await setUp();
      broken = false;
      return [failed, await setUp()];`);
    assert.deepEqual(failed, { ran: ["first"], failed: ["first"] });
    assert.deepEqual(resumed, { ran: ["first", "second"], failed: [] });
  });
});

describe("the lock of the set-up", () => {
  const take = (holder: string, body: string) =>
    script(`
      import fs from "node:fs";
      import { takeLock } from "./lock.mjs";
      fs.writeFileSync("lock", ${JSON.stringify(holder)});
      const waited = [];
      ${body}
      console.log(JSON.stringify({ waited, holder: fs.existsSync("lock") && fs.readFileSync("lock", "utf8") === String(process.pid) }));`);

  it("is taken over from a process that has died", () => {
    const dead = String(node(["--eval", "0"]).pid);
    assert.deepEqual(take(dead, `await takeLock("lock", (pid) => waited.push(pid));`), { waited: [], holder: true });
  });

  it("is waited for while its process lives", () => {
    const body = `
      setTimeout(() => fs.rmSync("lock"), 300);
      await takeLock("lock", (pid) => waited.push(pid));`;
    assert.deepEqual(take(String(process.pid), body), { waited: [process.pid], holder: true });
  });
});

describe("a failed step", () => {
  it("says in words what to do about what its tool printed", () => {
    const remedies = script(`
      import { remedyFor } from "./failure.mjs";
      const outputs = ["OSError: [Errno 28] No space left on device", "getaddrinfo EAI_AGAIN registry.npmjs.org", "gyp ERR! not found: make"];
      console.log(JSON.stringify(outputs.map(remedyFor)));`);
    assert.match(remedies[0], /disk is full/);
    assert.match(remedies[1], /network/);
    assert.match(remedies[2], /apt install g\+\+ make/);
  });

  it("names itself and the remedy: a Python that cannot make environments", {
    skip: process.platform === "win32",
  }, () => {
    const bin = path.join(folder, "bin");
    fs.mkdirSync(bin);
    const fake = (name: string, text: string) =>
      fs.writeFileSync(path.join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    fake("python3", "echo 3 11 0"); // what the set-up's question gets from Debian's python3 without python3-venv
    fake("npm", "echo no npm in this test; exit 1");
    const { status, stderr } = node(["scripts/setup.mjs"], { PATH: bin });
    assert.equal(status, 1);
    assert.match(stderr, /Python environment failed/);
    assert.match(stderr, /python3 is Python 3\.11 without its venv module/);
    assert.match(stderr, /apt install python3-venv/);
    assert.doesNotMatch(stderr, /Jupyter kernel/, "a step that needs the failed one was begun");
    assert.equal(fs.existsSync(path.join(folder, ".setup/lock")), false);
  });
});

describe("doctor", () => {
  it("works where nothing is installed, says so and exits with 1", () => {
    const { status, stdout, stderr } = node(["scripts/doctor.mjs"]);
    assert.equal(status, 1);
    assert.equal(stderr, "");
    for (const name of ["npm packages", "TensorFlow", "JupyterLab", "kaleido", "Jupyter kernel", "Build"]) {
      assert.match(stdout, new RegExp(`✗ ${name} +not`));
    }
    assert.match(stdout, /What to do: node scripts\/setup\.mjs/);
  });
});

describe("TensorFlow", () => {
  /** Runs lines in a process of their own, since a process has one TensorFlow. */
  const child = (source: string, env: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, ["--eval", source], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      encoding: "utf8",
    });

  const report = `
    const { loadTensorflow, backendName } = require("./build/src/learning/tensorflow.js");
    loadTensorflow().then((tf) => {
      const product = tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).arraySync();
      const same = require("@tensorflow/tfjs-node").matMul === tf.matMul;
      console.log(JSON.stringify([backendName(), tf.getBackend(), product, same]));
    });`;
  const expected = [
    [19, 22], // 1*5 + 2*7, 1*6 + 2*8
    [43, 50],
  ];

  it("computes in WebAssembly when asked to, silently, and whoever requires tfjs-node gets it too", () => {
    const { stdout, stderr } = child(report, { DIOS_TENSORFLOW: "wasm" });
    assert.equal(stderr, "");
    assert.deepEqual(JSON.parse(stdout), ["wasm", "wasm", expected, true]);
  });

  it("computes in WebAssembly with one warning when the native library cannot be loaded", () => {
    const broken = `
      const Module = require("node:module");
      const load = Module._load;
      Module._load = (request, ...rest) => {
        if (request === "@tensorflow/tfjs-node") throw new Error("libtensorflow.so: cannot open");
        return load(request, ...rest);
      };`;
    const { stdout, stderr } = child(broken + report);
    assert.deepEqual(JSON.parse(stdout), ["wasm", "wasm", expected, true]);
    assert.match(stderr, /^Warning: TensorFlow's native library is not installed/);
    assert.match(stderr, /npm run doctor/);
    assert.match(stderr, /\(libtensorflow\.so: cannot open\)\n$/);
  });
});
