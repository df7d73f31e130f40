import fs from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { InputError } from "./errors";

/**
 * Calls `write` with the name of a file beside `file` and renames that over `file` when it is done, so that a reader, or
 * a run that is killed, never sees half a file and a failure loses nothing. Makes the folder when it is missing.
 */
export async function moveIntoPlace(file: string, write: (aside: string) => Promise<void>): Promise<void> {
  const aside = asideOf(file);
  try {
    makeFolder(path.dirname(file));
    await write(aside);
    fs.renameSync(aside, file);
  } catch (error) {
    if (fs.existsSync(aside)) fs.rmSync(aside);
    throw systemError(error, `cannot write ${file}`);
  }
}

/** Writes a whole file aside and renames it into place; makes the folder when it is missing. */
export function writeFile(file: string, content: string | Uint8Array): void {
  const aside = asideOf(file);
  try {
    makeFolder(path.dirname(file));
    fs.writeFileSync(aside, content);
    fs.renameSync(aside, file);
  } catch (error) {
    if (fs.existsSync(aside)) fs.rmSync(aside);
    throw systemError(error, `cannot write ${file}`);
  }
}

/**
 * Makes a folder and those above it where they are missing. Node's own `recursive` never returns where the folder above exists and
 * cannot hold one: a link to a disk that is not mounted, /proc.
 */
export function makeFolder(folder: string): void {
  if (fs.existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!fs.existsSync(folder)) throw error;
  }
}

function asideOf(file: string): string {
  return `${file}.${process.pid}.tmp`;
}

/** Reads and parses a JSON file; an InputError says when it is missing or not JSON. */
export function readJson(file: string): unknown {
  const text = readFile(file).toString("utf8");
  try {
    // Some editors put a byte-order mark in front.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new InputError(`${file} is not valid JSON (${(error as Error).message.replaceAll(/\s+/g, " ")}).`);
  }
}

/**
 * What a JSON file keeps that was made with the same `about`, which is in it under this name; undefined when there is no such file, or none
 * that is whole.
 */
export function readJsonAbout<Kept extends object>(file: string, about: object): Kept | undefined {
  if (!fs.existsSync(file)) return undefined;
  try {
    const kept = readJson(file) as (Kept & { about: object }) | null;
    return isDeepStrictEqual(kept?.about, JSON.parse(JSON.stringify(about))) ? (kept as Kept) : undefined;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Reads a file; an InputError says when that cannot be done. */
export function readFile(file: string): Buffer {
  try {
    const { size } = fs.statSync(file);
    return size < LARGE ? fs.readFileSync(file) : readLarge(file, size);
  } catch (error) {
    throw systemError(error, `cannot read ${file}`);
  }
}

/** From so many bytes on, Node does not read a file at once. */
const LARGE = 2 ** 31 - 1;

function readLarge(file: string, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  const from = fs.openSync(file, "r");
  try {
    for (let done = 0; done < size; ) {
      const read = fs.readSync(from, bytes, done, Math.min(size - done, 2 ** 30), done);
      if (read === 0) throw new Error(`${file} became shorter while it was read`);
      done += read;
    }
    return bytes;
  } finally {
    fs.closeSync(from);
  }
}

const REASONS: Record<string, string> = {
  ENOENT: "there is no such file",
  EACCES: "permission is denied",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is a file, not a folder",
  EISDIR: "it is a folder",
  EEXIST: "a part of the path is a broken link",
};

/** Turns an error of the operating system into an InputError in words; passes any other error on. */
export function systemError(error: unknown, what: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const reason = code && REASONS[code];
  return reason ? new InputError(`${what}: ${reason}.`) : error;
}
