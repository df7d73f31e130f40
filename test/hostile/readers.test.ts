import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import test, { after } from "node:test";
import zlib from "node:zlib";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { generateChunks, provenanceOf } from "../../src/demonstrations/generate";
import { loadDemonstrations, storeDemonstrations } from "../../src/demonstrations/store";
import { loadCompressed, saveCompressed } from "../../src/learning/compressed-policy";
import { loadModel, type Model, saveModel } from "../../src/learning/model";
import { initialNetwork } from "../../src/learning/network";
import { observationSize, Q_DEFAULTS } from "../../src/learning/q-learning";
import { loadQModel, saveQModel } from "../../src/learning/q-model";
import { TRAIN_DEFAULTS, trainedUntil } from "../../src/learning/train";
import { loadScenario } from "../../src/scenario/load";
import { inputError, temporaryFolder } from "../support";

// Models, policies, checkpoints and demonstrations are read by no command that ends with an error: what is broken is made anew. So these call
// the readers, as a notebook does.

const folder = temporaryFolder();
const shared = () => [Object, Array, Function].flatMap(({ prototype }) => Reflect.ownKeys(prototype));
const before = shared();
after(() => assert.deepEqual(shared(), before, "no prototype has changed"));

const scenario = loadScenario("paper");
const request = { scenario, seed: 1, split: "train" as const, count: 50 };
const statistics = { mean: new Array<number>(34).fill(0), deviation: new Array<number>(34).fill(1) };
const common = { statistics, trainedOn: provenanceOf(request), history: [], bestEpoch: 0 };
const model: Model = {
  ...common,
  network: initialNetwork([34, 5, 18], "x"),
  options: { ...TRAIN_DEFAULTS, hidden: [5] },
};
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Bytes with a bit of one turned over. */
function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ 4;
  return copy;
}

const floats = (bytes: Buffer, change: (values: Float32Array) => void): Buffer => {
  const values = new Float32Array(Uint8Array.from(bytes).buffer);
  change(values);
  return Buffer.from(values.buffer);
};

type Document = Record<string, unknown> & { statistics: typeof statistics; trainedOn: Record<string, unknown> };
/** What becomes of a model's two files; a document that is an object gets the checksum of the weights. */
type Change = (document: Document, weights: Buffer, text: string) => { document?: unknown; weights?: Buffer };
const field =
  (changes: object): Change =>
  (document) => ({ document: { ...document, ...changes } });
const origin =
  (changes: object): Change =>
  (document) => ({
    document: { ...document, trainedOn: { ...document.trainedOn, ...changes } },
  });

