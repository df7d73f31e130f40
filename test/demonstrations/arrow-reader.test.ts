import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test, { before } from "node:test";
import { crc32 } from "node:zlib";
import { Footer } from "apache-arrow/fb/footer";
import { Message } from "apache-arrow/fb/message";
import { RecordBatch } from "apache-arrow/fb/record-batch";
import { ByteBuffer } from "flatbuffers";
import seedrandom from "seedrandom";
import { CHECKSUM, NO_CHECKSUM, openArrow } from "../../src/demonstrations/arrow-reader";
import { type Demonstrations, generateChunks, provenanceOf } from "../../src/demonstrations/generate";
import { loadDemonstrations, storeDemonstrations, storedProvenance } from "../../src/demonstrations/store";
import { InputError } from "../../src/errors";
import { loadScenario } from "../../src/scenario/load";
import { inputError, temporaryFolder } from "../support";

const folder = temporaryFolder();
const file = path.join(folder, "tried.arrow");

/** Two record batches, of 10 and of 20 rows. */
const request = { scenario: loadScenario("paper"), seed: 1, split: "train" as const, first: 9_990, count: 30 };
let whole: Buffer;
/** The same without a checksum, as files were once written: the structure alone is left to tell what is wrong. */
let unchecked: Buffer;
let expected: Demonstrations;
before(async () => {
  await storeDemonstrations(file, provenanceOf(request), generateChunks(request));
  whole = fs.readFileSync(file);
  unchecked = Buffer.from(whole);
  unchecked.write("dios.none", unchecked.lastIndexOf(CHECKSUM));
  expected = loadDemonstrations(file);
});

/** Where the footer begins. */
const footerAt = (bytes: Buffer) => bytes.length - 10 - bytes.readInt32LE(bytes.length - 10);

const footerIn = (bytes: Buffer) => Footer.getRootAsFooter(new ByteBuffer(bytes.subarray(footerAt(bytes), -10)));

function blocksIn(bytes: Buffer) {
  const footer = footerIn(bytes);
  return Array.from({ length: footer.recordBatchesLength() }, (_, k) => {
    const block = footer.recordBatches(k);
    const [offset, metadata, body] = [block?.offset(), block?.metaDataLength(), block?.bodyLength()].map(Number);
    return {
      offset,
      body: (offset as number) + (metadata as number),
      end: Number(offset) + Number(metadata) + Number(body),
    };
  }) as { offset: number; body: number; end: number }[];
}

function tried(bytes: Uint8Array): Demonstrations {
  fs.writeFileSync(file, bytes);
  return loadDemonstrations(file);
}

/** Loading gives one InputError that names the file, or the very data. */
function assertRefusedOrSame(bytes: Uint8Array, what: string): "refused" | "same" {
  let loaded: Demonstrations;
  try {
    loaded = tried(bytes);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    assert.match(error.message, /tried\.arrow/, what);
    return "refused";
  }
  assert.deepEqual(loaded, expected, what);
  return "same";
}

test("the footer has the CRC-32 of the whole file, with zeros in its place", () => {
  const digits = [...whole.toString("latin1").matchAll(/[0-9a-f]{8}(?=\0)/g)].map(({ index }) => index);
  const right = digits.filter((index) => {
    const zeroed = Buffer.from(whole);
    zeroed.write(NO_CHECKSUM, index);
    return crc32(zeroed) === Number.parseInt(whole.toString("latin1", index, index + 8), 16);
  });
  assert.equal(right.length, 1);
});

test("a file without a checksum, from before there were any, loads", () => {
  assert.deepEqual(tried(unchecked), expected);
});

test("a file that is cut short at any 997th byte, at any boundary and in its footer is refused", () => {
  const boundaries = blocksIn(whole).flatMap(({ offset, body, end }) => [offset, body, end]);
  const lengths = new Set(boundaries.flatMap((at) => [at - 1, at, at + 1]));
  for (let length = 0; length < whole.length; length += 997) lengths.add(length);
  for (let length = footerAt(whole) - 8; length < whole.length; length += 7) lengths.add(length);
  for (let length = whole.length - 20; length < whole.length; length++) lengths.add(length);
  for (const bytes of [whole, unchecked]) {
    for (const length of lengths) {
      fs.writeFileSync(file, bytes.subarray(0, length));
      assert.throws(() => loadDemonstrations(file), inputError("tried.arrow", "generate it again"), `${length}`);
    }
    assert.throws(() => storedProvenance(file), inputError("tried.arrow", "generate it again"));
  }
});

test("a bit that is flipped anywhere before the footer is refused", () => {
  const random = seedrandom.alea("flips");
  const below = footerAt(whole);
  for (let flip = 0; flip < 500; flip++) {
    const bytes = Buffer.from(whole);
    const at = Math.floor(below * random());
    bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(8 * random()));
    fs.writeFileSync(file, bytes);
    assert.throws(() => loadDemonstrations(file), inputError("tried.arrow"), `byte ${at}`);
  }
});

test("a bit that is flipped in any byte of the footer is refused, or has not mattered", () => {
  const outcomes = { refused: 0, same: 0 };
  for (let at = footerAt(whole); at < whole.length; at++) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
    outcomes[assertRefusedOrSame(bytes, `byte ${at}`)]++;
  }
  // What has not mattered are the bytes that say that there is a checksum.
  assert.ok(outcomes.same < 0.02 * outcomes.refused, JSON.stringify(outcomes));
});

