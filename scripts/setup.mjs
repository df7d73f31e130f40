// Sets the lab up inside this clone: npm packages, Python environment, TensorFlow, build, native kernels, Jupyter kernel. Does what is
// missing and nothing else. `--test`: also what the tests need. `--tensorflow`: try again to get TensorFlow natively.
import fs from "node:fs";
import path from "node:path";
import { browserForTests } from "./setup/browser.mjs";
import { build } from "./setup/build.mjs";
import { killAll } from "./setup/command.mjs";
import { kernel } from "./setup/kernel.mjs";
import { takeLock } from "./setup/lock.mjs";
import { native } from "./setup/native.mjs";
import { npmPackages } from "./setup/packages.mjs";
import { root, setupFolder } from "./setup/paths.mjs";
import { Progress } from "./setup/progress.mjs";
import { pythonEnvironment, pythonPackages, testPackages } from "./setup/python.mjs";
import { forget, isDone, runSteps } from "./setup/runner.mjs";
import { tensorflowForNode, tensorflowLibrary } from "./setup/tensorflow.mjs";

const options = process.argv.slice(2);
const steps = [
  npmPackages,
  pythonEnvironment,
  pythonPackages,
  tensorflowLibrary,
  tensorflowForNode,
  build,
  native,
  kernel,
];
if (options.includes("--test")) steps.push(testPackages, browserForTests);
if (options.includes("--tensorflow")) for (const step of [tensorflowLibrary, tensorflowForNode]) forget(step);

if (!steps.every((step) => isDone(step))) process.exitCode = await setUp();

async function setUp() {
  const progress = new Progress();
  const release = await takeLock(path.join(setupFolder, "lock"), (pid) => {
    progress.say(
      `Another set-up (process ${pid}) is at work here; waiting for it. If there is none, delete ${setupFolder}/lock.`,
    );
  });
  process.on("exit", release);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      killAll();
      progress.close();
      process.exit(130);
    });
  }
  if (!fs.existsSync(path.join(setupFolder, "stamps"))) {
    progress.say(`Setting up the lab in ${root}, once; this takes a few minutes.`);
  }
  const failures = await runSteps(steps, progress);
  progress.close();
  return failures.length === 0 ? 0 : 1;
}
