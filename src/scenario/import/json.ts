import type { Static, TSchema } from "@sinclair/typebox";
import { InputError } from "../../errors";
import { firstProblem } from "../explain";

/** Parses the JSON text of a file; an InputError names the file when it is none. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file} is not valid JSON (${(error as Error).message.replaceAll(/\s+/g, " ")}).`);
  }
}

/** The content of a file, if it is as the schema says; else an InputError names the file and the first field that is not. */
export function checked<Schema extends TSchema>(schema: Schema, content: unknown, file: string): Static<Schema> {
  const problem = firstProblem(schema, content);
  if (problem) throw new InputError(`${file}: ${problem}`);
  return content as Static<Schema>;
}
