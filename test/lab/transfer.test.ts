import assert from "node:assert/strict";
import test from "node:test";
import { standardise, statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { type Domain, transferOf, ZERO_SHOT } from "../../src/lab/transfer";
import { decider, type Model } from "../../src/learning/model";
import { TRAIN_DEFAULTS, train } from "../../src/learning/train";
import type { TransferOptions } from "../../src/learning/transfer";
import { roundScenario } from "../support";

const home = roundScenario();
const options: TransferOptions = {
  ...TRAIN_DEFAULTS,
  hidden: [8],
  epochs: 2,
  learningRates: [0.01],
  frozenLayers: 0,
  standardise: "source",
};

async function smallModel(): Promise<Model> {
  const training = generate({ scenario: home, seed: 1, split: "train", count: 300 });
  const statistics = statisticsOf(training.features);
  const set = { features: standardise(training.features, statistics), decisions: training.decisions };
  const trainOptions = { ...TRAIN_DEFAULTS, hidden: [8], epochs: 3, batch: 50 };
  const { network, history, bestEpoch } = await train(set, set, trainOptions);
  return { network, options: trainOptions, statistics, trainedOn: training.provenance, history, bestEpoch };
}

test("each domain has a point zero-shot and one for each method and number, over the seeds", async () => {
  const model = await smallModel();
  const methods: Domain["methods"] = {
    tuned: { from: "model", options, counts: [20, 40] },
    scratch: { from: "scratch", options, counts: [20] },
  };
  const cheaper = roundScenario({ prices: { radioPerGrant: 1 } });
  const points = await transferOf(model, {
    domains: [
      { name: "prices", scenario: cheaper, methods },
      { name: "chain", scenario: roundScenario({ application: { topology: "chain" } }), methods },
    ],
    seeds: [5, 6],
    testCount: 50,
  });
  const names = [
    [ZERO_SHOT, 0],
    ["tuned", 20],
    ["tuned", 40],
    ["scratch", 20],
  ];
  assert.deepEqual(
    points.map(({ domain, method, count }) => [domain, method, count]),
    ["prices", "chain"].flatMap((domain) => names.map((name) => [domain, ...name])),
  );
  // Prices are no features, so the model decides there as at home.
  const shares = [5, 6].map((seed) => {
    const { states, decisions } = generate({ scenario: cheaper, seed, split: "test", count: 50 });
    const decided = decider(model)(states);
    return decided.filter((site, i) => site === decisions[i]).length / 300;
  });
  const [one, two] = shares as [number, number];
  const zero = points[0]?.accuracy;
  assert.ok(zero && Math.abs(zero.value - (one + two) / 2) < 1e-12);
  // Student's interval of two: 12.706 standard errors, each half the difference.
  assert.ok(Math.abs(zero.high - zero.value - (12.706 * Math.abs(one - two)) / 2) < 1e-9);
});
