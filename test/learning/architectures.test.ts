import assert from "node:assert/strict";
import test from "node:test";
import seedrandom from "seedrandom";
import { ARCHITECTURES, type ArchitectureName, trainArchitecture } from "../../src/learning/architectures";
import { HEADS } from "../../src/learning/heads";
import { buildApplication } from "../../src/mec/application";
import { inputError, row } from "../support";

/** Three sub-tasks: 3 + 1 dependencies, so 4 + 4 * 3 + 1 = 17 features. */
const application = buildApplication(3, [
  [0, 1],
  [1, 2],
]);
const COLUMNS = 17;

/** Random features; each sub-task goes where the cycles per byte (columns 4 to 6) of the next one, in a circle, send it. */
function set(rows: number, seed: string) {
  const random = seedrandom.alea(seed);
  const values = Float32Array.from({ length: rows * COLUMNS }, () => 2 * random() - 1);
  const decisions = Uint8Array.from({ length: 3 * rows }, (_, i) => {
    const cycles = values[Math.floor(i / 3) * COLUMNS + 4 + ((i + 1) % 3)] as number;
    return cycles < -0.4 ? 0 : cycles < 0.4 ? 1 : 2;
  });
  return { features: { rows, columns: COLUMNS, values }, decisions };
}

const options = { parameters: 4000, learningRate: 1e-2, batch: 50, epochs: 12, seed: 1 };
const [training, validation, unseen] = [set(800, "train"), set(200, "validation"), set(500, "test")];

for (const name of ARCHITECTURES) {
  test(`the ${name} network learns decisions that hang on other sub-tasks`, async () => {
    const trained = await trainArchitecture(name, application, training, validation, options);
    const decided = HEADS.softmax.decide(trained.forward(unseen.features));
    const right = decided.filter((site, i) => site === unseen.decisions[i]).length / decided.length;
    // From its own features alone a sub-task would be right in two fifths at most.
    assert.ok(right > 0.7, `${right} of labels right`);
    assert.equal(trained.validationLosses.length, 12);
  });
}

test("the parameters of each architecture, by hand", async () => {
  const few = { ...options, epochs: 1, parameters: 2000 };
  // In a token of width w: embedding, positions, twice the norms, queries, keys, values, their layer and two more, a norm, the output.
  const token = (w: number) =>
    17 * w +
    w +
    3 * w +
    2 * (4 * w + (3 * w * w + 3 * w) + (w * w + w) + (2 * w * w + 2 * w) + (2 * w * w + w)) +
    2 * w +
    3 * w +
    3;
  const expected: Record<ArchitectureName, (w: number) => number> = {
    plain: (w) => 18 * w + (w + 1) * w + (w + 1) * 9,
    deep: (w) => 18 * w + 6 * (w + 1) * w + (w + 1) * 9,
    residual: (w) => 18 * w + 6 * (w + 1) * w + (w + 1) * 9,
    attention: token,
  };
  for (const name of ARCHITECTURES) {
    const { parameters, width } = await trainArchitecture(name, application, set(64, "few"), set(10, "v"), few);
    const next = width + (name === "attention" ? 4 : 1);
    assert.equal(parameters, expected[name](width), name);
    assert.ok(parameters <= 2000 && expected[name](next) > 2000, `${name} could be wider than ${width}`);
  }
});

test("the same seed gives the same network, and a signal ends training", async () => {
  const short = { ...options, epochs: 2 };
  const go = () => trainArchitecture("plain", application, training, validation, short);
  const [one, other] = [await go(), await go()];
  assert.deepEqual(one.forward(unseen.features), other.forward(unseen.features));
  const hooks = { signal: AbortSignal.abort() };
  await assert.rejects(trainArchitecture("plain", application, training, validation, short, hooks), {
    name: "AbortError",
  });
});

test("the weights with the least validation loss are kept", async () => {
  // A rate at which it does not settle: the loss of the last epoch is not the least.
  const wild = { ...options, learningRate: 0.3 };
  const { validationLosses, forward } = await trainArchitecture("plain", application, training, validation, wild);
  const least = Math.min(...validationLosses);
  assert.ok((validationLosses.at(-1) as number) > least);
  const sums = forward(validation.features);
  const losses = Array.from(validation.decisions, (site, i) => {
    const three = row(sums, i, 3);
    return Math.log(three.reduce((total, sum) => total + Math.exp(sum), 0)) - (three[site] as number);
  });
  const loss = losses.reduce((total, one) => total + one, 0) / losses.length;
  assert.ok(Math.abs(loss - least) < 1e-4, `${loss}, ${least}`);
});

test("an unknown architecture and too few parameters are refused", async () => {
  const go = (name: string, parameters: number) =>
    trainArchitecture(name as ArchitectureName, application, training, validation, { ...options, parameters });
  await assert.rejects(go("wide", 4000), inputError("architecture is wide", "plain, deep, residual, attention"));
  await assert.rejects(go("attention", 10), inputError("parameters is 10", "attention"));
});
