import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import zlib from "node:zlib";
import { standardise, statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import {
  type CompressedPolicy,
  compressedDecider,
  loadCompressed,
  saveCompressed,
} from "../../src/learning/compressed-policy";
import { policyDecider } from "../../src/learning/inference";
import { initialNetwork, layerSlices } from "../../src/learning/network";
import { pruneWeights } from "../../src/learning/pruning";
import { type QuantisedNetwork, quantise, quantisedForward } from "../../src/learning/quantised";
import { loadScenario } from "../../src/scenario/load";
import { inputError, temporaryFolder } from "../support";

const folder = temporaryFolder();
const scenario = loadScenario("paper");
const { states, features } = generate({ scenario, seed: 9, split: "train", count: 500 });
const statistics = statisticsOf(features);
const inputs = standardise(features, statistics);
const head = "sigmoid";
const dense = initialNetwork([34, 70, 33, 18], "compressed");
// Biases that are not all zero.
for (const { bias, units } of layerSlices(dense.sizes)) {
  for (let j = 0; j < units; j++) dense.parameters[bias + j] = (j - 5) / 50;
}
const pruned = pruneWeights(dense, 0.8, "global").network;
const policies: Record<string, CompressedPolicy> = {
  dense: { network: dense, statistics, head },
  pruned: { network: pruned, statistics, head },
  quantised: { network: quantise(dense, inputs), statistics, head },
  both: { network: quantise(pruned, inputs), statistics, head },
};
const bytes: Record<string, number> = {};
const fileOf = (name: string) => path.join(folder, `${name}.policy`);
for (const [name, policy] of Object.entries(policies)) bytes[name] = saveCompressed(fileOf(name), policy);

test("what is loaded is what was saved, to the bit", () => {
  for (const [name, policy] of Object.entries(policies)) assert.deepEqual(loadCompressed(fileOf(name)), policy, name);
});

test("a loaded policy decides as the network that it comes from", () => {
  for (const network of [dense, pruned]) {
    const policy = { network, statistics, head };
    const [plain, quantised] = network === dense ? ["dense", "quantised"] : ["pruned", "both"];
    const decisions = policyDecider(policy)(scenario, states);
    assert.equal(new Set(decisions).size, 3, "all sites occur");
    assert.deepEqual(compressedDecider(loadCompressed(fileOf(plain)))(scenario, states), decisions);
    const rounded = policyDecider(policy, quantisedForward(quantise(network, inputs)))(scenario, states);
    assert.deepEqual(compressedDecider(loadCompressed(fileOf(quantised)))(scenario, states), rounded);
  }
});

test("files shrink by what was taken out", () => {
  for (const name of Object.keys(policies)) assert.equal(fs.statSync(fileOf(name)).size, bytes[name]);
  const weights = 34 * 70 + 70 * 33 + 33 * 18;
  const units = 70 + 33 + 18;
  // The first line, and statistics of eight bytes.
  const rest = 300 + 16 * 34;
  // Random bits, which no code makes smaller: 4 bytes a weight, or of every fifth, and a bit for each.
  assert.ok(bytes.dense > 3 * weights && bytes.dense <= 4 * (weights + units) + rest);
  assert.ok(bytes.pruned <= 4 * (0.2 * weights + units) + weights / 8 + rest);
  assert.ok(bytes.quantised <= weights + 8 * units + rest);
  assert.ok(bytes.both <= 0.2 * weights + weights / 8 + 8 * units + rest);
  assert.ok(bytes.both < bytes.quantised / 1.8 && bytes.quantised < bytes.dense / 2.8);
});

/** A file made from that of the quantised policy, with a right checksum. */
function forged(name: string, header: object, change = (body: Buffer): Buffer => body): string {
  const content = fs.readFileSync(fileOf("quantised"));
  const end = content.indexOf("\n");
  const body = change(content.subarray(end + 1));
  const sha256 = createHash("sha256").update(body).digest("hex");
  const line = { ...JSON.parse(content.subarray(0, end).toString()), sha256, ...header };
  fs.writeFileSync(fileOf(name), Buffer.concat([Buffer.from(`${JSON.stringify(line)}\n`), body]));
  return fileOf(name);
}

test("a file that is cut short, changed, or no policy at all is refused in a sentence", () => {
  const whole = fs.readFileSync(fileOf("both"));
  const broken = (content: Uint8Array | string) => {
    fs.writeFileSync(fileOf("broken"), content);
    return () => loadCompressed(fileOf("broken"));
  };
  for (const length of [whole.length - 1, whole.length >> 1, whole.indexOf("\n") + 1]) {
    assert.throws(broken(whole.subarray(0, length)), inputError("broken.policy is cut short or has changed"));
  }
  const flipped = Buffer.from(whole);
  flipped[whole.length - 9] = (flipped[whole.length - 9] as number) ^ 1;
  assert.throws(broken(flipped), inputError("broken.policy is cut short or has changed"));
  for (const content of [
    "",
    "\n",
    "null\n",
    "[]\n",
    "{}\n",
    "PK\u0003\u0004",
    whole.subarray(0, 20),
    '{"format":"x"}\n',
  ]) {
    assert.throws(broken(content), inputError("broken.policy is not a compressed policy"));
  }
  assert.throws(() => loadCompressed(fileOf("absent")), inputError("cannot read", "there is no such file"));
});

test("a file that says what it does not hold is refused in a sentence", () => {
  for (const header of [
    { sizes: [34] },
    { sizes: [34, 0, 18] },
    { sizes: [34, -70, 18] },
    { sizes: [34, 7.5, 18] },
    { sizes: ["34", "18"] },
    { sizes: [1e6, 1e6] },
    { sizes: "34-18" },
    { inputFactor: "3" },
    { head: 7 },
    { sha256: null },
  ]) {
    assert.throws(() => loadCompressed(forged("forged", header)), inputError("is not a compressed policy"));
  }
  const mismatch = inputError("does not hold what its first line says");
  for (const sizes of [
    [34, 70, 33, 17],
    [34, 70, 33, 19],
    [34, 18],
    [35, 70, 33, 18],
  ]) {
    assert.throws(() => loadCompressed(forged("forged", { sizes })), mismatch);
  }
  // Weights of 8 bits read as floats.
  assert.throws(() => loadCompressed(forged("forged", { inputFactor: undefined })), mismatch);
  const { network } = policies.quantised as { network: QuantisedNetwork };
  const layers = network.layers.map((layer) => ({ ...layer, weights: layer.weights.map(() => -128) }));
  saveCompressed(fileOf("beyond"), { network: { ...network, layers }, statistics, head });
  assert.throws(() => loadCompressed(fileOf("beyond")), mismatch, "quantised weights go from -127 to 127");
  const bomb = () => zlib.deflateSync(Buffer.alloc(50_000_000));
  assert.throws(() => loadCompressed(forged("forged", {}, bomb)), mismatch);
  assert.throws(() => loadCompressed(forged("forged", {}, () => Buffer.from("not compressed"))), mismatch);
  assert.throws(
    () => loadCompressed(forged("forged", { head: "tanh" })),
    inputError('head is "tanh"; allowed: literal'),
  );
});

test("states of another application are refused", () => {
  const chain = loadScenario("paper", { application: { topology: "chain", subTasks: 4 } });
  const other = generate({ scenario: chain, seed: 1, split: "test", count: 2 });
  for (const name of ["pruned", "both"]) {
    const decide = compressedDecider(loadCompressed(fileOf(name)));
    assert.throws(() => decide(chain, other.states), inputError("the states have 22 features; allowed: 34"));
  }
});
