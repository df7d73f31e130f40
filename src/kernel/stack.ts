import { type Place, toSource } from "./sources";

/** A frame that a user can act on. */
export interface Frame extends Place {
  /** A cell, `In[3]`, or the path of a file. */
  file: string;
  inCell: boolean;
  /** The function, where it has a name. */
  called: string;
}

const FRAME = /^\s*at (?:(.*) \()?(.*?):(\d+):(\d+)\)?$/;

/** Reads one line of a stack; undefined when it is no frame. */
function parse(line: string): Frame | undefined {
  const [, called = "", file, row, column] = FRAME.exec(line) ?? [];
  if (!file) return undefined;
  return {
    // tslab keeps the variables of all cells in a Proxy.
    called: called.replace(/^Proxy\./, ""),
    file: file.replace(/^file:\/\//, ""),
    inCell: file.startsWith("In["),
    line: Number(row),
    column: Number(column),
  };
}

/** What runs cells and callbacks is no place where a user looks for the fault. */
const INTERNAL = [
  "node:",
  "callback:",
  __dirname,
  require.resolve("../lab/output"),
  require.resolve("../lab/widgets/callback"),
];

function isInternal({ file }: Frame): boolean {
  return INTERNAL.some((start) => file.startsWith(start)) || /[\\/]tslab[\\/]dist[\\/]/.test(file);
}

/**
 * For `Error.prepareStackTrace`: the stack with the lines of cells as the user wrote them and without internal frames, so
 * that an error that a cell catches and prints is as plain as one that it does not.
 */
export function formatStack(error: Error, sites: NodeJS.CallSite[]): string {
  const lines = sites.flatMap((site) => {
    const frame = parse(`at ${site}`);
    if (!frame) return [`    at ${site}`];
    if (isInternal(frame)) return [];
    const place = frame.inCell ? toSource(frame.file, frame) : frame;
    if (!place) return [];
    const where = `${frame.file}:${place.line}:${place.column}`;
    return [frame.called ? `    at ${frame.called} (${where})` : `    at ${where}`];
  });
  return [Error.prototype.toString.call(error), ...lines].join("\n");
}

/** The frames of an error whose stack `formatStack` has made. */
export function framesOf(error: Error): Frame[] {
  return String(error.stack ?? "")
    .split("\n")
    .flatMap((line) => (/^\s+at /.test(line) ? (parse(line) ?? []) : []));
}
