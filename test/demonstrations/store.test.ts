import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import test, { before } from "node:test";
import { Int8, Schema, Table, tableFromIPC, tableToIPC, vectorFromArray } from "apache-arrow";
import { type Demonstrations, generate, generateChunks, provenanceOf } from "../../src/demonstrations/generate";
import type { Split } from "../../src/demonstrations/split";
import { loadDemonstrations, storeDemonstrations, storedProvenance, writeCsv } from "../../src/demonstrations/store";
import { loadScenario } from "../../src/scenario/load";
import { inputError, temporaryFolder } from "../support";

const folder = temporaryFolder();
const inFolder = (name: string) => path.join(folder, name);

function requestOf(preset = "paper", count = 50) {
  return { scenario: loadScenario(preset), seed: 1, split: "train" as Split, count };
}

async function store(name: string, request = requestOf()): Promise<string> {
  await storeDemonstrations(inFolder(name), provenanceOf(request), generateChunks(request));
  return inFolder(name);
}

let stored: string;
before(async () => {
  stored = await store("stored.arrow");
});

for (const preset of ["paper", "paper-selective"]) {
  test(`${preset}: what is loaded is what was stored`, async () => {
    const { features, states, ...rest } = loadDemonstrations(await store("again.arrow", requestOf(preset)));
    const expected = generate(requestOf(preset));
    assert.deepEqual(rest, { provenance: expected.provenance, decisions: expected.decisions, costs: expected.costs });
    assert.deepEqual(features, expected.features);
    assert.deepEqual(states, expected.states);
  });
}

test("several chunks, several topologies and a single sub-task come back too", async () => {
  for (const application of [
    { topology: "chain", subTasks: 1 },
    { topology: "forkJoin" },
    { topology: "random" },
  ] as const) {
    const request = { ...requestOf(), scenario: loadScenario("paper", { application }), first: 9_990, count: 30 };
    const { states, decisions } = loadDemonstrations(await store("shapes.arrow", request));
    const expected = generate(request);
    assert.deepEqual(states, expected.states);
    assert.deepEqual(decisions, expected.decisions);
  }
});

test("the same request gives the same bytes, another seed others", async () => {
  const hash = (file: string) => createHash("sha256").update(fs.readFileSync(file)).digest("hex");
  assert.equal(hash(await store("twice.arrow")), hash(stored));
  assert.notEqual(hash(await store("other.arrow", { ...requestOf(), seed: 2 })), hash(stored));
});

test("one or four shards hold the same numbers", async () => {
  const shards: Demonstrations[] = [];
  for (let shard = 0; shard < 4; shard++) {
    const request = { ...requestOf("paper", 10), first: 10 * shard };
    shards.push(loadDemonstrations(await store(`shard-${shard}.arrow`, request)));
  }
  const whole = loadDemonstrations(await store("whole.arrow", requestOf("paper", 40)));
  const joined = (of: (part: Demonstrations) => ArrayLike<number>) => shards.flatMap((part) => Array.from(of(part)));
  assert.deepEqual(
    joined(({ states }) => states.gains),
    [...whole.states.gains],
  );
  assert.deepEqual(
    joined(({ features }) => features.values),
    [...whole.features.values],
  );
  assert.deepEqual(
    joined(({ decisions }) => decisions),
    [...whole.decisions],
  );
  assert.deepEqual(
    joined(({ costs }) => costs),
    [...whole.costs],
  );
});

test("100,000 demonstrations of the paper's scenario take less than 40 MB", async () => {
  assert.ok(10 * fs.statSync(await store("big.arrow", requestOf("paper", 10_000))).size < 40e6);
});

test("progress is told up to the whole", async () => {
  const told: [number, number][] = [];
  const request = { ...requestOf("paper", 20), first: 9_990 };
  await storeDemonstrations(inFolder("told.arrow"), provenanceOf(request), generateChunks(request), (...of) =>
    told.push(of),
  );
  assert.deepEqual(told, [
    [10, 20],
    [20, 20],
  ]);
});

test("a file that is cut short anywhere is refused by its name", () => {
  const bytes = fs.readFileSync(stored);
  const lengths = [0, 1, 5, 6, 7, 8, 100, bytes.length - 1, bytes.length - 6, bytes.length - 7, bytes.length - 10];
  for (let length = 50; length < bytes.length; length += 997) lengths.push(length);
  for (const length of lengths) {
    fs.writeFileSync(inFolder("cut.arrow"), bytes.subarray(0, length));
    assert.throws(
      () => loadDemonstrations(inFolder("cut.arrow")),
      inputError("cut.arrow", "generate it again"),
      `${length}`,
    );
  }
});