test("without a checksum, what is flipped in the structure never ends in another error than an InputError", () => {
  const places = blocksIn(unchecked).flatMap(({ offset, body }) => range(offset, body));
  // All of the footer but the scenario, which has tests of its own.
  const scenario = unchecked.lastIndexOf(JSON.stringify(request.scenario));
  places.push(...range(footerAt(unchecked), scenario));
  places.push(...range(scenario + JSON.stringify(request.scenario).length, unchecked.length));
  for (const at of places) {
    const bytes = Buffer.from(unchecked);
    bytes[at] = (bytes[at] as number) ^ (at % 3 === 0 ? 0xff : 1 << (at % 8));
    fs.writeFileSync(file, bytes);
    try {
      const { provenance, features } = loadDemonstrations(file);
      assert.equal(features.rows, provenance.count);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      assert.match(error.message, /tried\.arrow/);
    }
  }
});

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Writes into a copy of the file without a checksum, at a place of its own. */
function lying(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(unchecked);
  change(bytes);
  return bytes;
}

/** Where a record batch says something: the place of its k-th node or buffer, 16 bytes each. */
function placeIn(bytes: Buffer, batch: number, of: "nodes" | "buffers", k: number): number {
  const { offset, body } = blocksIn(bytes)[batch] as { offset: number; body: number };
  const message = Message.getRootAsMessage(new ByteBuffer(bytes.subarray(offset + 8, body)));
  const found = (message.header(new RecordBatch()) as RecordBatch)[of](k);
  return offset + 8 + (found?.bb_pos as number);
}

const HUGE = 2n ** 32n;

const LIES: Record<string, (bytes: Buffer) => void> = {
  "a footer of 2 GB": (bytes) => bytes.writeInt32LE(2 ** 31 - 1, bytes.length - 10),
  "a footer of a negative length": (bytes) => bytes.writeInt32LE(-100, bytes.length - 10),
  "a batch beyond the end of the file": (bytes) => bytes.writeBigInt64LE(HUGE, placeOfBlock(bytes, 1)),
  "a batch at a negative place": (bytes) => bytes.writeBigInt64LE(-8n, placeOfBlock(bytes, 0)),
  "a batch of 4 GB": (bytes) => bytes.writeBigInt64LE(HUGE, placeOfBlock(bytes, 1) + 16),
  "metadata of 2 GB": (bytes) => bytes.writeInt32LE(2 ** 31 - 8, placeOfBlock(bytes, 1) + 8),
  "two batches at one place": (bytes) =>
    bytes.copy(bytes, placeOfBlock(bytes, 1), placeOfBlock(bytes, 0), placeOfBlock(bytes, 0) + 24),
  "two billion batches": (bytes) => bytes.writeInt32LE(2 ** 31 - 1, placeOfBlock(bytes, 0) - 4),
  "a column of 4 billion rows": (bytes) => bytes.writeBigInt64LE(HUGE, placeIn(bytes, 0, "nodes", 0)),
  nulls: (bytes) => bytes.writeBigInt64LE(1n, placeIn(bytes, 0, "nodes", 0) + 8),
  "a buffer beyond its batch": (bytes) => bytes.writeBigInt64LE(HUGE, placeIn(bytes, 0, "buffers", 2)),
  "a buffer at a negative place": (bytes) => bytes.writeBigInt64LE(-64n, placeIn(bytes, 0, "buffers", 2)),
  "a buffer of 4 GB": (bytes) => bytes.writeBigInt64LE(HUGE, placeIn(bytes, 0, "buffers", 2) + 8),
  "a buffer that is too short": (bytes) => bytes.writeBigInt64LE(8n, placeIn(bytes, 0, "buffers", 2) + 8),
  "two columns in one place": (bytes) => bytes.writeBigInt64LE(0n, placeIn(bytes, 0, "buffers", 5)),
};

function placeOfBlock(bytes: Buffer, k: number): number {
  return footerAt(bytes) + (footerIn(bytes).recordBatches(k)?.bb_pos as number);
}

for (const [lie, tell] of Object.entries(LIES)) {
  test(`a file that claims ${lie} is refused`, () => {
    fs.writeFileSync(file, lying(tell));
    assert.throws(() => loadDemonstrations(file), inputError("tried.arrow", "generate it again"));
    assert.throws(() => openArrow(file), inputError("tried.arrow", "generate it again"));
  });
}

test("claims of gigabytes take no memory", { skip: process.platform !== "linux" }, () => {
  const lies = Object.values(LIES).map((tell, index) => {
    const name = path.join(folder, `lie-${index}.arrow`);
    fs.writeFileSync(name, lying(tell));
    return name;
  });
  const script = `
    const { loadDemonstrations } = require(${JSON.stringify(require.resolve("../../src/demonstrations/store"))});
    const peak = () => 1024 * Number(/VmHWM:\\s*(\\d+)/.exec(require("node:fs").readFileSync("/proc/self/status", "utf8"))[1]);
    const before = peak();
    const refused = ${JSON.stringify(lies)}.filter((file) => {
      try { loadDemonstrations(file); } catch (error) { return error.name === "InputError"; }
    });
    console.log(JSON.stringify([refused.length, peak() - before]));`;
  const told = execFileSync(process.execPath, ["--max-old-space-size=64", "-e", script], { encoding: "utf8" });
  const [refused, grown] = JSON.parse(told);
  assert.equal(refused, lies.length);
  assert.ok(grown < 50e6, `${grown} bytes`);
});

test("a pipe and a folder are refused and not waited for", { skip: process.platform === "win32" }, () => {
  const pipe = path.join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  assert.throws(() => loadDemonstrations(pipe), inputError(pipe, "allowed: a file"));
  assert.throws(() => storedProvenance(folder), inputError(folder, "it is a folder"));
});
