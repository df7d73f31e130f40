import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import zlib from "node:zlib";
import { InputError } from "./errors";

/**
 * Calls `write` with the name of a file beside `file` and renames that over `file` when it is done, so that a reader, or
 * a run that is killed, never sees half a file and a failure loses nothing. Makes the folder when it is missing.
 */
export async function moveIntoPlace(file: string, write: (aside: string) => Promise<void>): Promise<void> {
  const aside = openAside(file);
  try {
    makeFolder(path.dirname(file));
    removeLeftovers(file);
    await write(aside);
    fs.renameSync(aside, file);
  } catch (error) {
    throw systemError(error, `cannot write ${file}`);
  } finally {
    closeAside(aside);
  }
}

/** Writes a whole file aside and renames it into place; makes the folder when it is missing. */
export function writeFile(file: string, content: string | Uint8Array): void {
  const aside = openAside(file);
  try {
    makeFolder(path.dirname(file));
    removeLeftovers(file);
    fs.writeFileSync(aside, content);
    fs.renameSync(aside, file);
  } catch (error) {
    throw systemError(error, `cannot write ${file}`);
  } finally {
    closeAside(aside);
  }
}

/** Writes a folder of files, by their names, aside and renames it into place; a folder that is there is replaced. */
export function writeFolder(folder: string, files: { readonly [name: string]: string | Uint8Array }): void {
  const aside = openAside(folder);
  const old = openAside(folder);
  try {
    makeFolder(path.dirname(folder));
    removeLeftovers(folder);
    makeFolder(aside);
    for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(aside, name), content);
    // A folder cannot be renamed over one that holds files, and another process may put one there at any moment.
    while (!isRenamed(aside, folder, ["ENOTEMPTY", "EEXIST", "EPERM"])) {
      if (isRenamed(folder, old, ["ENOENT"])) fs.rmSync(old, { recursive: true });
    }
  } catch (error) {
    throw systemError(error, `cannot write the folder ${folder}`);
  } finally {
    closeAside(aside);
    closeAside(old);
  }
}

