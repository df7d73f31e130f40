import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { Failure } from "./failure.mjs";
import { root, setupFolder, windows } from "./paths.mjs";

const children = new Set();

/**
 * Runs a program and resolves to what it printed, which also goes to `.setup/<log>.log`. Rejects with a `Failure` when it
 * ends with another status than 0. `what` says what it was to do.
 */
export function run(command, args, { log, what = path.basename(command), env = {}, cwd = root, shell = false }) {
  const logFile = path.join(setupFolder, `${log}.log`);
  fs.appendFileSync(logFile, `$ ${[command, ...args].join(" ")}\n`);
  return new Promise((resolve, reject) => {
    let output = "";
    const child = spawn(command, args, {
      cwd,
      shell,
      env: { ...cleanEnvironment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const keep = (data) => {
      output += data;
      fs.appendFileSync(logFile, data);
    };
    children.add(child);
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) =>
      reject(new Failure(`${what}: ${command} could not be started`, { output: String(error), log: logFile })),
    );
    child.on("close", (code, signal) => {
      children.delete(child);
      if (code === 0) resolve(output);
      else reject(new Failure(`${what}: ended with ${signal ?? `status ${code}`}`, { output, log: logFile }));
    });
  });
}

/** Runs npm: the one that runs us, else the one on the PATH. */
export function npm(args, options) {
  const running = process.env.npm_execpath ?? "";
  if (path.basename(running) === "npm-cli.js") return run(process.execPath, [running, ...args], options);
  return run(windows ? "npm.cmd" : "npm", args, { ...options, shell: windows });
}

/** Ends every program still running. */
export function killAll() {
  for (const child of children) child.kill();
}

/**
 * The environment less what would bend npm, pip or Python away from this clone: what `npm start` says about itself, options
 * it was called with, and a user's own Python paths. Registries, proxies and certificates stay.
 */
function cleanEnvironment() {
  const unwanted =
    /^(npm_(lifecycle|package|command)|npm_config_(prefix|local_prefix|global|location|omit|only|production|dry_run|ignore_scripts)$|pip_(user|target|prefix|require_virtualenv)$|python(home|path)$|node_env$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !unwanted.test(name)));
}
