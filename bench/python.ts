/** The peers' own Python environment, and conversations with a peer that runs in it. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "../src/version";

const FOLDER = path.join(ROOT, ".venv-bench");
const WINDOWS = process.platform === "win32";

/** The peers' Python with the packages of requirements.txt, made on first use; undefined, after a sentence that says why, where that fails. */
export function peersPython(): string | undefined {
  const python = path.join(FOLDER, WINDOWS ? "Scripts/python.exe" : "bin/python");
  const requirements = path.join(ROOT, "bench/requirements.txt");
  const stamp = path.join(FOLDER, "requirements.txt");
  const wanted = fs.readFileSync(requirements, "utf8");
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === wanted) return python;
  console.log(`Making the peers' Python environment in ${FOLDER}, once; this takes a minute or more.`);
  const steps: [command: string, options: string[]][] = [
    [WINDOWS ? "python" : "python3", ["-m", "venv", FOLDER]],
    [python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements]],
  ];
  for (const [command, options] of steps) {
    const { status, error, stderr } = spawnSync(command, options, { encoding: "utf8" });
    if (status === 0) continue;
    const reason = error?.message ?? stderr.trim().split("\n").at(-1);
    console.log(`The peers in Python are left out: ${command} ${options.slice(0, 3).join(" ")} failed (${reason}).`);
    return undefined;
  }
  fs.writeFileSync(stamp, wanted);
  return python;
}

/** Versions of Python and of the peers' packages. */
export function versionsOf(python: string): Record<string, string> {
  const names = ["numpy", "numba", "pyarrow", "torch", "keras", "onnxruntime"];
  const script =
    "import sys, json, platform, importlib.metadata as m;" +
    "print(json.dumps({'Python': platform.python_version(), **{n: m.version(n) for n in sys.argv[1:]}}))";
  return JSON.parse(execFileSync(python, ["-c", script, ...names], { encoding: "utf8" }));
}

/** A script of bench/python that answers each request, a line of JSON, with a line of JSON. It waits in between, so that runs can alternate. */
export interface Peer {
  ask<Answer>(request: object): Promise<Answer>;
  close(): void;
}

/** Starts a peer. `threads` is how many its BLAS gets; its own choice where nothing is said. */
export function startPeer(python: string, script: string, options: readonly string[], threads?: number): Peer {
  const env = { ...process.env };
  // Where somebody has forced a kernel on it, NumPy is slower than its users know it.
  for (const name of ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]) delete env[name];
  if (threads) for (const name of ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"]) env[name] = String(threads);
  const file = path.join(ROOT, "bench/python", script);
  const child = spawn(python, [file, ...options], { env, stdio: ["pipe", "pipe", "inherit"] });
  // Of a peer that has ended, its own words on stderr and the missing answer tell enough.
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask<Answer>(request: object): Promise<Answer> {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${file} ended without an answer to ${JSON.stringify(request)}`);
      return JSON.parse(value);
    },
    close: () => child.stdin.end(),
  };
}
