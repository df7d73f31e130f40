import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import { InputError } from "../src/errors";
import type { Application } from "../src/mec/application";
import type { States } from "../src/mec/states";
import type { Tables } from "../src/mec/tables";
import { loadScenario, type ScenarioChanges } from "../src/scenario/load";
import type { Scenario } from "../src/scenario/scenario";
import { ROOT } from "../src/version";

/** A folder of its own for a test file, removed at its end. The name has a space, as users' folders do. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios test-"));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The built sources in a folder where there is no native add-on, so that what is required from there computes without. */
export function buildWithoutNative(): string {
  const folder = temporaryFolder();
  fs.mkdirSync(path.join(folder, "build"));
  fs.cpSync(path.join(ROOT, "build/src"), path.join(folder, "build/src"), { recursive: true });
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  fs.copyFileSync(path.join(ROOT, "package.json"), path.join(folder, "package.json"));
  return folder;
}

/** The preset paper with round numbers, which the arithmetic in the tests is about; presets may be calibrated anew. */
export function roundScenario(changes: ScenarioChanges = {}): Scenario {
  const zero = { radioPerSecond: 0, edgePerGrant: 0, edgePerSecond: 0, cloudPerSecond: 0, wiredPerSecond: 0 };
  const round = loadScenario("paper", {
    application: { dataBytes: [20e3, 1196e3], cyclesPerByte: [8000, 10200] },
    edge: { coreHz: 0.6e9, coresGranted: [3, 4] },
    radio: { subcarriersGranted: [17, 207], meanSnrDb: 0 },
    wired: { rateBitPerS: 1.25e9 },
    prices: { ...zero, localPerJoule: 0.3, radioPerGrant: 5 },
  });
  return loadScenario(round, changes);
}

/** For assert.throws and assert.rejects: an InputError of one sentence that holds all of `parts`. */
export function inputError(...parts: (string | RegExp)[]): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof InputError, `not an InputError: ${error}`);
    assert.match(error.message, /^[^\n]+\.$/);
    for (const part of parts) {
      assert.ok(
        typeof part === "string" ? error.message.includes(part) : part.test(error.message),
        `"${error.message}" does not hold ${part}`,
      );
    }
    return true;
  };
}

/** States that hold nothing but the application, for solvers that look only at tables. */
export function bareStates(application: Application, count = 1): States {
  const none = { dataBytes: new Float32Array(), subcarriers: new Uint16Array(), cores: new Uint16Array() };
  const cyclesPerByte = new Float32Array(count * application.subTasks);
  return {
    ...none,
    application,
    count,
    cyclesPerByte,
    gains: new Float32Array(),
    wiredDelayS: new Float32Array(count),
  };
}

/** What `plan` comes to in state k, spelled out from the model: executions, and a transfer wherever two sites differ. */
export function naiveTotal(application: Application, tables: Tables, k: number, plan: readonly number[]): number {
  const { subTasks, dependencies } = application;
  let total = 0;
  for (let task = 0; task < subTasks; task++) total += tables.execution[3 * (k * subTasks + task) + plan[task]];
  for (const [link, { from, to }] of dependencies.entries()) {
    const ends = [from < 0 ? "local" : NAMES[plan[from]], to < 0 ? "local" : NAMES[plan[to]]].sort().join("-");
    const radio = tables.radio[k * dependencies.length + link];
    const wired = tables.wired[k * dependencies.length + link];
    if (ends === "edge-local") total += radio;
    if (ends === "cloud-local") total += radio + wired;
    if (ends === "cloud-edge") total += wired;
  }
  return total;
}

const NAMES = ["local", "edge", "cloud"];

/** The best of all 3^T plans of state k, counted up in lexicographic order; of equal ones the first. */
export function naiveOptimum(application: Application, tables: Tables, k = 0): { plan: number[]; cost: number } {
  const { subTasks } = application;
  let best = { plan: [] as number[], cost: Number.POSITIVE_INFINITY };
  for (let number = 0; number < 3 ** subTasks; number++) {
    const plan = [...number.toString(3).padStart(subTasks, "0")].map(Number);
    const cost = naiveTotal(application, tables, k, plan);
    if (cost < best.cost) best = { plan, cost };
  }
  return best;
}

/** Row k of a [count x width] array. */
export function row(values: ArrayLike<number>, k: number, width: number): number[] {
  return Array.from({ length: width }, (_, i) => values[k * width + i] as number);
}
