import assert from "node:assert/strict";
import test from "node:test";
import { standardise, statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { architectureOf, membersOf } from "../../src/lab/beyond-cloning";
import { diosOf } from "../../src/lab/policies";
import { HEADS } from "../../src/learning/heads";
import { TRAIN_DEFAULTS } from "../../src/learning/train";
import { loadScenario } from "../../src/scenario/load";

const scenario = loadScenario("paper");
const set = (split: "train" | "validation", count: number) => generate({ scenario, seed: 2, split, count });
const [training, validation] = [set("train", 300), set("validation", 50)];

test("the members of an ensemble are the networks of consecutive seeds", async () => {
  const options = { ...TRAIN_DEFAULTS, hidden: [16], epochs: 2, batch: 64, seed: 7 };
  const members = await membersOf(training, validation, 2, options);
  for (const [i, { network, statistics, head }] of members.entries()) {
    const alone = await diosOf(training, validation, { ...options, seed: 7 + i });
    assert.deepEqual([network, statistics, head], [alone.network, alone.statistics, "sigmoid"]);
  }
  assert.notDeepEqual(members[0]?.network, members[1]?.network);
});

test("a network of an architecture decides on states with the features and statistics it was trained with", async () => {
  const options = { parameters: 2000, learningRate: 4e-3, batch: 64, epochs: 1, seed: 1 };
  const { decide, forward } = await architectureOf("plain", training, validation, options);
  const features = standardise(validation.features, statisticsOf(training.features));
  assert.deepEqual(decide(scenario, validation.states), HEADS.softmax.decide(forward(features)));
});
