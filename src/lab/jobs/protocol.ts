import type { Readable } from "node:stream";
import type { Job } from "./job";

/**
 * How a process is asked to do jobs. On its standard input it gets a Request a line, as JSON; on its standard output it gives Answers: a
 * line of JSON each, and after it, one behind the other, the bytes of the files that the line lists.
 */
export interface Request {
  readonly id: number;
  readonly job: Job;
  /** The folder to put files into; without it they are put somewhere of the process's own and their content is in the answer. */
  readonly out?: string;
}

/** An answer to the request `id`. */
export interface Answer {
  readonly id?: number;
  /** Paths below the folder of the request, and sizes in bytes, of the files whose content follows. */
  readonly files?: readonly (readonly [name: string, size: number])[];
  /** What the job came to besides files. */
  readonly value?: unknown;
  /** The share of the job that is done; the answer proper is still to come. */
  readonly share?: number;
  /** Why the job could not be done. */
  readonly error?: string;
  /** Whether that is something the user gave. */
  readonly input?: boolean;
  /** Said before all others, by whoever does the jobs. */
  readonly version?: string;
  readonly code?: string;
  /** Something to tell the user. */
  readonly notice?: string;
  /** Why no job will be done any more. */
  readonly fatal?: string;
}

/** The answers that come out of a process, with the content of their files. Ends with the stream. */
export async function* answersOf(stream: Readable): AsyncGenerator<Answer & { readonly contents: readonly Buffer[] }> {
  let kept: Buffer[] = [];
  let size = 0;
  const source = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const more = async () => {
    const { value, done } = await source.next();
    if (done) return false;
    kept.push(value);
    size += value.length;
    return true;
  };
  const take = (count: number) => {
    const all = Buffer.concat(kept, size);
    kept = [all.subarray(count)];
    size -= count;
    return all.subarray(0, count);
  };
  for (;;) {
    let end = -1;
    while (end < 0) {
      // Only what came last can hold the end of the line.
      const last = kept.at(-1)?.indexOf(10) ?? -1;
      if (last >= 0) end = size - (kept.at(-1) as Buffer).length + last;
      else if (!(await more())) return;
    }
    const answer = JSON.parse(take(end + 1).toString()) as Answer;
    const contents: Buffer[] = [];
    for (const [, length] of answer.files ?? []) {
      while (size < length) if (!(await more())) return;
      contents.push(take(length));
    }
    yield { ...answer, contents };
  }
}