const MODELS: [what: string, change: Change, ...parts: string[]][] = [
  ["an empty file", () => ({ document: "" }), "dios.json is not valid JSON"],
  ["null", () => ({ document: "null" }), "dios.json: sizes is missing", "a list"],
  ["a list", () => ({ document: "[]" }), "dios.json: sizes is missing", "a list"],
  [
    "another number",
    (_, __, text) => ({ document: text.replace('"seed": 1', '"seed": 2') }),
    "dios.json has changed since it was written",
  ],
  ["half a file", (_, __, text) => ({ document: text.slice(0, 700) }), "dios.json is not valid JSON"],
  [
    "UTF-16",
    (_, __, text) => ({ document: Buffer.from(`\uFEFF${text}`, "utf16le") }),
    "dios.json is not text in UTF-8",
  ],
  ["a field twice", (_, __, text) => ({ document: text.replace("{", '{"sizes": [1, 2],') }), '"sizes" twice'],
  ["brackets within brackets", () => ({ document: "[".repeat(1e6) }), "nested too deeply"],
  ["no sizes", field({ sizes: undefined }), "sizes is missing", "a list"],
  ["sizes that are a text", field({ sizes: "34-5-18" }), 'sizes is "34-5-18"', "a list"],
  ["sizes that are an object", field({ sizes: { length: 3 } }), "sizes is {", "a list"],
  ["one size", field({ sizes: [34] }), "sizes is [34]", "a list"],
  ["a size of zero", field({ sizes: [34, 0, 18] }), "sizes.1 is 0", "from 1 to"],
  ["a negative size", field({ sizes: [34, -5, 18] }), "sizes.1 is -5", "from 1 to"],
  ["half a unit", field({ sizes: [34, 5.5, 18] }), "sizes.1 is 5.5", "a whole number"],
  [
    "sizes for terabytes",
    field({ sizes: [34, 1e6, 1e6, 18] }),
    "weights.bin has",
    "it is cut short or of another model",
  ],
  ["a size above all", field({ sizes: [34, 1e15, 18] }), "sizes.1 is 1000000000000000", "from 1 to 1000000"],
  ["other inputs", field({ sizes: [33, 5, 18] }), "sizes is [33,5,18]", "34 inputs", "18 outputs"],
  ["other outputs", field({ sizes: [34, 5, 17] }), "sizes is [34,5,17]", "34 inputs", "18 outputs"],
  ["a head that is none", field({ options: { head: "tanh" } }), 'head is "tanh"', "literal, sigmoid, softmax"],
  ["a head called __proto__", field({ options: { head: "__proto__" } }), 'head is "__proto__"', "literal, sigmoid"],
  ["options that are null", field({ options: null }), "options is null", "an object"],
  ["no statistics", field({ statistics: undefined }), "statistics is missing", "mean, deviation"],
  [
    "statistics of fewer features",
    field({ statistics: { mean: [0], deviation: [1] } }),
    "statistics.mean has 1 numbers",
    "34",
  ],
  [
    "a deviation of zero",
    field({ statistics: { ...statistics, deviation: [0] } }),
    "statistics.deviation.0 is 0",
    "a number from",
  ],
  [
    "a mean that is null, as NaN is written",
    field({ statistics: { ...statistics, mean: [null] } }),
    "statistics.mean.0 is null",
  ],
  ["a history of numbers", field({ history: [1] }), "history.0 is 1", "an object"],
  ["a best epoch below zero", field({ bestEpoch: -1 }), "bestEpoch is -1", "a whole number"],
  ["no origin", field({ trainedOn: undefined }), "trainedOn is missing", "scenario"],
  ["an origin without a scenario", origin({ scenario: null }), "trainedOn.scenario is null"],
  [
    "a scenario that is wrong",
    origin({ scenario: { ...scenario, device: { clockHz: -1 } } }),
    "device.clockHz is -1",
    "from 1000",
  ],
  [
    "a scenario with more features",
    origin({ scenario: { ...scenario, application: { subTasks: 9 } } }),
    "statistics.mean has 34",
    "49",
  ],
  ["weights that are cut short", (_, weights) => ({ weights: weights.subarray(0, 100) }), "weights.bin has 100 bytes"],
  [
    "weights that go on",
    (_, weights) => ({ weights: Buffer.concat([weights, weights]) }),
    "weights.bin has",
    "at most",
  ],
  ["no weights", () => ({ weights: Buffer.alloc(0) }), "weights.bin has 0 bytes"],
  [
    "a weight that is not a number",
    (_, weights) => ({ weights: floats(weights, (w) => w.fill(Number.NaN, 7, 8)), document: undefined }),
    "weights.bin holds a weight that is not a number",
  ],
  [
    "an endless weight",
    (_, weights) => ({ weights: floats(weights, (w) => w.fill(Number.NEGATIVE_INFINITY, 7, 8)) }),
    "a weight that is not a number",
  ],
  [
    "a bit of the weights",
    (document, weights) => ({ weights: flipped(weights, 99), document: JSON.stringify(document) }),
    "weights.bin has changed since it was saved",
  ],
];

for (const [index, [what, change, ...parts]] of MODELS.entries()) {
  test(`loadModel refuses a model with ${what}`, () => {
    const saved = path.join(folder, `model-${index}`);
    saveModel(saved, model);
    const [about, bin] = [path.join(saved, "dios.json"), path.join(saved, "weights.bin")];
    const text = fs.readFileSync(about, "utf8");
    const whole = fs.readFileSync(bin);
    // Without its checksum, which would give everything away.
    const { sha256: _, ...said } = JSON.parse(text);
    const { document = said, weights = whole } = change(said, whole, text);
    const raw = typeof document === "string" || Buffer.isBuffer(document);
    fs.writeFileSync(about, raw ? document : JSON.stringify({ ...document, weightsSha256: sha256(weights) }));
    fs.writeFileSync(bin, weights);
    assert.throws(() => loadModel(saved), inputError(saved, ...parts));
  });
}

