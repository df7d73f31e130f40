import type { Command } from "commander";
import { InputError } from "../errors";

/** The most characters of what was typed that a message repeats. */
const REPEATED = 200;

/** What commander says about a wrong command line, in the form of all messages: one sentence with what is allowed. */
export function usageError(text: string, program: Command): string {
  const command = program.commands.find((candidate) => candidate.name() === process.argv[2]);
  const [, said = "", hint] = /^(?:error: )?([\s\S]*?)\.?(?:\n\((Did you mean [\s\S]*\?)\))?\s*$/.exec(text) ?? [];
  const [what = "", given] = said.split(/\. Allowed(?: choices are|:) /);
  const short = what.length > REPEATED ? `${what.slice(0, REPEATED - 50)}...${what.slice(-50)}` : what;
  const aside = hint ? ` (${hint.replace("Did", "did")})` : "";
  return `${new InputError(`${short}${aside}; allowed: ${given ?? alternatives(what, command, program)}.`).message}\n`;
}

function alternatives(what: string, command: Command | undefined, program: Command): string {
  if (what.startsWith("unknown command")) return program.commands.map((known) => known.name()).join(", ");
  if (what.startsWith("unknown option")) {
    return [...(command ?? program).options.map(({ long }) => long), "--help"].join(", ");
  }
  return `what "dios ${command ? `${command.name()} ` : ""}--help" says`;
}