test("the provenance of a file is had without its columns", () => {
  assert.deepEqual(storedProvenance(stored), loadDemonstrations(stored).provenance);
  const bytes = fs.readFileSync(stored);
  fs.writeFileSync(inFolder("cut.arrow"), bytes.subarray(0, bytes.length - 1));
  assert.throws(() => storedProvenance(inFolder("cut.arrow")), inputError("cut.arrow", "generate it again"));
});

test("a file that is missing or not Arrow is refused by its name", () => {
  assert.throws(() => loadDemonstrations(inFolder("none.arrow")), inputError("none.arrow", "no such file"));
  assert.throws(() => loadDemonstrations(folder), inputError(folder, "it is a folder"));
  assert.throws(() => storedProvenance(inFolder("none.arrow")), inputError("none.arrow", "no such file"));
  for (const content of [
    "scheme,cost\nOOS,1\n",
    "PAR1 and so on PAR1",
    "ARROW1\0\0 and so on ARROW1",
    "x".repeat(10_000),
  ]) {
    fs.writeFileSync(inFolder("text.arrow"), content);
    assert.throws(
      () => loadDemonstrations(inFolder("text.arrow")),
      inputError("text.arrow", "not a complete Apache Arrow"),
    );
    assert.throws(() => storedProvenance(inFolder("text.arrow")), inputError("text.arrow", "not a complete"));
  }
});

/** The stored table with other metadata or columns, written anew by apache-arrow. */
function altered(
  metadata: Record<string, string | undefined>,
  columns: Record<string, Table["data"][0] | unknown> = {},
): string {
  const table = tableFromIPC(fs.readFileSync(stored));
  const content = Object.fromEntries(table.schema.fields.map(({ name }) => [name, table.getChild(name)]));
  const given = new Table({ ...content, ...columns } as never);
  const entries = [...table.schema.metadata, ...Object.entries(metadata)].filter(
    ([key]) => metadata[key] !== undefined || !(key in metadata),
  );
  const schema = new Schema(given.schema.fields, new Map(entries as [string, string][]));
  fs.writeFileSync(inFolder("altered.arrow"), tableToIPC(new Table(schema, given.batches), "file"));
  return inFolder("altered.arrow");
}

test("a file written anew by apache-arrow loads", () => {
  assert.deepEqual(loadDemonstrations(altered({})), loadDemonstrations(stored));
});

const WRONG_METADATA: [key: string, value: string | undefined, ...parts: string[]][] = [
  ["scenario", undefined, "dios.scenario", "dios generate"],
  ["scenario", "{", "not valid JSON"],
  ["scenario", "null", "name is missing"],
  ["scenario", '{"name":"x","device":{"clockHz":-1}}', "device.clockHz is -1", "allowed"],
  ["seed", "one", "dios.seed is one", "whole number"],
  ["split", "exam", "dios.split is exam", "train, validation, test"],
  ["count", "51", "holds 50 rows", "says 51"],
  ["first", "-1", "dios.first is -1", "whole number"],
  ["version", undefined, "dios.version"],
];

for (const [key, value, ...parts] of WRONG_METADATA) {
  test(`metadata ${key} of ${value ?? "nothing"} is refused by the name of the file`, () => {
    const file = altered({ [`dios.${key}`]: value });
    assert.throws(() => loadDemonstrations(file), inputError("altered.arrow", ...parts));
  });
}

test("the metadata of another scenario does not fit the columns", () => {
  const selective = JSON.stringify(loadScenario("paper-selective"));
  assert.throws(
    () => loadDemonstrations(altered({ "dios.scenario": selective })),
    inputError("altered.arrow", "column gains"),
  );
  const chain = JSON.stringify(loadScenario("paper", { application: { subTasks: 9 } }));
  assert.throws(() => loadDemonstrations(altered({ "dios.scenario": chain })), inputError("altered.arrow", "column"));
});

