import { root } from "./paths.mjs";

/** A set-up step that failed: what happened, what its tool said, and what to do. */
export class Failure extends Error {
  constructor(message, { output = "", remedy = remedyFor(output), log } = {}) {
    super(message);
    this.lines = tellingLines(output);
    this.remedy = remedy;
    this.log = log;
  }
}

const remedies = [
  [
    /ENOSPC|no space left|disk quota exceeded|not enough space/i,
    `The disk is full. The set-up needs about 3 GB below ${root}: free some, then run the command again.`,
  ],
  [
    /EACCES|EPERM|EROFS|permission denied|read-only file system/i,
    `A file cannot be written. Give yourself the right to write below ${root} and to the folder named above.`,
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|name resolution|new connection|timed out|no matching distribution/i,
    "The package registry was not reached. Check the network and the proxy (HTTPS_PROXY), or name your mirror " +
      "(`npm config set registry`, `pip config set global.index-url`), then run the command again.",
  ],
  [
    /not found: make|make: not found|g\+\+|c\+\+: not found|no xcode|xcode-select|could not find any visual studio/i,
    "A C++ compiler and make are needed: `apt install g++ make` on Debian and Ubuntu, `dnf install gcc-c++ make` on " +
      "Fedora, `xcode-select --install` on macOS.",
  ],
  [
    /`npm ci` can only install/,
    "package.json was changed without its lock file: run `npm install --package-lock-only --ignore-scripts`, then the command again.",
  ],
  [/error TS\d+/, "The TypeScript sources do not compile: mend the lines named above, then run the command again."],
];

/** What to do about a tool's output, in words. */
export function remedyFor(output) {
  const known = remedies.find(([pattern]) => pattern.test(output));
  return known ? known[1] : "Run the command again; finished steps are kept. If it fails again, read the log.";
}

/** The few lines of a tool's output that tell what went wrong: the first that say "error", else the last ones. */
export function tellingLines(output) {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() && !noise.test(line));
  const errors = lines.filter((line) => /error|err!|fatal|failed|not found|no space|denied/i.test(line));
  const telling = errors.length > 0 ? errors.slice(0, 8) : lines.slice(-8);
  return telling.map((line) => (line.length > 200 ? `${line.slice(0, 200)}…` : line));
}

const noise =
  /complete log of this run|Failed to execute '|^WARNING: Location|^npm (error|ERR!)\s*$|ERR! (stack +at|command|cwd|System|node|not ok|\$npm)/;
