import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import seedrandom from "seedrandom";
import { readKeptAbout, sealed, writeFile } from "../../src/files";
import { loadModel } from "../../src/learning/model";
import { temporaryFolder } from "../support";
import { assertSame, CALIBRATE, type Command, contents, dios, finish } from "./processes";

const folder = temporaryFolder();
const space = path.join(folder, "space.json");
fs.writeFileSync(
  space,
  JSON.stringify({ space: { width: [8] }, options: { epochs: 3, batch: 64, demonstrations: 500 } }),
);
const random = seedrandom.alea("damage");

/** A copy without its second half. */
const cutShort = (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1);

/** A copy with one bit flipped. */
function flipped(bytes: Buffer, place = Math.floor(random() * bytes.length)): Buffer {
  const copy = Buffer.from(bytes);
  copy[place] = (copy[place] as number) ^ (1 << Math.floor(random() * 8));
  return copy;
}

const CASES: readonly { readonly command: Command; readonly files: readonly string[] }[] = [
  {
    command: dios("train", "--count", "500", "--name", "net", "--hidden", "8", "--epochs", "3"),
    files: ["net/dios.json", "net/weights.bin"],
  },
  { command: dios("sweep", space, "--count", "500", "--workers", "1"), files: ["runs/space/1/run.json"] },
  { command: CALIBRATE, files: ["search.json"] },
];

describe("a file that is cut short or has a bit flipped is named in a sentence and made anew, with its old bytes", {
  concurrency: 2,
}, () => {
  for (const [index, { command, files }] of CASES.entries()) {
    test(files.join(", "), async () => {
      const out = path.join(folder, `out ${index}`);
      await finish(command, out);
      const whole = contents(out);
      for (const file of files) {
        const name = [...whole.keys()].find((one) => one.endsWith(file)) as string;
        const bytes = whole.get(name) as Buffer;
        // In the middle of the file, where a checksum is not.
        for (const damaged of [cutShort(bytes), flipped(bytes, bytes.length >> 2)]) {
          fs.writeFileSync(path.join(out, name), damaged);
          const said = await finish(command, out);
          const line = said.split("\n").find((one) => one.includes(file));
          assert.match(line ?? said, /\. It is made anew\.$/);
          assertSame(out, whole);
        }
      }
    });
  }
});

test("any one bit flipped in a model's files is found, or changes nothing that is read", async () => {
  const out = path.join(folder, "model");
  await finish(dios("train", "--count", "500", "--name", "net", "--hidden", "8", "--epochs", "2"), out);
  const model = path.dirname([...contents(out).keys()].find((one) => one.endsWith("net/dios.json")) as string);
  const place = path.join(out, model);
  const whole = loadModel(place);
  for (const file of ["dios.json", "weights.bin"]) {
    const bytes = fs.readFileSync(path.join(place, file));
    let found = 0;
    for (let time = 0; time < 200; time++) {
      fs.writeFileSync(path.join(place, file), flipped(bytes));
      try {
        assert.deepEqual(loadModel(place), whole);
      } catch (error) {
        assert.equal((error as Error).name, "InputError", String(error));
        found++;
      }
    }
    fs.writeFileSync(path.join(place, file), bytes);
    assert.ok(found > 100, `${found} of 200 found`);
  }
});

test("a damaged checkpoint is named and not used, and the training ends with the same bytes", async () => {
  const command = dios("train", "--count", "500", "--name", "net", "--hidden", "8", "--epochs", "3");
  const out = path.join(folder, "checkpoint");
  await finish(command, out);
  const whole = contents(out);
  const model = [...whole.keys()].find((one) => one.endsWith("net/dios.json")) as string;
  const place = path.join(out, path.dirname(model));
  for (const damaged of ["", "0123\n{}", "a".repeat(64)]) {
    fs.rmSync(place, { recursive: true });
    fs.writeFileSync(`${place}.checkpoint`, damaged);
    assert.match(
      await finish(command, out),
      /net\.checkpoint is cut short or has changed since it was written\. It is not used\.\n/,
    );
    assertSame(out, whole);
  }
});

test("what a notebook keeps is read back when it is whole and about the same, and else made anew", () => {
  const file = path.join(folder, "kept.json");
  const about = { seed: 1, counts: [1, 2] };
  writeFile(file, sealed({ about, rows: [0.1, 1e-7] }));
  assert.deepEqual(readKeptAbout(file, about), { about, rows: [0.1, 1e-7] });
  assert.equal(readKeptAbout(file, { ...about, seed: 2 }), undefined);
  const text = fs.readFileSync(file, "utf8");
  for (const damaged of [text.replace("0.1", "0.2"), text.slice(0, -20), "null", ""]) {
    fs.writeFileSync(file, damaged);
    assert.equal(readKeptAbout(file, about), undefined);
  }
});