test("loadModel and loadQModel refuse each other's models, files and nothing at all", () => {
  const q = path.join(folder, "q");
  const sizes = [observationSize(34, 6), 5, 4];
  saveQModel(q, { ...common, network: initialNetwork(sizes, "q"), options: Q_DEFAULTS });
  assert.deepEqual(loadQModel(q).network.sizes, sizes);
  assert.throws(() => loadModel(q), inputError("dios.json: options.head is missing"));
  const own = path.join(folder, "own");
  saveModel(own, model);
  assert.throws(() => loadQModel(own), inputError("dios.json: sizes is [34,5,18]", "58 inputs", "4 outputs"));
  for (const load of [loadModel, loadQModel]) {
    assert.throws(() => load(path.join(own, "weights.bin")), inputError("a file, not a folder"));
    assert.throws(() => load(folder), inputError("dios.json", "no such file"));
    assert.throws(() => load("a\0b"), inputError("the name has a null byte"));
  }
});

const policy = path.join(folder, "whole.policy");
saveCompressed(policy, { network: model.network, statistics, head: "sigmoid" });
const wholePolicy = fs.readFileSync(policy);
const end = wholePolicy.indexOf("\n");

/** The policy with other fields in its first line, and another body, whose checksum is right. */
function forged(header: object, change: (body: Buffer) => Buffer = (body) => body): Buffer {
  const body = zlib.deflateSync(change(zlib.inflateSync(wholePolicy.subarray(end + 1))));
  const line = { ...JSON.parse(wholePolicy.subarray(0, end).toString()), sha256: sha256(body), ...header };
  return Buffer.concat([Buffer.from(`${JSON.stringify(line)}\n`), body]);
}

const double = (value: number) => Buffer.from(Float64Array.of(value).buffer);
const withDouble = (at: number, value: number) => (body: Buffer) =>
  Buffer.concat([body.subarray(0, 8 * at), double(value), body.subarray(8 * at + 8)]);

const POLICIES: [what: string, content: Buffer | string, ...parts: string[]][] = [
  ["nothing in it", "", "is not a compressed policy"],
  ["a line of a megabyte", `{"format":"${"x".repeat(1 << 20)}"}\n`, "is not a compressed policy"],
  ["a line of brackets", `${"[".repeat(1e6)}\n`, "is not a compressed policy"],
  ["a field twice", wholePolicy.toString("latin1").replace("{", '{"sizes":[1,1],'), "is not a compressed policy"],
  ["another version", forged({ format: "dios-policy-9" }), "is not a compressed policy"],
  ["sizes for gigabytes", forged({ sizes: [34, 40_000, 40_000, 18] }), "is not a compressed policy"],
  ["sizes of another network", forged({ sizes: [34, 6, 18] }), "does not hold what its first line says"],
  ["outputs that are no three a sub-task", forged({ sizes: [34, 5, 17] }), "does not hold what its first line says"],
  ["a negative factor", forged({ inputFactor: -1 }), "is not a compressed policy"],
  ["a head of 5000 letters", forged({ head: "x".repeat(5000) }), "xxx...; allowed: literal, sigmoid, softmax"],
  ["an unknown head", forged({ head: "constructor" }), 'head is "constructor"', "literal, sigmoid, softmax"],
  ["a mean that is not a number", forged({}, withDouble(0, Number.NaN)), "does not hold what its first line says"],
  ["a deviation of zero", forged({}, withDouble(34, 0)), "does not hold what its first line says"],
  [
    "an endless weight",
    forged({}, (body) => Buffer.concat([body.subarray(0, -4), Buffer.from([0, 0, 0x80, 0x7f])])),
    "does not hold",
  ],
  ["a hundred megabytes of zeros", forged({}, () => Buffer.alloc(1e8)), "does not hold what its first line says"],
  ["a body that goes on", forged({}, (body) => Buffer.concat([body, body])), "does not hold what its first line says"],
  ["half a body", wholePolicy.subarray(0, (end + wholePolicy.length) >> 1), "is cut short or has changed"],
  ["a bit of its body turned over", flipped(wholePolicy, wholePolicy.length - 20), "is cut short or has changed"],
];

for (const [index, [what, content, ...parts]] of POLICIES.entries()) {
  test(`loadCompressed refuses a policy with ${what}`, () => {
    const file = path.join(folder, `${index}.policy`);
    fs.writeFileSync(file, content);
    assert.throws(() => loadCompressed(file), inputError(file, ...parts));
  });
}

