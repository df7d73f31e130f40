/**
 * What a user gave cannot be used: a scenario, a data file, an option, a cell's argument. The message is one sentence
 * that names the field and what is allowed; the command line prints it without a stack trace and exits with code 2.
 */
export class InputError extends Error {
  override name = "InputError";
}

/** Throws an InputError unless `value` is a whole number from `least` to `most`. */
export function requireInteger(field: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new InputError(`${field} is ${String(value)}; allowed: a whole number from ${least} to ${most}.`);
  }
}