/** Renames a folder; false when that fails with one of these codes. */
function isRenamed(from: string, to: string, failures: readonly string[]): boolean {
  try {
    fs.renameSync(from, to);
    return true;
  } catch (error) {
    if (failures.includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
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

/** This machine, as it stands in the names of files that are written aside. */
const HOST = os.hostname().replaceAll(/[^A-Za-z0-9-]/g, "-");

/** What this process writes aside now. */
const asides = new Set<string>();
process.once("exit", () => asides.forEach(closeAside));

/** A name beside `file` that no other writer has, on this machine or another that has the folder too. */
function openAside(file: string): string {
  const stem = `${path.resolve(file)}.${HOST}.${process.pid}`;
  let number = 0;
  while (asides.has(`${stem}.${number}.tmp`)) number++;
  const aside = `${stem}.${number}.tmp`;
  asides.add(aside);
  return aside;
}

/** Removes what a writer that failed has left aside. */
function closeAside(aside: string): void {
  asides.delete(aside);
  try {
    fs.rmSync(aside, { recursive: true, force: true });
  } catch {
    // The writer says what is wrong.
  }
}

/** Removes what processes of this machine that were killed have left beside a file. */
function removeLeftovers(file: string): void {
  const folder = path.dirname(path.resolve(file));
  const stem = `${path.basename(file)}.${HOST}.`;
  for (const name of fs.readdirSync(folder)) {
    const [, pid] = (name.startsWith(stem) && /^(\d+)\.\d+\.tmp$/.exec(name.slice(stem.length))) || [];
    if (pid === undefined || isAlive(Number(pid), path.join(folder, name))) continue;
    fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

/** Whether a process is there that writes this. In a container a process has the number of the one before it. */
function isAlive(pid: number, aside: string): boolean {
  if (pid === process.pid) return asides.has(aside);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Reads and parses a JSON file; an InputError says when it is missing or not JSON. */
export function readJson(file: string): unknown {
  return parseJson(readText(file), file);
}

/** More brackets within each other than any file has; what looks through a value may call itself for each. */
const DEEPEST = 200;

/**
 * Parses the JSON text of a file. An InputError names the file when it is none, and also when it is nested too deeply or says the same
 * thing twice, of which one would be lost.
 */
export function parseJson(text: string, file: string): unknown {
  const lineAt = (place: number) => text.slice(0, place).split("\n").length;
  // The keys of each object that is open; undefined for a list.
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "{" || character === "[") {
      if (open.push(character === "{" ? new Set() : undefined) > DEEPEST) {
        throw new InputError(`${file}, line ${lineAt(i)}, is nested too deeply; allowed: ${DEEPEST} levels.`);
      }
    } else if (character === "}" || character === "]") {
      open.pop();
    } else if (character === '"') {
      const start = i + 1;
      i = endOfString(text, start);
      const key = text.slice(start, i);
      const keys = open.at(-1);
      if (keys && isKey(text, i + 1)) {
        if (keys.has(key)) {
          const told = JSON.stringify(key.slice(0, 60));
          throw new InputError(`${file}, line ${lineAt(i)}, has ${told} twice; allowed: each name once in an object.`);
        }
        keys.add(key);
      }
    }
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file} is not valid JSON (${(error as Error).message.replaceAll(/\s+/g, " ")}).`);
  }
}

/** Where the quotation mark is that ends a string; the end of the text when there is none. */
function endOfString(text: string, start: number): number {
  let end = start;
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end;
}

function isKey(text: string, after: number): boolean {
  let place = after;
  while (" \t\r\n".includes(text[place] ?? ":")) place++;
  return text[place] === ":";
}

/** A value as JSON with a checksum, by which readSealed knows that it has not changed since. */
export function sealed(value: object): string {
  return `${JSON.stringify({ ...value, sha256: sha256(JSON.stringify(value)) }, null, 2)}\n`;
}

/** Reads what was written `sealed`; an InputError says when it is missing or damaged. */
export function readSealed(file: string): object {
  const { sha256: sum, ...value } = Object(readJson(file)) as { sha256?: string };
  // Files from before there were checksums have none.
  if (sum !== undefined && sum !== sha256(JSON.stringify(value))) {
    throw new InputError(`${file} has changed since it was written.`);
  }
  return value;
}

/** Reads what was written `sealed`, by this program and for itself; undefined when there is none, or it is damaged, which is said. */
export function readKept(file: string): object | undefined {
  if (!fs.existsSync(file)) return undefined;
  try {
    return readSealed(file);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`${error.message} It is made anew.\n`);
    return undefined;
  }
}

/** What a file keeps (see readKept) that was made with the same `about`, which is in it under this name. */
export function readKeptAbout<Kept extends object>(file: string, about: object): Kept | undefined {
  const kept = readKept(file) as (Kept & { about: object }) | undefined;
  return isDeepStrictEqual(kept?.about, JSON.parse(JSON.stringify(about))) ? kept : undefined;
}

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The CRC-32 of bytes that come behind others, whose CRC-32 is `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  // When it is first wanted: most processes never do, and it takes some milliseconds.
  quickestCrc32 ??= quickCrc32() ?? zlib.crc32;
  return quickestCrc32(bytes, before);
}

let quickestCrc32: typeof crc32 | undefined;

/** That of a package in compiled code, three times as fast as Node's; undefined on a machine that it has none for. */
function quickCrc32(): typeof crc32 | undefined {
  try {
    return require("@node-rs/crc32").crc32;
  } catch {
    return undefined;
  }
}

/** The most bytes of a file of text: ten times what the longest trace takes. */
const TEXT_MOST = 16 * 2 ** 20;

/** Reads a file of text in UTF-8, without the byte-order mark that some editors put in front; an InputError says when that cannot be done. */
export function readText(file: string): string {
  const bytes = readFile(file, TEXT_MOST);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${file} is not text in UTF-8; allowed: a file of text in that encoding.`);
  }
}

/** Reads a file of at most so many bytes; an InputError says when that cannot be done. */
export function readFile(file: string, most = Number.POSITIVE_INFINITY): Buffer {
  try {
    const status = fs.statSync(file);
    // A pipe may never end, and a device never does.
    if (!status.isFile() && !status.isDirectory()) {
      throw new InputError(`cannot read ${file}: it is a device, a pipe or a socket; allowed: a file.`);
    }
    if (status.size > most) {
      throw new InputError(`${file} has ${status.size} bytes; allowed: at most ${most} bytes.`);
    }
    return status.size < LARGE ? fs.readFileSync(file) : readLarge(file, status.size);
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
  EDQUOT: "the quota of disk space is used up",
  ENOTDIR: "a part of the path is a file, not a folder",
  EISDIR: "it is a folder",
  EEXIST: "a part of the path is a broken link",
  ELOOP: "a part of the path is a link to itself",
  ENAMETOOLONG: "the name is too long",
  ERR_INVALID_ARG_VALUE: "the name has a null byte",
  ERR_FS_FILE_TOO_LARGE: "it is too large",
  EIO: "the disk has a fault",
  EBUSY: "another program uses it",
};

/** Turns an error of the operating system into an InputError in words; passes any other error on. */
export function systemError(error: unknown, what: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const reason = code && REASONS[code];
  return reason ? new InputError(`${what}: ${reason}.`) : error;
}
