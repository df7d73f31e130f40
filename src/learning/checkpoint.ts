import fs from "node:fs";
import type { TSchema } from "@sinclair/typebox";
import { InputError } from "../errors";
import { parseJson, readFile, sha256, writeFile } from "../files";
import { checked } from "../scenario/explain";

/** The state of a training: what identifies it and where it is as plain JSON, and its arrays as bytes. */
export interface Checkpoint<About> {
  readonly about: About;
  readonly bytes: ArrayBuffer;
}

/** Writes a checkpoint: the SHA-256 of what follows, a line of JSON, then the arrays one after another. Written aside and renamed. */
export function saveCheckpoint(
  file: string,
  about: object,
  arrays: readonly (Float32Array | Uint32Array | Uint8Array)[],
): void {
  const bodies = arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(about)}\n`), ...bodies]);
  writeFile(file, Buffer.concat([Buffer.from(`${sha256(content)}\n`), content]));
}

/** Bytes of a SHA-256 in hexadecimal digits, and the end of its line. */
const SUM_BYTES = 65;

/** Reads a checkpoint about which the schema is right; undefined when there is none, or it is damaged, which is said. */
export function loadCheckpoint<About>(file: string, schema: TSchema): Checkpoint<About> | undefined {
  if (!fs.existsSync(file)) return undefined;
  try {
    const whole = readFile(file);
    const content = whole.subarray(SUM_BYTES);
    if (whole.subarray(0, SUM_BYTES).toString() !== `${sha256(content)}\n`) {
      throw new InputError(`${file} is cut short or has changed since it was written.`);
    }
    const end = content.indexOf("\n");
    const header = parseJson(content.subarray(0, Math.max(end, 0)).toString(), file);
    const about = checked(schema, header, file) as About;
    // A copy, so that arrays of four bytes a number are aligned in it.
    return { about, bytes: Uint8Array.from(content.subarray(end + 1)).buffer };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`${error.message} It is not used.\n`);
    return undefined;
  }
}
