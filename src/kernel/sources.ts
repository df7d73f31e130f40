import { SourceMap } from "node:module";

/**
 * Remembers what each cell was compiled from, so that a stack names the lines that the user wrote. tslab compiles a cell
 * in two steps (TypeScript to a JavaScript module, that to CommonJS); each leaves its source map at the end of the output.
 */

interface Compiled {
  source: string[];
  /** Lines of JavaScript; the wrapper that tslab puts around them is not the user's. */
  length: number;
  maps: SourceMap[];
}

const cells = new Map<string, Compiled>();

const INLINE_MAP = /^\/\/# sourceMappingURL=data:application\/json;base64,(\S+)$/gm;

/** tslab compiles a cell behind a line of its own, `export {};`. */
const PREFIX_LINES = 1;

/** Registers the compiled cell `name` and returns its code, named so that stacks show `name`. */
export function remember(name: string, source: string, output: string): string {
  const maps = [...output.matchAll(INLINE_MAP)].slice(-2).map(([, map]) => decode(map as string));
  const code = output.replace(INLINE_MAP, "");
  // The last step comes last, and is the first to undo.
  cells.set(name, { source: source.split("\n"), length: code.split("\n").length, maps: maps.reverse() });
  return `${code}\n//# sourceURL=${name}`;
}

function decode(base64: string): SourceMap {
  return new SourceMap(JSON.parse(Buffer.from(base64, "base64").toString()));
}

/** A place in a cell or file; line and column count from 1. */
export interface Place {
  line: number;
  column: number;
}

/** Where in the source of cell `name` a place in its JavaScript comes from; undefined for code that is not the user's. */
export function toSource(name: string, { line, column }: Place): Place | undefined {
  const cell = cells.get(name);
  if (!cell || line > cell.length) return undefined;
  let place = { originalLine: line - 1, originalColumn: column - 1 };
  for (const map of cell.maps) {
    const entry = map.findEntry(place.originalLine, place.originalColumn);
    if (!("originalLine" in entry)) return undefined;
    place = entry;
  }
  return { line: place.originalLine + 1 - PREFIX_LINES, column: place.originalColumn + 1 };
}

/** Line `line`, from 1, of the source of cell `name`. */
export function sourceLine(name: string, line: number): string | undefined {
  return cells.get(name)?.source[line - 1];
}