test("a checkpoint that is not whole is as none at all, whatever it holds", () => {
  const file = path.join(folder, "broken.checkpoint");
  const summed = (content: string | Buffer) =>
    Buffer.concat([Buffer.from(`${sha256(Buffer.from(content))}\n`), Buffer.from(content)]);
  const about = { options: {}, sizes: [1, 1], history: [], bestEpoch: 0, steps: 0 };
  const checkpoint = (changes: object, bytes = 32) =>
    summed(Buffer.concat([Buffer.from(`${JSON.stringify({ ...about, ...changes })}\n`), Buffer.alloc(bytes)]));
  const whole = checkpoint({});
  const loaded = (content: string | Buffer) => {
    fs.writeFileSync(file, content);
    return trainedUntil(file);
  };
  assert.deepEqual(loaded(whole)?.network.sizes, [1, 1]);
  for (let length = 0; length < whole.length; length++) assert.equal(loaded(whole.subarray(0, length)), undefined);
  for (let at = 0; at < whole.length; at++) assert.equal(loaded(flipped(whole, at)), undefined);
  for (const content of [summed(""), summed("\n"), summed("null\n"), summed("[]\n"), summed(`${"[".repeat(1e6)}\n`)]) {
    assert.equal(loaded(content), undefined);
  }
  for (const changes of [
    { sizes: "ab" },
    { sizes: [1e6, 1e6] },
    { sizes: [1] },
    { history: "none" },
    { history: [null] },
    { options: null },
    { bestEpoch: -1 },
    { steps: "5" },
  ]) {
    assert.equal(loaded(checkpoint(changes)), undefined, JSON.stringify(changes));
  }
  fs.rmSync(file);
  fs.mkdirSync(file);
  assert.equal(trainedUntil(file), undefined);
});

test("loadDemonstrations refuses what is no data set of ours, wherever it is broken", async () => {
  const file = path.join(folder, "whole.arrow");
  await storeDemonstrations(file, provenanceOf(request), generateChunks(request));
  const whole = fs.readFileSync(file);
  const table = (columns: Record<string, Float32Array>, metadata: [string, string][] = []) => {
    const made = tableFromArrays(columns);
    for (const [key, value] of metadata) made.schema.metadata.set(key, value);
    return Buffer.from(tableToIPC(made, "file"));
  };
  const said = Object.entries(provenanceOf(request)).map(([key, value]): [string, string] => [
    `dios.${key}`,
    typeof value === "object" ? JSON.stringify(value) : String(value),
  ]);
  const saying = (key: string, value: string) =>
    said.map(([name, old]): [string, string] => [name, name === `dios.${key}` ? value : old]);
  const column = { cost: new Float32Array(50) };
  const CASES: [what: string, content: Buffer | string, ...parts: string[]][] = [
    ["nothing", ""],
    ["a text", "name,cost\n1,2\n"],
    ["the beginning alone", "ARROW1\0\0"],
    ["the beginning and the end", "ARROW1\0\0ARROW1"],
    [
      "a footer of four gigabytes",
      Buffer.concat([whole.subarray(0, -10), Buffer.from([255, 255, 255, 255]), Buffer.from("ARROW1")]),
    ],
    ["a negative footer", Buffer.concat([whole.subarray(0, -10), Buffer.from([0, 0, 0, 128]), Buffer.from("ARROW1")])],
    ["zeros", Buffer.concat([Buffer.from("ARROW1\0\0"), Buffer.alloc(5000), Buffer.from("ARROW1")])],
    ["another table", table(column), "dios."],
    ["metadata alone", table(column, said), "column"],
    ["a count that lies", table(column, saying("count", "99999999")), "99999999"],
    ["a count that is none", table(column, saying("count", "many")), "count"],
    ["a scenario that is none", table(column, saying("scenario", "[1,")), "scenario"],
    ["a scenario of brackets", table(column, saying("scenario", "[".repeat(1e6))), "scenario"],
    [
      "a scenario with __proto__",
      table(column, saying("scenario", '{"name":"x","__proto__":{"polluted":1}}')),
      "__proto__",
    ],
    ["a split that is none", table(column, saying("split", "../../x")), "split", "train, validation, test"],
    ["a seed below zero", table(column, saying("seed", "-1")), "seed"],
  ];
  const broken = path.join(folder, "broken.arrow");
  for (const [what, content, ...parts] of CASES) {
    fs.writeFileSync(broken, content);
    assert.throws(() => loadDemonstrations(broken), inputError(broken, ...parts), what);
  }
  for (let length = 0; length < whole.length; length += 97) {
    fs.writeFileSync(broken, whole.subarray(0, length));
    assert.throws(() => loadDemonstrations(broken), inputError(broken), `cut at ${length}`);
  }
  assert.throws(() => loadDemonstrations("/dev/zero"), inputError("/dev/zero", "a device"));
  assert.throws(() => loadDemonstrations(folder), inputError("it is a folder"));
});
