/**
 * What a user gave cannot be used: a scenario, a data file, an option, a cell's argument. The message is one sentence
 * that names the field and what is allowed; the command line prints it without a stack trace and exits with code 2.
 */
export class InputError extends Error {
  override name = "InputError";

  /** A name or a value in the message may hold anything: what would break the line or steer a terminal is written as \u{1b}. */
  constructor(message: string) {
    super(message.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`));
  }
}

/** Throws an InputError unless `value` is a whole number from `least` to `most`. */
export function requireInteger(field: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new InputError(`${field} is ${show(value)}; allowed: a whole number from ${least} to ${most}.`);
  }
}

/** A value in a message: at most 60 characters of its JSON. */
export function show(value: unknown): string {
  const text = typeof value === "object" || typeof value === "string" ? jsonOf(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "nested too deeply";
  }
}

/** What `read` gives; the InputErrors that it throws begin with the name of the file that it reads, or of whatever else is wrong. */
export function within<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${file}: ${error.message}`) : error;
  }
}
