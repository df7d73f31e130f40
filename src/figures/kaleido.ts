import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { InputError } from "../errors";
import { INSTALLED, ROOT } from "../version";
import type { Figure } from "./figure";
import { kaleidoPageScript } from "./kaleido-page";

/** Kaleido, a browser without a window, asked for images over stdin and stdout, one line of JSON each. */
interface Kaleido {
  child: ChildProcess;
  /** Sends a request and resolves with the answer. One at a time. */
  ask(request: object): Promise<Answer>;
}

interface Answer {
  code: number;
  message: string | null;
  result: string | null;
}

const ANSWER_WITHIN_MS = 60_000;
const CLOSE_AFTER_MS = 60_000;

let running: Promise<Kaleido> | undefined;
let lastRequest: Promise<unknown> = Promise.resolve();
let idle: NodeJS.Timeout | undefined;

/**
 * Draws a figure with Plotly in kaleido.
 * @param format `svg` gives text; `pdf` and `png` give bytes
 * @param scale how many times larger than in CSS pixels a PNG or the page of a PDF becomes
 * @throws InputError when kaleido is not installed or does not start; Error when Plotly refuses the figure
 */
export async function drawWithKaleido(figure: Figure, format: "svg" | "pdf" | "png", scale = 1): Promise<Buffer> {
  const { width, height } = figure.layout;
  const request = { data: { data: figure.data, layout: figure.layout }, format, width, height, scale };
  const turn = lastRequest.then(() => askOnce(request));
  lastRequest = turn.catch(() => undefined);
  const answer = await turn;
  if (answer.code !== 0 || answer.result === null) {
    throw new Error(`Plotly cannot draw ${figure.id}: ${answer.message ?? "no reason given"}.`);
  }
  return Buffer.from(answer.result, format === "svg" ? "utf8" : "base64");
}

async function askOnce(request: object): Promise<Answer> {
  clearTimeout(idle);
  try {
    if (!running || hasEnded((await running).child)) running = start();
    return await (await running).ask(request);
  } catch (error) {
    running?.then(({ child }) => child.kill()).catch(() => undefined);
    running = undefined;
    throw error;
  } finally {
    idle = setTimeout(stop, CLOSE_AFTER_MS).unref();
  }
}

/**
 * Ends the browser that draws figures, after the figures that were asked for. Not needed at the end of a script: it does
 * not keep Node running and ends with it, or after a minute without work. The next figure starts another.
 */
export async function closeExporter(): Promise<void> {
  await lastRequest;
  stop();
}

function stop(): void {
  clearTimeout(idle);
  // Kaleido ends when its input ends, so also when this process is killed; only then does it remove its temporary page.
  running?.then(({ child }) => child.stdin?.end()).catch(() => undefined);
  running = undefined;
}

/** The folder of kaleido: that of the environment variable DIOS_KALEIDO, else the one in the clone's Python environment. */
export function kaleidoFolder(): string {
  const environment = path.join(ROOT, ".venv");
  const inPackage = path.join("site-packages", "kaleido", "executable");
  const lib = path.join(environment, "lib");
  const folders = process.env.DIOS_KALEIDO
    ? [process.env.DIOS_KALEIDO]
    : process.platform === "win32"
      ? [path.join(environment, "Lib", inPackage)]
      : fs.existsSync(lib)
        ? fs.readdirSync(lib).map((python) => path.join(lib, python, inPackage))
        : [];
  const found = folders.find((folder) => fs.existsSync(program(folder)));
  if (!found && INSTALLED) {
    throw new InputError(
      `DIOS_KALEIDO is ${process.env.DIOS_KALEIDO ?? "not set"}; allowed: the folder kaleido/executable of pip install kaleido==0.2.1, which draws figures into files.`,
    );
  }
  if (!found) {
    throw new InputError(
      `the figure renderer kaleido is not in ${process.env.DIOS_KALEIDO ?? environment}; run npm run doctor.`,
    );
  }
  return found;
}

// The program itself and not the script beside it, which fails on a path with a space and outlives a kill.
function program(folder: string): string {
  return path.join(folder, "bin", process.platform === "win32" ? "kaleido.exe" : "kaleido");
}

async function start(): Promise<Kaleido> {
  const folder = kaleidoFolder();
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "dios-kaleido-"));
  const script = path.join(scratch, "plotly.js");
  fs.writeFileSync(script, kaleidoPageScript());
  const child = spawn(
    program(folder),
    [
      "plotly",
      `--plotlyjs=${pathToFileURL(script).href}`,
      "--no-sandbox", // root in a container has none
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-breakpad",
      "--allow-file-access-from-files",
      "--proxy-server=127.0.0.1:9", // nothing listens there: a figure cannot reach the network
    ],
    {
      cwd: folder,
      env: {
        ...process.env,
        LD_LIBRARY_PATH: path.join(folder, "lib"),
        FONTCONFIG_PATH: path.join(folder, "etc", "fonts"),
        XDG_DATA_HOME: path.join(folder, "xdg"),
      },
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
    },
  );
  const answers = readAnswers(child);
  keepsNodeRunning(child, true);
  try {
    const ready = await answers.next();
    if (ready.code !== 0) throw new InputError(`kaleido does not start (${ready.message}); run npm run doctor.`);
  } catch (error) {
    child.kill();
    throw error;
  } finally {
    keepsNodeRunning(child, false);
    fs.rmSync(scratch, { recursive: true, force: true });
  }
  return {
    child,
    async ask(request) {
      keepsNodeRunning(child, true);
      try {
        child.stdin?.write(`${JSON.stringify(request)}\n`);
        return await answers.next();
      } finally {
        keepsNodeRunning(child, false);
      }
    },
  };
}

/** Splits what kaleido prints into answers; `next` fails with its last words when it ends instead, or stays silent. */
function readAnswers(child: ChildProcess): { next(): Promise<Answer> } {
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
  let received = "";
  let complaint = "";
  const fail = (what: string) =>
    waiting?.reject(new InputError(`the figure renderer kaleido ${what}; run npm run doctor.`));
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    received += text;
    if (!received.endsWith("\n")) return;
    try {
      waiting?.resolve(JSON.parse(received));
    } catch {
      fail("gives an answer that is not JSON");
    }
    received = "";
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  child.on("error", (error) => fail(`does not start (${error.message})`));
  child.on("close", () => fail(`has stopped (${complaint.trim().split("\n").at(-1) || "without a word"})`));
  child.stdin?.on("error", () => undefined); // the close that follows is reported
  return {
    async next() {
      let clock: NodeJS.Timeout | undefined;
      try {
        return await new Promise<Answer>((resolve, reject) => {
          waiting = { resolve, reject };
          if (hasEnded(child)) fail("has stopped");
          clock = setTimeout(() => fail("does not answer"), ANSWER_WITHIN_MS);
        });
      } finally {
        clearTimeout(clock);
        waiting = undefined;
      }
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

// Between figures the browser and its pipes must not keep a script alive.
function keepsNodeRunning(child: ChildProcess, keeps: boolean): void {
  const handles = [child, child.stdin, child.stdout, child.stderr] as unknown as { ref(): void; unref(): void }[];
  for (const handle of handles) keeps ? handle.ref() : handle.unref();
}
