import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import test, { after, before, describe } from "node:test";
import { ROOT } from "../../src/version";
import { temporaryFolder } from "../support";

/** What comes before a case is a failure: a command that hangs, and one that holds on to what it reads. */
const SECONDS_MOST = 60;
const MEGABYTES_MOST = 600;

/** A command line that has to be refused, and what the sentence on stderr has to hold. */
export interface Refusal {
  readonly title: string;
  readonly words: readonly string[];
  readonly parts: readonly (string | RegExp)[];
  /** That it has begun to work when it finds what is wrong: lines of progress come before the sentence. */
  readonly begun?: boolean;
  /** User that runs it, by number; by default the one who tests. */
  readonly uid?: number;
}

/** A folder deep enough that the paths in the cases, which climb at most three, stay in what is watched. */
export function sandbox(): string {
  const folder = path.join(temporaryFolder(), "one", "two", "three");
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

/** Tests that each of the commands, run in `folder`, is refused in a sentence, leaves nothing behind and spoils nothing. */
export function testRefusals(what: string, folder: string, refusals: readonly Refusal[]): void {
  const watched = path.resolve(folder, "../../..");
  let listing: string[];
  describe(what, { concurrency: 2 }, () => {
    before(() => {
      listing = list(watched);
    });
    after(() => assert.deepEqual(list(watched), listing, "no command wrote anything"));
    for (const { title, words, parts, begun = false, uid } of refusals) {
      test(title, async () => {
        const { status, stdout, stderr: said, witnessed } = await run(folder, words, uid);
        assert.equal(status, 2, said.slice(-2000) || "it was stopped: it hung");
        const stderr = begun ? said.slice(said.trimEnd().lastIndexOf("\n") + 1) : said;
        assert.match(stderr, /^\P{C}{1,5000}\.\n$/u, "one sentence on one line, with nothing that steers a terminal");
        assert.doesNotMatch(stderr, /\bat (?:\S+ \()?(?:\/|node:|file:)\S*:\d+:\d+/, "no stack trace");
        for (const part of parts) {
          assert.ok(typeof part === "string" ? stderr.includes(part) : part.test(stderr), `${part} in "${stderr}"`);
        }
        assert.equal(stdout, "");
        const { peakMB, added } = JSON.parse(witnessed);
        assert.deepEqual(added, []);
        assert.ok(peakMB < MEGABYTES_MOST, `${peakMB} MB`);
      });
    }
  });
}

function list(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true }).map(String).sort();
}

async function run(folder: string, words: readonly string[], uid?: number) {
  const witness = path.join(ROOT, "build/test/hostile/witness.js");
  const program = path.join(ROOT, "build/src/cli/main.js");
  const child = spawn(process.execPath, ["--max-old-space-size=512", "--require", witness, program, ...words], {
    cwd: folder,
    env: { ...process.env, DIOS_OUT: folder },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    timeout: 1000 * SECONDS_MOST,
    killSignal: "SIGKILL",
    ...(uid === undefined ? {} : { uid }),
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("exit", resolve);
  });
  const said = [child.stdout, child.stderr, child.stdio[3]].map((stream) => text(stream as NodeJS.ReadableStream));
  const [stdout = "", stderr = "", witnessed = ""] = await Promise.all(said);
  return { status: await ended, stdout, stderr, witnessed };
}
