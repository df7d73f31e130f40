import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { importFile, importText } from "../../src/scenario/import/import";
import { ROOT } from "../../src/version";
import { mobileNetV2 } from "../scenario/import/mobilenet";

const FOLDER = path.join(ROOT, "notebooks", "examples");
const example = (name: string) => importFile(path.join(FOLDER, name));

test("the examples are of each kind that is read", async () => {
  const kinds: Record<string, string> = {};
  for (const name of fs.readdirSync(FOLDER).sort()) kinds[name] = (await example(name)).kind;
  assert.deepEqual(kinds, {
    "mobilenetv2.json": "layers",
    "panorama.json": "workflow",
    "video-analytics.dot": "dot",
    "walk.csv": "trace",
  });
});

test("the example of MobileNetV2 is the network that TensorFlow.js's layers build", async () => {
  const built = await importText(mobileNetV2(require("@tensorflow/tfjs")), "model.json");
  const { scenario } = await example("mobilenetv2.json");
  assert.deepEqual(scenario.application, built.scenario.application);
  assert.equal(scenario.application.subTasks, 64);
});

test("the synthetic trace is the Gauss-Markov walk that its heading says", async () => {
  const { trace = [] } = (await example("walk.csv")).scenario.radio;
  assert.equal(trace.length, 900);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const average = mean(trace);
  const deviations = trace.map((bitPerS) => bitPerS - average);
  const variance = mean(deviations.map((one) => one ** 2));
  const correlation = mean(deviations.slice(1).map((one, k) => one * (deviations[k] as number))) / variance;
  // 900 seconds with this correlation are worth 900 (1 - 0.95) / (1 + 0.95) = 23 independent ones: the mean is known to 12 / sqrt(23) = 2.5.
  assert.ok(Math.abs(average / 1e6 - 22) < 5, `mean ${average}`);
  assert.ok(Math.abs(Math.sqrt(variance) / 1e6 - 12) < 3, `deviation ${Math.sqrt(variance)}`);
  assert.ok(Math.abs(correlation - 0.95) < 0.03, `correlation ${correlation}`);
});
