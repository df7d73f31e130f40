import { relative } from "node:path";
import { inspect } from "node:util";
import { sourceLine } from "./sources";
import { framesOf } from "./stack";
import type { Diagnostic } from "./tslab";

/** How Jupyter describes a failure: https://jupyter-client.readthedocs.io/en/stable/messaging.html#request-reply */
export interface JupyterError {
  ename: string;
  evalue: string;
  traceback: string[];
}

/** A stack may be deep in a package; the cell that called it must still be seen. */
const MOST_FRAMES = { cell: 10, file: 6 };

/** Errors of the TypeScript compiler with these codes are about the grammar. */
const isSyntax = (code: number) => code >= 1000 && code < 2000;

/** The line of a cell and a mark below its column. */
function excerpt(text: string, column: number): string[] {
  return [`    ${text}`, `    ${text.slice(0, column - 1).replace(/[^\t]/g, " ")}^`];
}

/** A compile error: one diagnostic is the value, the trace has all of them with the lines they point at. */
export function fromDiagnostics(cell: string, code: string, diagnostics: Diagnostic[]): JupyterError {
  const lines = code.split("\n");
  // What a mistake of grammar makes of the rest of the cell is no news.
  const syntax = diagnostics.find((diagnostic) => isSyntax(diagnostic.code));
  const ename = syntax ? "SyntaxError" : "TypeScriptError";
  const evalue = (syntax ?? diagnostics[0])?.messageText ?? "the cell does not compile";
  const traceback = diagnostics.flatMap(({ fileName, start, messageText, code }, k) => {
    // The compiler explains a message in further ones about the same place.
    if (start.line === diagnostics[k - 1]?.start.line && start.character === diagnostics[k - 1]?.start.character) {
      return [`    ${messageText}`];
    }
    const said = `  at ${fileName ?? cell}:${start.line + 1}:${start.character + 1} - TS${code}: ${messageText}`;
    const text = fileName === undefined ? lines[start.line] : undefined;
    return text === undefined ? [said] : [said, ...excerpt(text, start.character + 1)];
  });
  return { ename, evalue, traceback: [`${ename}: ${evalue}`, ...traceback] };
}

/** A failure at run time: whatever the cell threw, which need not be an Error. */
export function fromThrown(thrown: unknown): JupyterError {
  if (isInterrupt(thrown)) return interrupted();
  if (!isError(thrown)) {
    const evalue = inspect(thrown);
    return { ename: "Uncaught", evalue, traceback: [`Uncaught: ${evalue}`] };
  }
  const ename = nameOf(thrown);
  const evalue = String(thrown.message);
  return { ename, evalue, traceback: [`${ename}: ${evalue}`, ...trace(thrown), ...causes(thrown)] };
}

function interrupted(): JupyterError {
  const evalue = "the cell was interrupted";
  return { ename: "KeyboardInterrupt", evalue, traceback: [`KeyboardInterrupt: ${evalue}`] };
}

/** Node stops a synchronous cell with this code, tslab an asynchronous one with this message. */
function isInterrupt(thrown: unknown): boolean {
  const { code, message } = Object(thrown);
  return code === "ERR_SCRIPT_EXECUTION_INTERRUPTED" || message === "Interrupted asynchronously";
}

/** An Error, or an object like one that a package made itself. */
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || typeof Object(thrown).message === "string";
}

function nameOf(error: Error): string {
  // A subclass that does not set its name still has one.
  if (error.name && error.name !== "Error") return error.name;
  return error.constructor?.name || "Error";
}

function causes(error: Error): string[] {
  const below = error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause];
  return below.flatMap((cause) => ["", ...fromThrown(cause).traceback.map((line, k) => (k ? line : `Cause: ${line}`))]);
}

/** The trace: cells with the lines they name, and files. */
function trace(error: Error): string[] {
  const left = { ...MOST_FRAMES };
  return framesOf(error).flatMap(({ file, inCell, called, line, column }) => {
    if (left[inCell ? "cell" : "file"]-- <= 0) return [];
    const place = `${inCell ? file : relative(process.cwd(), file)}:${line}:${column}`;
    const text = inCell ? sourceLine(file, line) : undefined;
    return [`  at ${place}${called ? ` in ${called}` : ""}`, ...(text === undefined ? [] : excerpt(text, column))];
  });
}
