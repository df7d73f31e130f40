import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setupFolder } from "./paths.mjs";

/**
 * A step of the set-up.
 * @typedef {object} Step
 * @property {string} name       what the user reads
 * @property {string[]} [after]  names of the steps it needs
 * @property {() => string[]} inputs   what it depends on; the step runs again when this changes
 * @property {() => string[]} outputs  paths that must be there; the step runs again when one is missing
 * @property {() => Promise<string | void>} run  does it; may return a remark for the user
 */

/** Whether a step's stamp matches its inputs and its outputs are there. */
export function isDone(step, folder = setupFolder) {
  return readStamp(step, folder) === fingerprint(step.inputs()) && step.outputs().every((file) => fs.existsSync(file));
}

/**
 * Runs what is not done of `steps`, in parallel where `after` allows, and stamps each as it ends. When one fails, those that
 * need it are left out and the others are finished. Resolves to the failures, `{ step, error }` each.
 */
export async function runSteps(steps, report, folder = setupFolder) {
  const failures = [];
  const ended = new Map();
  for (const step of steps) ended.set(step.name, attempt(step));
  await Promise.all(ended.values());
  return failures;

  /** Resolves to whether the step is done. */
  async function attempt(step) {
    await null; // until every step is in `ended`
    const needed = await Promise.all((step.after ?? []).map((name) => ended.get(name)));
    if (!needed.every(Boolean)) return false;
    if (isDone(step, folder)) return true;
    report.start(step);
    try {
      const inputs = fingerprint(step.inputs());
      forget(step, folder);
      const remark = await step.run();
      writeStamp(step, inputs, folder);
      report.done(step, remark);
      return true;
    } catch (error) {
      failures.push({ step, error });
      report.failed(step, error);
      return false;
    }
  }
}

/** Forgets that a step was done. */
export function forget(step, folder = setupFolder) {
  fs.rmSync(stampFile(step, folder), { force: true });
}

/** The SHA-256 of files, and of every file in folders, by name and content. */
export function contents(...paths) {
  const hash = crypto.createHash("sha256");
  for (const file of paths) addTo(hash, file, path.basename(file));
  return hash.digest("hex");
}

function addTo(hash, file, name) {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (stats?.isDirectory()) {
    for (const entry of fs.readdirSync(file).sort()) addTo(hash, path.join(file, entry), `${name}/${entry}`);
  } else {
    hash.update(`${name}\0`).update(stats ? fs.readFileSync(file) : "absent");
  }
}

const fingerprint = (inputs) => crypto.createHash("sha256").update(JSON.stringify(inputs)).digest("hex");

const stampFile = (step, folder) => path.join(folder, "stamps", step.name.replaceAll(" ", "-"));

function readStamp(step, folder) {
  const file = stampFile(step, folder);
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
}

function writeStamp(step, inputs, folder) {
  const file = stampFile(step, folder);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, inputs);
  fs.renameSync(`${file}.new`, file);
}
