import assert from "node:assert/strict";
import test from "node:test";
import { featureNames, standardise, statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { plainForward, policyDecider } from "../../src/learning/inference";
import { initialNetwork } from "../../src/learning/network";
import { TRAIN_DEFAULTS } from "../../src/learning/train";
import { frozenIn, learnDomain, movedTo, type NamedPolicy, type TransferOptions } from "../../src/learning/transfer";
import { inputError, roundScenario } from "../support";

const HIDDEN = [8, 6];

/** A policy with random weights for the scenario, standardised with numbers that its domain does not have. */
const scenario = roundScenario();
const source: NamedPolicy = {
  network: initialNetwork([34, ...HIDDEN, 18], "source"),
  statistics: {
    mean: Array.from({ length: 34 }, (_, j) => j / 10),
    deviation: Array.from({ length: 34 }, (_, j) => 1 + j),
  },
  head: "sigmoid",
  inputs: featureNames(generate({ scenario, seed: 1, split: "train", count: 1 }).states),
};
const demonstrations = (count: number, changes = {}) =>
  generate({ scenario: roundScenario(changes), seed: 2, split: "train", count });

const { learningRate: _rate, batch: _batch, ...defaults } = TRAIN_DEFAULTS;
const options: TransferOptions = {
  ...defaults,
  hidden: HIDDEN,
  epochs: 3,
  learningRates: [0.01],
  frozenLayers: 0,
  standardise: "source",
};

test("a policy that moves to the same features stays the same", () => {
  assert.deepEqual(movedTo(source, source.inputs), source);
});

test("a policy that moves knows its features by name: new ones have no say, those that are gone have their mean", () => {
  const small: NamedPolicy = {
    network: initialNetwork([3, 5, 3], "small"),
    statistics: { mean: [10, 20, 30], deviation: [1, 2, 3] },
    head: "sigmoid",
    inputs: ["a", "b", "c"],
  };
  const moved = movedTo(small, ["c", "d", "a"]);
  const sums = ({ network, statistics }: NamedPolicy, row: number[]) => [
    ...plainForward(network)(standardise({ rows: 1, columns: 3, values: Float32Array.from(row) }, statistics)),
  ];
  assert.deepEqual(sums(moved, [33, 5, 9]), sums(small, [9, 20, 33]));
  assert.deepEqual(sums(moved, [33, -7, 9]), sums(small, [9, 20, 33]));
});

test("a policy moves from branches to a chain, which has two features less, and decides there", () => {
  const { states, provenance } = demonstrations(5, { application: { topology: "chain" } });
  const moved = movedTo(source, featureNames(states));
  assert.equal(moved.network.sizes[0], 32);
  assert.equal(policyDecider(moved)(provenance.scenario, states).length, 30);
});

test("frozen layers keep the weights of the source, the others learn", async () => {
  const { policy } = await learnDomain(demonstrations(60), { ...options, frozenLayers: 1 }, source);
  const first = 35 * 8;
  assert.deepEqual(policy.network.parameters.subarray(0, first), source.network.parameters.subarray(0, first));
  const changed = policy.network.parameters.filter((value, i) => value !== source.network.parameters[i]);
  // Of 180, less those of units that are never above zero.
  assert.ok(changed.length > 90, `${changed.length}`);
});

test("frozenIn covers kernels and biases of the first layers", () => {
  const network = initialNetwork([3, 5, 2], "small");
  assert.deepEqual([...frozenIn(network, 1)], [...new Array(20).fill(1), ...new Array(12).fill(0)]);
  assert.ok(frozenIn(network, 0).every((one) => one === 0));
  assert.throws(() => frozenIn(network, 2), inputError("frozenLayers is 2", "0 to 1"));
});

test("features are standardised with the numbers of the source, or with those of the rows that are learned from", async () => {
  const set = demonstrations(50);
  const { policy: kept } = await learnDomain(set, options, source);
  assert.deepEqual(kept.statistics, source.statistics);
  const { columns, values } = set.features;
  const own = statisticsOf({ rows: 40, columns, values: values.subarray(0, 40 * columns) });
  for (const [by, from] of [
    ["target", source],
    ["source", undefined],
  ] as const) {
    const { policy } = await learnDomain(set, { ...options, standardise: by }, from);
    assert.deepEqual(policy.statistics, own);
  }
});

test("features that the source does not know are standardised with the domain's own numbers", async () => {
  const { policy } = await learnDomain(demonstrations(50, { application: { topology: "chain" } }), options, source);
  const at = (name: string) => policy.statistics.deviation[policy.inputs.indexOf(name)] as number;
  const then = (name: string) => source.statistics.deviation[source.inputs.indexOf(name)] as number;
  assert.equal(at("log10 bytes device-0"), then("log10 bytes device-0"));
  assert.ok(at("log10 bytes 0-1") > 0 && at("log10 bytes 0-1") < 0.5);
});

test("of several learning rates that with the least validation loss is kept", async () => {
  const set = demonstrations(100);
  const rates = [1e-6, 0.01];
  const alone = await Promise.all(rates.map((rate) => learnDomain(set, { ...options, learningRates: [rate] }, source)));
  const least = Math.min(...alone.map(({ validationLoss }) => validationLoss));
  const best = alone.find(({ validationLoss }) => validationLoss === least);
  assert.deepEqual(await learnDomain(set, { ...options, learningRates: rates }, source), best);
  assert.equal(best?.learningRate, 0.01);
});

test("the last fifth is only looked at: its decisions change what is kept, and not how it is learned", async () => {
  const set = demonstrations(50);
  const decisions = set.decisions.map((site, i) => (i < 40 * 6 ? site : (site + 1) % 3));
  const one = { ...options, epochs: 1 };
  const [with_, without] = [await learnDomain(set, one, source), await learnDomain({ ...set, decisions }, one, source)];
  assert.deepEqual(with_.policy, without.policy);
  assert.notEqual(with_.validationLoss, without.validationLoss);
});

test("what is not allowed is named", async () => {
  await assert.rejects(learnDomain(demonstrations(9), options), inputError("demonstrations are 9", "10 at least"));
  const three = demonstrations(20, { application: { subTasks: 3 } });
  await assert.rejects(learnDomain(three, options, source), inputError("to start from", "-9"));
});
