/** The whole: `npm start` after set-up, and a notebook until its first figure. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT } from "../src/version";
import { digits, type Effort, median, type Results, seconds } from "./rows";

/** A notebook whose figure needs what `npm start` has made. */
const NOTEBOOK = "notebooks/04-figure-3-accuracy.ipynb";

/** Measures everything in an empty data folder; there is no peer. */
export async function wholeResults(_python: string | undefined, { quick }: Effort): Promise<Results> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-bench-"));
  const env = { ...process.env, DIOS_OUT: folder };
  const run = (command: string, ...options: string[]) =>
    execFileSync(command, options, { env, cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  try {
    const start = await seconds(() =>
      run(process.execPath, path.join(ROOT, "build/src/cli/main.js"), "reproduce", ...(quick ? ["--quick"] : [])),
    );
    const lines: [string, string, string][] = [["everything that `npm start` computes", digits(start), "300"]];
    const python = path.join(ROOT, process.platform === "win32" ? ".venv/Scripts/python.exe" : ".venv/bin/python");
    if (!quick) {
      const times = Array.from({ length: 3 }, () =>
        Number(run(python, path.join(ROOT, "bench/python/first_figure.py"), path.join(ROOT, NOTEBOOK))),
      );
      lines.push([`kernel start to the first figure of ${NOTEBOOK}`, digits(median(times)), "15"]);
    }
    const note = "From an empty data folder, set-up done. The goals are those of the project.";
    return { rows: [], tables: [{ title: "The whole, seconds", note, head: ["what", "seconds", "goal"], lines }] };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
