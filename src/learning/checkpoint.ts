import fs from "node:fs";
import { writeFile } from "../files";

/** The state of a training: what identifies it and where it is as plain JSON, and its arrays as bytes. */
export interface Checkpoint<About> {
  readonly about: About;
  readonly bytes: ArrayBuffer;
}

/** Writes a checkpoint: a line of JSON, then the arrays one after another. Written aside and renamed. */
export function saveCheckpoint(
  file: string,
  about: object,
  arrays: readonly (Float32Array | Uint32Array | Uint8Array)[],
): void {
  const header = Buffer.from(`${JSON.stringify(about)}\n`);
  const bodies = arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
  writeFile(file, Buffer.concat([header, ...bodies]));
}

/** Reads a checkpoint; undefined when there is none or none that can be read. */
export function loadCheckpoint<About>(file: string): Checkpoint<About> | undefined {
  if (!fs.existsSync(file)) return undefined;
  const content = fs.readFileSync(file);
  const end = content.indexOf("\n");
  try {
    const about = JSON.parse(content.subarray(0, Math.max(end, 0)).toString()) as About;
    // A copy, so that arrays of four bytes a number are aligned in it.
    return { about, bytes: Uint8Array.from(content.subarray(end + 1)).buffer };
  } catch {
    return undefined;
  }
}
