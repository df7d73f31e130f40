import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { InputError } from "../../errors";
import { readFile } from "../../files";
import { VERSION } from "../../version";
import { codeDigest } from "./code";
import { perform } from "./job";
import type { Answer, Request } from "./protocol";

/** Does the jobs that it is asked for on standard input (see protocol.ts), one after another, until that ends. */
export async function serveJobs(): Promise<void> {
  const toAnswers = process.stdout.write.bind(process.stdout);
  // Whatever else is written to standard output would be taken for an answer.
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
  const answer = (line: Answer, contents: readonly Buffer[] = []) => {
    toAnswers(`${JSON.stringify(line)}\n`);
    for (const content of contents) toAnswers(content);
  };
  let scratch: string | undefined;
  const ownFolder = () => {
    scratch ??= fs.mkdtempSync(path.join(os.tmpdir(), "dios-worker-"));
    return scratch;
  };
  process.once("exit", () => scratch && fs.rmSync(scratch, { recursive: true, force: true }));
  const lines = createInterface({ input: process.stdin });
  // Who asked is gone; what is under way would be for nobody.
  lines.once("close", () => process.exit());

  const { signal } = new AbortController();
  answer({ version: VERSION, code: codeDigest() });
  for await (const line of lines) {
    const { id, job, out } = JSON.parse(line) as Request;
    try {
      const folder = out ?? ownFolder();
      let told = 0;
      const onProgress = (share: number) => {
        const now = performance.now();
        if (now - told < 500) return;
        told = now;
        answer({ id, share });
      };
      const { files, value } = await perform(job, folder, { signal, onProgress });
      if (out !== undefined) {
        answer({ id, value, files: [] });
      } else {
        const contents = files.map((file) => readFile(path.join(folder, file)));
        const listed = files.map((file, i) => [file.replaceAll(path.sep, "/"), contents[i]?.length as number] as const);
        answer({ id, value, files: listed }, contents);
        for (const file of files) fs.rmSync(path.join(folder, file));
      }
    } catch (error) {
      const input = error instanceof InputError;
      answer({ id, error: error instanceof Error ? error.message : String(error), input });
    }
  }
}
