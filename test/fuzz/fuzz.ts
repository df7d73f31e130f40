import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import seedrandom from "seedrandom";
import { InputError } from "../../src/errors";
import { type Reader, readersIn } from "./readers";

/** Input k of a reader depends on (seed, name, k) alone, so that it can be made again. */
export function inputOf(reader: Reader, name: string, seed: number, k: number): Buffer {
  return reader.mutate(seedrandom.alea(`${seed}/${name}/${k}`));
}

/**
 * What is wrong with how a reader takes an input, in words; undefined when it gives something that can be used or refuses it with an
 * InputError of one sentence.
 */
export async function faultOf(reader: Reader, input: Buffer, folder: string): Promise<string | undefined> {
  const names = sharedNames();
  try {
    await reader.use(input, folder);
  } catch (error) {
    if (!(error instanceof InputError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (!/^\P{C}{1,5000}\.$/u.test(error.message)) return `not one sentence: ${error.message}`;
  }
  return sharedNames() === names ? undefined : "a prototype has changed";
}

function sharedNames(): number {
  return [Object, Array, Function].reduce((sum, { prototype }) => sum + Reflect.ownKeys(prototype).length, 0);
}

/** Runs `work` with all readers and a folder of its own, which is removed afterwards. */
export async function withReaders<T>(
  work: (readers: Record<string, Reader>, folder: string) => Promise<T>,
): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-fuzz-"));
  const own = path.join(folder, "fuzzed");
  fs.mkdirSync(own);
  try {
    return await work(await readersIn(folder), own);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
