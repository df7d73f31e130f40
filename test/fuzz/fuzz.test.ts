import assert from "node:assert/strict";
import test from "node:test";
import { faultOf, inputOf, withReaders } from "./fuzz";

test("every reader uses its whole files and takes a handful of broken ones", () =>
  withReaders(async (readers, folder) => {
    for (const [name, reader] of Object.entries(readers)) {
      for (const seed of reader.seeds) await reader.use(seed, folder);
      for (let k = 0; k < 25; k++) {
        const input = inputOf(reader, name, 0, k);
        assert.deepEqual(input, inputOf(reader, name, 0, k), "an input can be made again");
        assert.equal(await faultOf(reader, input, folder), undefined, `${name} ${k}`);
      }
    }
  }));

test("what is not an InputError of one sentence is a fault", async () => {
  const reader = { seeds: [], mutate: () => Buffer.alloc(0) };
  const thrown = (error: unknown) => faultOf({ ...reader, use: () => Promise.reject(error) }, Buffer.alloc(0), "");
  assert.match((await thrown(new TypeError("x is undefined"))) as string, /TypeError: x is undefined/);
  const { InputError } = await import("../../src/errors");
  assert.match((await thrown(new InputError("no full stop"))) as string, /not one sentence/);
  assert.equal(await thrown(new InputError("x is 1; allowed: 2.")), undefined);
});
