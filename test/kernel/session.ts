import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export const ROOT = resolve(__dirname, "../../..");

/** The Python environment of the clone, or another one for trying things out. */
const VENV = process.env.DIOS_TEST_VENV ?? join(ROOT, ".venv");
export const PYTHON = join(VENV, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");

/** The reason to skip the tests that need Jupyter, or false where it is there; `module` is what they need beyond it. */
export function missing(module = "jupyter_client"): string | false {
  if (!existsSync(PYTHON)) return `no Python environment at ${VENV}: run "npm test", which makes it`;
  if (!existsSync(join(VENV, "share/jupyter/kernels/tslab/kernel.json"))) return `no tslab kernel in ${VENV}`;
  try {
    execFileSync(PYTHON, ["-c", `import ${module}`], { stdio: "ignore" });
    return false;
  } catch {
    return `${module} is not installed in ${VENV}`;
  }
}

/** A notebook of code cells for the kernel, as JSON; `tags` are those of its first cell. */
export function notebookOf(cells: readonly string[], tags: readonly string[] = []): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" } },
    cells: cells.map((source, k) => ({
      cell_type: "code",
      id: `cell-${k}`,
      source,
      metadata: k === 0 && tags.length > 0 ? { tags } : {},
      outputs: [],
      execution_count: null,
    })),
  });
}

export interface Output {
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the content of a message is what its type makes it.
  content: any;
}

export interface Result {
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  reply: any;
  replyType: string;
  outputs: Output[];
}

/** A kernel, started and driven by jupyter_client (drive.py). */
export class Session {
  private constructor(
    private readonly driver: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    readonly pid: number,
    readonly startSeconds: number,
  ) {}

  static async start(): Promise<Session> {
    const driver = spawn(PYTHON, [join(ROOT, "test/kernel/drive.py")], {
      stdio: ["pipe", "pipe", "inherit"],
      cwd: ROOT,
    });
    const lines = createInterface(driver.stdout)[Symbol.asyncIterator]();
    const { pid, startSeconds } = JSON.parse((await lines.next()).value ?? "{}");
    return new Session(driver, lines, pid, startSeconds);
  }

  private async ask<T>(command: string, args: object = {}): Promise<T> {
    this.driver.stdin?.write(`${JSON.stringify({ command, ...args })}\n`);
    const { value } = await this.lines.next();
    if (value === undefined) throw new Error("the driver ended");
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(answer.error);
    return answer.value;
  }

  /** Sends cells without waiting for them, as run-all does. */
  send(codes: string[], options: object = {}): Promise<string[]> {
    return this.ask("send", { codes, options });
  }

  finish(ids: string[]): Promise<Result[]> {
    return this.ask("finish", { ids });
  }

  async execute(code: string, options: object = {}): Promise<Result> {
    const [result] = await this.finish(await this.send([code], options));
    return result as Result;
  }

  request(type: string, content: object = {}, channel = "shell"): Promise<Result> {
    return this.ask("request", { type, content, channel });
  }

  tell(type: string, content: object): Promise<Output[]> {
    return this.ask("tell", { type, content });
  }

  /** Sends messages that have no reply, all at once. */
  shout(messages: [type: string, content: object][]): Promise<void> {
    return this.ask("shout", { messages });
  }

  /** The comm messages that the kernel sent so far. */
  comms(): Promise<(Output & { parent: string })[]> {
    return this.ask("comms");
  }

  /** What was published so far for a cell, also after it ended. */
  outputs(id: string): Promise<Output[]> {
    return this.ask("outputs", { id });
  }

  /** Sends a cell with the name that JupyterLab gives it. */
  sendCell(code: string, cell: string): Promise<string> {
    return this.ask("send_cell", { code, cell });
  }

  waitForText(text: string): Promise<void> {
    return this.ask("wait_for_text", { text });
  }

  interrupt(): Promise<void> {
    return this.ask("interrupt");
  }

  order(): Promise<[string, string][]> {
    return this.ask("order");
  }

  restart(): Promise<void> {
    return this.ask("restart");
  }

  shutdown(): Promise<{ reply: object; code: number | null; seconds: number }> {
    return this.ask("shutdown");
  }

  /** Kills the driver as a crash of JupyterLab would; the kernel is on its own. */
  orphan(): void {
    this.driver.kill("SIGKILL");
  }

  async close(): Promise<void> {
    if (this.driver.exitCode !== null || this.driver.killed) return;
    const ended = new Promise((resolve) => this.driver.once("exit", resolve));
    this.driver.stdin?.end();
    await ended;
  }
}

/** The outputs of one type. */
export function ofType(result: Result, type: string): Output["content"][] {
  return result.outputs.filter((output) => output.type === type).map((output) => output.content);
}

/** What a cell printed to stdout. */
export function printed(result: Result): string {
  return ofType(result, "stream")
    .map(({ text }) => text)
    .join("");
}
