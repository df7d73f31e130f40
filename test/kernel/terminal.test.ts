import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { it } from "node:test";
import { ROOT } from "./session";

const lab = (file: string) => JSON.stringify(join(ROOT, "build/src/lab", file));
const node = (script: string) => spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });

it("progress writes to a stderr that is no terminal a line at the end, nothing before ten seconds", () => {
  const { stdout, stderr } = node(`
    const bar = require(${lab("progress")}).progress("Generating", 1500);
    for (let k = 1; k <= 1500; k++) bar.update(k);
    bar.stop();
    bar.stop();`);
  assert.equal(stdout, "");
  assert.match(stderr, /^Generating: 1,500 in 0\.\d s, [\d,]+\/s\n$/);
});

it("progress tells where it stopped", () => {
  const { stderr } = node(`
    const bar = require(${lab("progress")}).progress("Training", 12);
    bar.update(3, "loss 0.5");
    bar.stop();`);
  assert.match(stderr, /^Training: 3 of 12 in 0\.\d s, [\d,]+\/s, loss 0\.5\n$/);
});

it("display prints the plain text outside a notebook", () => {
  const { stdout } = node(`
    const { display, displayHtml } = require(${lab("display")});
    display({ "text/plain": "a figure", "image/svg+xml": "<svg/>" });
    displayHtml("<b>x</b>", "x");`);
  assert.equal(stdout, "a figure\nx\n");
});

it("Ctrl-C tells work that listens, and ends the process when it comes again", async () => {
  const script = `
    const { interruptible } = require(${lab("interrupt")});
    setInterval(() => {}, 1000);
    interruptible((signal) => new Promise((resolve) => {
      signal.addEventListener("abort", () => { console.log("told"); resolve(); });
      console.log("working");
    }));`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const said: string[] = [];
  child.stdout.on("data", (chunk) => {
    said.push(String(chunk).trim());
    child.kill("SIGINT");
  });
  const signal = await new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
  assert.deepEqual(said, ["working", "told"]);
  assert.equal(signal, "SIGINT");
});
