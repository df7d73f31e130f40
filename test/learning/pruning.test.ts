import assert from "node:assert/strict";
import test from "node:test";
import { standardise, statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { plainForward } from "../../src/learning/inference";
import { initialNetwork, type Network } from "../../src/learning/network";
import { pruneGradually, pruneUnits, pruneWeights, pruningShares } from "../../src/learning/pruning";
import { TRAIN_DEFAULTS, train } from "../../src/learning/train";
import { loadScenario } from "../../src/scenario/load";
import { inputError } from "../support";

/** Kernel [0.1, -0.5; 0.3, 0.2] with biases 0.01, 9; kernel [4; -3] with bias 0. */
const small: Network = { sizes: [2, 2, 1], parameters: Float32Array.of(0.1, -0.5, 0.3, 0.2, 0.01, 9, 4, -3, 0) };

test("the smallest weights go, over the whole network or in each layer, and biases stay", () => {
  // Half of 6 weights: 0.1, 0.2 and 0.3 are the smallest of all; 0.1, 0.2 and -3 those of their layers.
  const global = pruneWeights(small, 0.5, "global");
  assert.deepEqual(global.network.parameters, Float32Array.of(0, -0.5, 0, 0, 0.01, 9, 4, -3, 0));
  assert.deepEqual([...global.frozen], [1, 0, 1, 1, 0, 0, 0, 0, 0]);
  const layer = pruneWeights(small, 0.5, "layer");
  assert.deepEqual(layer.network.parameters, Float32Array.of(0, -0.5, 0.3, 0, 0.01, 9, 4, 0, 0));
  assert.deepEqual([...layer.frozen], [1, 0, 0, 1, 0, 0, 0, 1, 0]);
  assert.equal(small.parameters[0], Math.fround(0.1), "what was given is as it was");
  assert.deepEqual(pruneWeights(small, 0, "global").network, small);
});

test("shares rise as a cubic, and pruning further keeps what is pruned", () => {
  // 0.8 (1 - (3/4)^3), 0.8 (1 - (1/2)^3), 0.8 (1 - (1/4)^3), 0.8.
  const shares = pruningShares({ share: 0.8, rounds: 4 });
  for (const [i, share] of [0.4625, 0.7, 0.7875, 0.8].entries())
    assert.ok(Math.abs((shares[i] as number) - share) < 1e-12);
  const network = initialNetwork([30, 20, 10], "further");
  const first = pruneWeights(network, 0.3, "global");
  const second = pruneWeights(first.network, 0.6, "global");
  assert.ok(first.frozen.every((one, i) => one === 0 || second.frozen[i] === 1));
  assert.equal(second.frozen.filter((one) => one === 1).length, 0.6 * 800);
});

test("units that reach nothing go first, and the network computes the same without them", () => {
  const { sizes, parameters } = initialNetwork([5, 6, 4, 3], "units");
  // What leaves units 1 and 4 of the first hidden layer, and unit 2 of the second.
  const [first, second] = [6 * 6, 6 * 6 + 7 * 4];
  for (const unit of [1, 4]) parameters.fill(0, first + 4 * unit, first + 4 * unit + 4);
  parameters.fill(0, second + 3 * 2, second + 3 * 2 + 3);
  const network = { sizes, parameters };
  const pruned = pruneUnits(network, [4, 3]);
  assert.deepEqual(pruned.sizes, [5, 4, 3, 3]);
  const inputs = { rows: 2, columns: 5, values: Float32Array.of(1, -2, 0.5, 3, -1, 0, 1, 2, -0.5, 4) };
  assert.deepEqual(plainForward(pruned)(inputs), plainForward(network)(inputs));
  assert.deepEqual(pruneUnits(network, [6, 4]), network);
});

test("a unit is as strong as what comes in times what goes out", () => {
  // Norms in: 5 (3, 4), 1 (bias alone), 2; out: 1, 4, 3. Products 5, 4, 6.
  const network = { sizes: [1, 3, 1], parameters: Float32Array.of(3, 0, 0, 4, 1, 2, 1, 4, 3, 7) };
  assert.deepEqual(pruneUnits(network, [2]), { sizes: [1, 2, 1], parameters: Float32Array.of(3, 0, 4, 2, 1, 3, 7) });
  assert.deepEqual(pruneUnits(network, [1]), { sizes: [1, 1, 1], parameters: Float32Array.of(0, 2, 3, 7) });
});

const scenario = loadScenario("paper");
const training = generate({ scenario, seed: 9, split: "train", count: 8000 });
const validation = generate({ scenario, seed: 9, split: "validation", count: 2000 });
const statistics = statisticsOf(training.features);
const set = ({ features, decisions }: typeof training) => ({ features: standardise(features, statistics), decisions });
const options = { ...TRAIN_DEFAULTS, hidden: [128, 128], batch: 128, epochs: 12 };

test("without 80 % of its weights a network is within one point of what it was, and they stay zero in training", async () => {
  const [learned, unseen] = [set(training), set(validation)];
  const { network, history, bestEpoch } = await train(learned, unseen, options);
  const before = history[bestEpoch - 1]?.validationAccuracy as number;
  const steps: number[] = [];
  const plan = { share: 0.8, scope: "global", rounds: 4 } as const;
  const tuning = { ...options, epochs: 6 };
  const hooks = { onStep: (epochs: number) => steps.push(epochs) };
  const pruned = await pruneGradually(network, learned, unseen, tuning, plan, hooks);
  const after = pruned.history[pruned.bestEpoch - 1]?.validationAccuracy as number;
  assert.ok(before > 0.9, `trained to ${before}`);
  assert.ok(after > before - 0.01, `${before} became ${after}`);
  const weights = 34 * 128 + 128 * 128 + 128 * 18;
  const there = pruned.network.parameters.filter((value) => value !== 0).length;
  assert.equal(there, Math.round(0.2 * weights) + 128 + 128 + 18, "weights that are left, and biases");
  assert.equal(steps.at(-1), 3 + 6);
  assert.deepEqual(
    steps,
    steps.toSorted((a, b) => a - b),
  );
});

test("an interrupt stops pruning, and what cannot be pruned is refused", async () => {
  const network = initialNetwork([34, 8, 18], "refused");
  const stop = new AbortController();
  const hooks = { onStep: () => stop.abort(), signal: stop.signal };
  const plan = { share: 0.8, scope: "global", rounds: 2 } as const;
  const [learned, unseen] = [set(training), set(validation)];
  const { stopped } = await pruneGradually(network, learned, unseen, { ...options, hidden: [8] }, plan, hooks);
  assert.equal(stopped, true);
  for (const share of [1, -0.1, Number.NaN]) {
    assert.throws(() => pruneWeights(network, share, "layer"), inputError(`share is ${share}; allowed`));
    await assert.rejects(
      pruneGradually(network, learned, unseen, options, { ...plan, share }),
      inputError(`share is ${share}; allowed`),
    );
  }
  for (const hidden of [[9], [0], [8, 8], []]) {
    assert.throws(() => pruneUnits(network, hidden), inputError(`hidden is ${hidden.join(",")}; allowed`));
  }
});
