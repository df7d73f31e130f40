import assert from "node:assert/strict";
import test from "node:test";
import { generate } from "../../src/demonstrations/generate";
import { diosOf, messagePassingOf, policyPoints } from "../../src/lab/policies";
import { messagePassingDecider } from "../../src/learning/message-passing";
import { decider } from "../../src/learning/model";
import { TRAIN_DEFAULTS } from "../../src/learning/train";
import { los } from "../../src/schemes/fixed";
import { oos } from "../../src/schemes/oos";
import { roundScenario } from "../support";

const scenario = roundScenario();
const set = (split: "train" | "validation" | "test", count: number) => generate({ scenario, seed: 1, split, count });
const unseen = set("test", 50);

test("each policy gets a point for each test that it is in", () => {
  const points = policyPoints([
    { x: 6, test: unseen, policies: { "by hand": oos.decide } },
    { x: 9, test: unseen, policies: { "by hand": los.decide, other: oos.decide } },
  ]);
  assert.deepEqual(Object.keys(points), ["by hand", "other"]);
  assert.deepEqual(
    points["by hand"]?.map(({ x }) => x),
    [6, 9],
  );
  assert.deepEqual(
    points.other?.map(({ x }) => x),
    [9],
  );
  const local = unseen.decisions.filter((site) => site === 0).length / unseen.decisions.length;
  const accuracies = points["by hand"]?.map(({ accuracy }) => accuracy.value) as [number, number];
  assert.equal(accuracies[0], 1);
  assert.ok(Math.abs(accuracies[1] - local) < 1e-12);
  assert.ok((points["by hand"]?.[1]?.relativeCost.value as number) > 1);
  assert.equal(points.other?.[0]?.relativeCost.value, 1);
});

test("both kinds of networks learn from demonstrations in memory to decide better than the commonest site", async () => {
  const [training, validation] = [set("train", 1500), set("validation", 100)];
  const options = { ...TRAIN_DEFAULTS, hidden: [32], epochs: 6, batch: 50 };
  const dios = decider(await diosOf(training, validation, options));
  const message = (one: typeof training) => [{ ...one, scenario }];
  const passing = messagePassingDecider(await messagePassingOf(message(training), message(validation), 2, options));
  const counts = [0, 1, 2].map((site) => unseen.decisions.filter((one) => one === site).length);
  const right = (decisions: Uint8Array) => decisions.filter((site, i) => site === unseen.decisions[i]).length;
  for (const decisions of [dios(unseen.states), passing(scenario, unseen.states)]) {
    assert.ok(right(decisions) > 1.15 * Math.max(...counts), `${right(decisions)} of 300, sites ${counts}`);
  }
});
