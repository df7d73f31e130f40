import assert from "node:assert/strict";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import { answersOf } from "../../../src/lab/jobs/protocol";

/** Three answers as a process gives them; the first file has a line's end and the beginning of an answer in it, the second nothing. */
const one = Buffer.from('\n{"id":9}\n\0\xff', "latin1");
const STREAM = Buffer.concat([
  Buffer.from('{"version":"1","code":"ab"}\n{"id":0,"files":[["a.bin",12],["empty",0],["b",1]],"value":"ä"}\n'),
  one,
  Buffer.from("x"),
  Buffer.from('{"id":1,"error":"cannot","input":true}\n'),
]);
const ANSWERS = [
  { version: "1", code: "ab", contents: [] },
  {
    id: 0,
    files: [
      ["a.bin", 12],
      ["empty", 0],
      ["b", 1],
    ],
    value: "ä",
    contents: [one, Buffer.alloc(0), Buffer.from("x")],
  },
  { id: 1, error: "cannot", input: true, contents: [] },
];

async function read(chunks: readonly Buffer[]): Promise<object[]> {
  const found: object[] = [];
  for await (const answer of answersOf(Readable.from(chunks))) found.push(answer);
  return found;
}

test("answers and their files are the same wherever the stream is cut in two, and cut into single bytes", async () => {
  assert.equal(one.length, 12);
  assert.deepEqual(await read([STREAM]), ANSWERS);
  for (let at = 1; at < STREAM.length; at++) {
    assert.deepEqual(await read([STREAM.subarray(0, at), STREAM.subarray(at)]), ANSWERS, `cut at ${at}`);
  }
  assert.deepEqual(await read(Array.from(STREAM, (_, at) => STREAM.subarray(at, at + 1))), ANSWERS);
});

test("a stream that ends in the middle of an answer or of a file gives the answers before it", async () => {
  const second = STREAM.indexOf("\n") + 1;
  const third = STREAM.length - '{"id":1,"error":"cannot","input":true}\n'.length;
  for (let end = 0; end < STREAM.length; end++) {
    const whole = end < second ? 0 : end < third ? 1 : 2;
    assert.deepEqual(await read([STREAM.subarray(0, end)]), ANSWERS.slice(0, whole), `cut off at ${end}`);
  }
});

test("an answer comes out before the next one is there", async () => {
  const stream = new PassThrough();
  const answers = answersOf(stream);
  stream.write('{"id":0,"share":0.5}\n');
  assert.deepEqual((await answers.next()).value, { id: 0, share: 0.5, contents: [] });
  stream.end('{"id":0,"files":[]}\n');
  assert.deepEqual((await answers.next()).value, { id: 0, files: [], contents: [] });
  assert.equal((await answers.next()).done, true);
});

test("a file of 32 MB in chunks of 64 KB is put together", async () => {
  const chunk = Buffer.alloc(65_536, 7);
  const head = Buffer.from(`{"id":0,"files":[["big",${512 * chunk.length}]]}\n`);
  const [answer] = (await read([head, ...new Array<Buffer>(512).fill(chunk)])) as { contents: Buffer[] }[];
  assert.equal(answer?.contents[0]?.length, 512 * chunk.length);
  assert.ok(answer.contents[0]?.every((byte) => byte === 7));
});
