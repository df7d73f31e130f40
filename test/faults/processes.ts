/** The command line as child processes, and the files that they leave. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { ROOT } from "../../src/version";

/** A script of Node with its words. */
export type Command = readonly [script: string, ...words: string[]];

/** `dios` with these words. */
export function dios(...words: string[]): Command {
  return [path.join(ROOT, "build/src/cli/main.js"), ...words];
}

/** A small calibration; the command line has none. */
export const CALIBRATE: Command = [path.join(__dirname, "calibrate.js")];

/** What a process came to. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Starts a command that puts its files below `out`. */
export function start([script, ...words]: Command, out: string): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [script, ...words], {
    cwd: path.dirname(out),
    env: { ...process.env, DIOS_OUT: out, DIOS_QUICK: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // Not "close": a worker that is left over would hold the pipe open.
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject).on("exit", (code, signal) => setImmediate(() => resolve({ code, signal, stderr })));
  });
  return { child, ended };
}

/** Runs a command to its end, which has to be a good one; gives what it said. */
export async function finish(command: Command, out: string): Promise<string> {
  const { code, signal, stderr } = await start(command, out).ended;
  assert.equal(code, 0, `${signal}: ${stderr}`);
  return stderr;
}

/** Every file below a folder with its bytes. */
export function contents(folder: string): Map<string, Buffer> {
  const names = fs.existsSync(folder) ? (fs.readdirSync(folder, { recursive: true }) as string[]) : [];
  const files = names.toSorted().filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return new Map(files.map((name) => [name, fs.readFileSync(path.join(folder, name))]));
}

/** Asserts that two folders hold the same files, byte for byte. */
export function assertSame(folder: string, expected: ReadonlyMap<string, Buffer>): void {
  const found = contents(folder);
  assert.deepEqual([...found.keys()], [...expected.keys()]);
  for (const [name, bytes] of expected) assert.ok(found.get(name)?.equals(bytes), `${name} has other bytes`);
}

/** The processes that a process has started and that still run. */
export function childrenOf(pid: number): number[] {
  return processes().flatMap(([child, parent, state, name]) =>
    Number(parent) === pid && !state?.startsWith("Z") && name !== "ps" ? [Number(child)] : [],
  );
}

/** Whether a process runs; one that has ended and that nobody has asked for does not. */
export function isRunning(pid: number): boolean {
  return processes().some(([id, , state]) => Number(id) === pid && !state?.startsWith("Z"));
}

function processes(): string[][] {
  const listing = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,comm="], { encoding: "utf8" });
  return listing.split("\n").map((line) => line.trim().split(/\s+/));
}

/** Waits until something holds; fails when it does not within half a minute. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    assert.ok(waited < 30_000, `waited for ${what}`);
    await wait(20);
  }
}

export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