test("a column of another type, a missing one and a site above 2 are refused by name", () => {
  const cost = vectorFromArray(new Array(50).fill(0), new Int8());
  assert.throws(() => loadDemonstrations(altered({}, { cost })), inputError("altered.arrow", "column cost", "Float64"));
  const other = altered({}, { wired_delay_s: cost });
  assert.throws(() => loadDemonstrations(other), inputError("altered.arrow", "column wired_delay_s", "Float32"));
  const table = tableFromIPC(fs.readFileSync(stored)).select(["cost", "features"]);
  fs.writeFileSync(inFolder("altered.arrow"), tableToIPC(table, "file"));
  assert.throws(() => loadDemonstrations(inFolder("altered.arrow")), inputError("altered.arrow", "column data_bytes"));

  const bytes = fs.readFileSync(altered({}));
  const decisions = Buffer.from(generate(requestOf()).decisions);
  bytes[bytes.indexOf(decisions)] = 3;
  fs.writeFileSync(inFolder("altered.arrow"), bytes);
  assert.throws(
    () => loadDemonstrations(inFolder("altered.arrow")),
    inputError("altered.arrow", "site above 2", "0, 1, 2"),
  );
});

test("a folder that cannot be written is refused, and what was there stays", async () => {
  fs.writeFileSync(inFolder("a file"), "precious");
  for (const file of [inFolder("a file/train.arrow"), inFolder("a file/deep/train.arrow")]) {
    const chunks = generateChunks(requestOf());
    await assert.rejects(
      storeDemonstrations(file, provenanceOf(requestOf()), chunks),
      inputError(file, "not a folder"),
    );
    await assert.rejects(writeCsv(file, provenanceOf(requestOf()), chunks), inputError(file, "not a folder"));
  }
  assert.equal(fs.readFileSync(inFolder("a file"), "utf8"), "precious");

  fs.symlinkSync(inFolder("not mounted"), inFolder("link"));
  const file = inFolder("link/train.arrow");
  await assert.rejects(storeDemonstrations(file, provenanceOf(requestOf()), []), inputError(file, "broken link"));
});

test("a failure half-way keeps the old file and leaves nothing else", async () => {
  const file = await store("half/train.arrow");
  const before = fs.readFileSync(file);
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ["train.arrow"]);
  function* failing() {
    yield generate(requestOf());
    throw new Error("power cut");
  }
  await assert.rejects(storeDemonstrations(file, provenanceOf(requestOf("paper", 100)), failing()), /power cut/);
  await assert.rejects(writeCsv(file, provenanceOf(requestOf("paper", 100)), failing()), /power cut/);
  assert.ok(before.equals(fs.readFileSync(file)));
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ["train.arrow"]);
});

test("a signal stops both forms after a chunk: the reason is thrown, the old file stays and nothing else", async () => {
  const file = await store("stopped/train.arrow");
  const before = fs.readFileSync(file);
  const request = { ...requestOf("paper", 30), first: 9_990 };
  for (const form of [storeDemonstrations, writeCsv]) {
    const stopper = new AbortController();
    const told: number[] = [];
    const onProgress = (done: number) => {
      told.push(done);
      stopper.abort(new Error("enough"));
    };
    await assert.rejects(
      form(file, provenanceOf(request), generateChunks(request), onProgress, stopper.signal),
      /enough/,
    );
    assert.deepEqual(told, [10]);
    assert.ok(before.equals(fs.readFileSync(file)));
    assert.deepEqual(fs.readdirSync(path.dirname(file)), ["train.arrow"]);
  }
});

test("the CSV has a named column a number and reads back the same numbers, with the provenance as JSON beside it", async () => {
  const request = { ...requestOf(), first: 9_980 };
  const { provenance, states, features, decisions, costs } = generate(request);
  await writeCsv(inFolder("train.csv"), provenance, generateChunks(request));
  const [header, ...lines] = fs.readFileSync(inFolder("train.csv"), "utf8").trimEnd().split("\n");
  const names = header.split(",");
  const rows = lines.map((line) => line.split(",").map(Number));
  const columns = (name: string) => {
    const places = names.flatMap((column, i) => (column.replace(/_\d+$/, "") === name ? [i] : []));
    return rows.flatMap((cells) => places.map((i) => cells[i]));
  };
  assert.deepEqual(columns("data_bytes"), [...states.dataBytes]);
  assert.deepEqual(columns("cycles_per_byte"), [...states.cyclesPerByte]);
  assert.deepEqual(columns("subcarriers"), [...states.subcarriers]);
  assert.deepEqual(columns("cores"), [...states.cores]);
  assert.deepEqual(columns("gains"), [...states.gains]);
  assert.deepEqual(columns("wired_delay_s"), [...states.wiredDelayS]);
  assert.deepEqual(columns("features"), [...features.values]);
  assert.deepEqual(columns("decisions"), [...decisions]);
  assert.deepEqual(columns("cost"), [...costs]);
  assert.deepEqual(JSON.parse(fs.readFileSync(inFolder("train.json"), "utf8")), provenance);
});
