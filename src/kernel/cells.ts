import { setImmediate, setTimeout } from "node:timers/promises";
import { inspect } from "node:util";
import { runInterruptHandlers } from "../lab/interrupt";
import { outputPlace, withOutput } from "../lab/output";
import { closeCell, startCell } from "../lab/widgets/widget";
import { fromDiagnostics, fromThrown, type JupyterError } from "./errors";
import { log } from "./message";
import { remember } from "./sources";
import type { Converter, Diagnostic, Executor, ExecutorConsole, Handler } from "./tslab";

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute */
export interface ExecuteRequest {
  code: string;
  silent?: boolean;
  store_history?: boolean;
  stop_on_error?: boolean;
}

/** A request to run a cell, and the ways to answer it. */
export interface Cell {
  request: ExecuteRequest;
  /** The front end's name of it, and of those that were deleted since it ran the last one. */
  id: string | undefined;
  deleted: string[];
  /** Tells all clients, as output of this cell. */
  publish(
    type: string,
    content: object,
    more?: { buffers?: Buffer[] | undefined; metadata?: object | undefined },
  ): void;
  /** Answers the client that asked. */
  reply(content: object, metadata: object): void;
}

/** How long code that listens to interrupts may take to finish its cell before the cell is given up. */
const GRACE_MS = 5000;

/** Run-all sends the next cells while one runs. They count as sent before its failure when they come this soon. */
const QUIET_MS = 20;

/** A cell while it runs. */
interface Run {
  cell: Cell;
  name: string;
  count: number;
  interrupted: boolean;
  diagnostics: Diagnostic[];
  failure?: JupyterError;
}

/**
 * Runs cells one at a time, in the order they came. It stands between the protocol and tslab's executor, which knows
 * neither which cell it runs nor how to tell anyone why one failed: `adopt` makes it report here.
 */
export class Cells {
  private readonly waiting: Cell[] = [];
  private run: Run | undefined;
  private last: Cell | undefined;
  private count = 0;
  private giveUp = () => {};

  /** The cell that runs, if one does. */
  get running(): Cell | undefined {
    return this.run?.cell;
  }

  /** The cell that runs, else the one that ran last. */
  get latest(): Cell | undefined {
    return this.run?.cell ?? this.last;
  }

  /** Makes tslab's executor and its converter report to the cell that runs. */
  adopt(executor: Executor, converter: Converter): void {
    this.giveUp = executor.interrupt;
    executor.interrupt = () => this.interrupt();
    const convert = converter.convert;
    converter.convert = (previous, code) => {
      const converted = convert(previous, code);
      if (this.run) {
        this.run.diagnostics = converted.diagnostics;
        if (converted.output) converted.output = remember(this.run.name, code, converted.output);
      }
      return converted;
    };
  }

  /** What tslab's executor prints to. */
  readonly console: ExecutorConsole = {
    log: (value) => this.result(value),
    error: (...reported) => {
      const run = this.run;
      if (!run) return;
      // One value is what the cell threw. A diagnostic comes in parts, and is of the cell or of a module that it defines.
      if (reported.length === 1) run.failure ??= fromThrown(reported[0]);
      else if (run.diagnostics.length === 0) console.error(...reported);
    },
  };

  /** Queues a cell. */
  submit(handler: Handler, cell: Cell): void {
    this.waiting.push(cell);
    if (!this.run) this.runAll(handler).catch((error) => this.fail(error));
  }

  /** Stops what runs: by those who listen to interrupts when there are some, else the cell at once. */
  interrupt(): void {
    const grace = runInterruptHandlers() ? GRACE_MS : 0;
    const run = this.run;
    if (!run) return;
    run.interrupted = true;
    setTimeout(grace, undefined, { ref: false }).then(() => {
      if (this.run === run) this.giveUp();
    });
  }

  /** Takes an error that nobody caught: it fails the cell that runs, or is shown below the last one. */
  fail(error: unknown): void {
    if (this.run) {
      this.run.failure ??= fromThrown(error);
      this.giveUp();
    } else if (this.last) {
      this.last.publish("error", fromThrown(error));
    } else {
      log(fromThrown(error).traceback.join("\n"));
    }
  }

  private async runAll(handler: Handler): Promise<void> {
    for (let cell = this.waiting.shift(); cell; cell = this.waiting.shift()) {
      await this.runOne(handler, cell);
    }
  }

  private async runOne(handler: Handler, cell: Cell): Promise<void> {
    const { code, silent = false, store_history = !silent, stop_on_error = true } = cell.request;
    if (!silent && store_history) this.count++;
    const run: Run = {
      cell,
      name: `In[${this.count}]`,
      count: this.count,
      interrupted: false,
      diagnostics: [],
    };
    this.run = run;
    const metadata = { started: new Date().toISOString() };
    cell.publish("status", { execution_state: "busy" });
    if (!silent) cell.publish("execute_input", { code, execution_count: run.count });

    await this.evaluate(handler, run, silent);

    const { failure } = run;
    if (failure && !silent) cell.publish("error", failure);
    const stop = (failure && stop_on_error) || run.interrupted;
    const aborted = stop ? await this.takeWaiting() : [];
    this.run = undefined;
    const common = { execution_count: run.count, user_expressions: {}, payload: [] };
    const status = failure ? "error" : "ok";
    cell.reply({ status, ...failure, ...common }, { ...metadata, status });
    cell.publish("status", { execution_state: "idle" });
    for (const other of aborted) abort(other);
  }

  private async evaluate(handler: Handler, run: Run, silent: boolean): Promise<void> {
    const { stdout, stderr } = process;
    const writers = [stdout.write, stderr.write] as const;
    const publish = silent ? () => {} : run.cell.publish;
    const place = () => outputPlace() ?? publish;
    // tslab points the output of the whole process at the newest cell; what an earlier one started still writes to its own.
    const execute = () =>
      handler.handleExecuteImpl(
        run.cell.request,
        (name, text) => place()("stream", { name, text }),
        (message, update) => place()(update ? "update_display_data" : "display_data", message),
      );
    for (const id of run.cell.deleted) closeCell(id);
    startCell(run.cell.id ?? run.name);
    await withOutput(publish, execute).catch((error) => {
      // tslab rejects with an object of its own after it has reported the failure; anything else is its own failure.
      if (error instanceof Error) run.failure ??= fromThrown(error);
      if (run.diagnostics.length > 0) run.failure ??= fromDiagnostics(run.name, run.cell.request.code, run.diagnostics);
      run.failure ??= fromThrown(new Error("the cell failed"));
    });
    // A promise that the cell rejected and nobody awaits is reported when the microtasks are done.
    await setImmediate();
    if (silent) [stdout.write, stderr.write] = writers;
    else this.last = run.cell;
  }

  private result(value: unknown): void {
    const run = this.run;
    if (!run || run.cell.request.silent) return;
    const data = { "text/plain": typeof value === "string" ? value : inspect(value) };
    run.cell.publish("execute_result", { execution_count: run.count, data, metadata: {} });
  }

  /** Empties the queue, after all that was sent while the cell ran has arrived in it. */
  private async takeWaiting(): Promise<Cell[]> {
    let before: number;
    do {
      before = this.waiting.length;
      await setTimeout(QUIET_MS);
    } while (this.waiting.length > before);
    return this.waiting.splice(0);
  }
}

function abort(cell: Cell): void {
  cell.publish("status", { execution_state: "busy" });
  cell.reply({ status: "aborted" }, { status: "aborted" });
  cell.publish("status", { execution_state: "idle" });
}
