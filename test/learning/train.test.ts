import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import seedrandom from "seedrandom";
import type { Matrix } from "../../src/demonstrations/features";
import { type HeadName, headNamed } from "../../src/learning/heads";
import { startOf } from "../../src/learning/learner";
import { initialNetwork, layerSlices } from "../../src/learning/network";
import { loadTensorflow } from "../../src/learning/tensorflow";
import { ENGINES, TRAIN_DEFAULTS, type TrainingSet, train } from "../../src/learning/train";
import { type VectorLearner, vectorLearner } from "../../src/learning/vector-learner";
import { inputError } from "../support";
import { helpersOf } from "./helpers-of";
import { tensorflowSums } from "./tensorflow-sums";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-train-"));
test.after(() => fs.rmSync(folder, { recursive: true }));

/** Two sub-tasks whose sites depend on two features alone: the number of them that are above zero, and the first's sign. */
function tinyProblem(rows: number, seed: string): TrainingSet {
  const random = seedrandom.alea(seed);
  const values = Float32Array.from({ length: 2 * rows }, () => {
    const value = 2 * random() - 1;
    return value + (value < 0 ? -0.1 : 0.1);
  });
  const decisions = new Uint8Array(2 * rows);
  for (let k = 0; k < rows; k++) {
    const [first, second] = [(values[2 * k] as number) > 0, (values[2 * k + 1] as number) > 0];
    decisions[2 * k] = Number(first) + Number(second);
    decisions[2 * k + 1] = first ? 2 : 0;
  }
  return { features: { rows, columns: 2, values }, decisions };
}

const options = { ...TRAIN_DEFAULTS, hidden: [16, 16], batch: 50, epochs: 50, patience: 50, learningRate: 0.01 };

for (const head of ["sigmoid", "softmax"] as const) {
  test(`a tiny separable problem is learned to 100 % with the ${head} head`, async () => {
    const unseen = tinyProblem(500, "unseen");
    const { network } = await train(tinyProblem(1000, "seen"), tinyProblem(300, "validation"), { ...options, head });
    const sums = await tensorflowSums(network, unseen.features);
    assert.deepEqual(headNamed(head).decide(sums), unseen.decisions);
  });
}

test("the literal head learns to tell local from offloaded, and sends what is offloaded to the edge", async () => {
  const unseen = tinyProblem(500, "unseen");
  const head = headNamed("literal");
  const { network } = await train(tinyProblem(1000, "seen"), tinyProblem(300, "validation"), {
    ...options,
    head: "literal",
  });
  const decided = head.decide(await tensorflowSums(network, unseen.features));
  assert.deepEqual(
    decided,
    unseen.decisions.map((site) => (site === 0 ? 0 : 1)),
  );
});

for (const engine of ENGINES) {
  for (const head of ["literal", "sigmoid", "softmax"] as const) {
    test(`three steps with the ${head} head in ${engine} equal TensorFlow.js's own layers, loss and Adam`, async () => {
      // One batch an epoch, so that the order of the rows within it does not matter, and three epochs.
      const training = tinyProblem(64, head);
      const mine = await train(training, training, { ...options, engine, head, hidden: [5, 4], batch: 64, epochs: 3 });
      const theirs = await layersFit(training, head, [5, 4], 3);
      assert.equal(mine.bestEpoch, 3);
      const worst = Math.max(...mine.network.parameters.map((value, i) => Math.abs(value - (theirs[i] as number))));
      assert.ok(worst < 1e-5, `the largest difference of a weight is ${worst}`);
      const moved = initialNetwork(mine.network.sizes, `${options.seed}/weights`).parameters;
      assert.ok(mine.network.parameters.some((value, i) => Math.abs(value - (moved[i] as number)) > 0.02));
    });
  }
}

test("a hundred steps have the same losses in both engines, with blocks that are not full and widths that are not multiples of 8", async () => {
  // 333 rows are blocks of 128, 128 and 77.
  const training = tinyProblem(333, "engines");
  const short = { ...options, hidden: [37, 11], batch: 333, epochs: 100, patience: 100 };
  const [ours, theirs] = await Promise.all(ENGINES.map((engine) => train(training, training, { ...short, engine })));
  assert.equal(ours?.history.length, 100);
  for (const [epoch, { trainLoss }] of ours?.history.entries() ?? []) {
    const other = theirs?.history[epoch]?.trainLoss as number;
    assert.ok(Math.abs(trainLoss - other) < 1e-4, `epoch ${epoch + 1}: ${trainLoss} and ${other}`);
  }
});

test("the weights are the same bits for any number of threads", async () => {
  const sizes = [3, 37, 11, 6];
  const inputs = { rows: 333, columns: 3, values: Float32Array.from({ length: 999 }, (_, i) => Math.sin(i)) };
  const targets = Float32Array.from({ length: 6 * 333 }, (_, i) => (i % 3 === 0 ? 1 : 0));
  const [alone, ...others] = await Promise.all(
    [1, 2, 3].map(async (threads) => {
      const start = startOf(initialNetwork(sizes, "threads").parameters);
      const learner = vectorLearner(sizes, start, 400, { threads });
      await helpersOf(learner, threads - 1);
      for (let step = 0; step < 5; step++) {
        learner.imitate(inputs, targets, 0.01);
        learner.step(inputs, 0.01, (sums) => sums.map((sum) => sum / 333));
      }
      const { parameters } = learner.read();
      learner.dispose();
      return parameters;
    }),
  );
  for (const theirs of others) assert.deepEqual(theirs, alone);
});

test("a thread that comes up while others work joins in, and the weights are the same bits", async () => {
  const sizes = [20, 128, 9];
  const inputs = { rows: 512, columns: 20, values: Float32Array.from({ length: 20 * 512 }, (_, i) => Math.sin(i)) };
  const targets = Float32Array.from({ length: 9 * 512 }, (_, i) => (i % 3 === 0 ? 1 : 0));
  const learners = [1, 3].map((threads) =>
    vectorLearner(sizes, startOf(initialNetwork(sizes, "late").parameters), 512, { threads }),
  );
  const [alone, helped] = learners as [VectorLearner, VectorLearner];
  let steps = 0;
  for (let after = 0; after < 20; after += helped.helpers() === 2 ? 1 : 0) {
    helped.imitate(inputs, targets, 0.01);
    steps++;
  }
  for (let step = 0; step < steps; step++) alone.imitate(inputs, targets, 0.01);
  assert.deepEqual(helped.read(), alone.read());
  for (const learner of learners) learner.dispose();
});

for (const engine of ENGINES) {
  test(`training goes on from a network, and what is frozen stays, with ${engine}`, async () => {
    const training = tinyProblem(200, "frozen");
    const short = { ...options, hidden: [9, 5], batch: 50, epochs: 3, engine };
    const { network } = await train(training, training, short);
    const frozen = network.parameters.map((_, i) => (i % 3 === 0 ? 1 : 0));
    const start = { network, frozen: Uint8Array.from(frozen) };
    const after = (await train(training, training, short, {}, start)).network.parameters;
    const changed = after.filter((value, i) => value !== network.parameters[i]).length;
    for (let i = 0; i < after.length; i += 3) assert.equal(after[i], network.parameters[i]);
    // All others but those of dead units move, if ever so little.
    assert.ok(changed > 0.5 * after.length, `${changed} of ${after.length}`);
    const other = { network: initialNetwork([2, 9, 6], "other") };
    await assert.rejects(train(training, training, short, {}, other), inputError("2-9-6", "allowed: 2-9-5-"));
  });
}

test("targets of its own are learned in place of those of the decisions", async () => {
  const training = tinyProblem(200, "targets");
  const other = tinyProblem(200, "others");
  const swapped = { ...training, targets: headNamed(options.head).targets(other.decisions) };
  const [learned, wanted] = await Promise.all(
    [swapped, { ...training, decisions: other.decisions }].map((set) =>
      train(set, training, { ...options, epochs: 2, patience: 2 }),
    ),
  );
  assert.deepEqual(learned?.network.parameters, wanted?.network.parameters);
});

/** The same training by the layers API: automatic differentiation, built-in losses, tf.train.adam. */
async function layersFit(
  training: TrainingSet,
  headName: HeadName,
  hidden: number[],
  epochs: number,
): Promise<number[]> {
  const tf = await loadTensorflow();
  const head = headNamed(headName);
  const units = head.units(2);
  const start = initialNetwork([2, ...hidden, units], `${options.seed}/weights`);
  const model = tf.sequential();
  for (const [i, { inputs, units: width }] of layerSlices(start.sizes).entries()) {
    const last = i === hidden.length;
    const activation = last ? (head.activation === "sigmoid" ? "sigmoid" : "linear") : "relu";
    model.add(tf.layers.dense({ inputShape: [inputs], units: width, activation }));
  }
  if (head.activation === "softmax") {
    model.add(tf.layers.reshape({ targetShape: [2, 3] }));
    model.add(tf.layers.activation({ activation: "softmax" }));
  }
  model.setWeights(
    layerSlices(start.sizes).flatMap(({ inputs, units: width, kernel, bias }) => [
      tf.tensor2d(start.parameters.slice(kernel, bias), [inputs, width]),
      tf.tensor1d(start.parameters.slice(bias, bias + width)),
    ]),
  );
  const softmax = head.activation === "softmax";
  const optimizer = tf.train.adam(options.learningRate, 0.9, 0.999, 1e-8);
  model.compile({
    optimizer,
    loss: softmax ? "categoricalCrossentropy" : "binaryCrossentropy",
  });
  const rows = training.features.rows;
  const x = tf.tensor2d(training.features.values, [rows, 2]);
  const targets = head.targets(training.decisions);
  const y = softmax ? tf.tensor3d(targets, [rows, 2, 3]) : tf.tensor2d(targets, [rows, units]);
  for (let epoch = 0; epoch < epochs; epoch++) {
    // Half a cosine over three steps: factors 1, (1 + cos 60 deg) / 2 = 0.75 and (1 + cos 120 deg) / 2 = 0.25.
    const factor = [1, 0.75, 0.25][epoch] as number;
    (optimizer as unknown as { learningRate: number }).learningRate = options.learningRate * factor;
    await model.fit(x, y, { epochs: 1, batchSize: rows, shuffle: false, verbose: 0 });
  }
  return model.getWeights().flatMap((weight) => [...weight.dataSync()]);
}

test("the outputs of the network equal a forward pass written out by hand", async () => {
  // One hidden unit: relu(1 x1 - 2 x2 + 0.5); outputs: sigmoid(3 h - 1), sigmoid(-h).
  const network = { sizes: [2, 1, 2], parameters: Float32Array.of(1, -2, 0.5, 3, -1, -1, 0) };
  const features: Matrix = { rows: 2, columns: 2, values: Float32Array.of(1, 0.5, 0, 1) };
  const outputs = headNamed("literal").outputs(await tensorflowSums(network, features));
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  // Row 0: h = relu(1 - 1 + 0.5) = 0.5. Row 1: h = relu(-2 + 0.5) = 0.
  const expected = [sigmoid(0.5), sigmoid(-0.5), sigmoid(-1), sigmoid(0)];
  for (const [i, value] of expected.entries()) assert.ok(Math.abs(value - (outputs[i] as number)) < 1e-6);
});

test("the same seed gives the same weights, another seed others", async () => {
  const [training, validation] = [tinyProblem(300, "seen"), tinyProblem(100, "validation")];
  const short = { ...options, epochs: 3 };
  const once = await train(training, validation, short);
  const again = await train(training, validation, short);
  const other = await train(training, validation, { ...short, seed: 2 });
  assert.deepEqual(once.network.parameters, again.network.parameters);
  assert.notDeepEqual(once.network.parameters, other.network.parameters);
});

test("training that is stopped and resumed ends with the weights of an undisturbed one", async () => {
  const [training, validation] = [tinyProblem(300, "seen"), tinyProblem(100, "validation")];
  const short = { ...options, epochs: 6 };
  const undisturbed = await train(training, validation, short);
  const checkpoint = path.join(folder, "resume.checkpoint");
  const controller = new AbortController();
  const stopped = await train(training, validation, short, {
    checkpoint,
    signal: controller.signal,
    onEpoch: ({ epoch }) => {
      if (epoch === 2) controller.abort();
    },
  });
  assert.equal(stopped.stopped, true);
  assert.equal(stopped.history.length, 2);
  const epochs: number[] = [];
  const resumed = await train(training, validation, short, { checkpoint, onEpoch: ({ epoch }) => epochs.push(epoch) });
  assert.deepEqual(epochs, [3, 4, 5, 6]);
  assert.deepEqual(resumed.network.parameters, undisturbed.network.parameters);
  assert.deepEqual(resumed.history, undisturbed.history);
});

test("hooks are told the epochs done, a fraction, and of each epoch the network and its decisions on the validation set", async () => {
  const [training, validation] = [tinyProblem(100, "seen"), tinyProblem(50, "validation")];
  // Batches of 40, 40 and 20 of 100 demonstrations.
  const short = { ...options, batch: 40, epochs: 2, hidden: [4] };
  const steps: number[] = [];
  const shares: number[] = [];
  let waited = false;
  let decisions: Uint8Array = new Uint8Array(0);
  const { history } = await train(training, validation, short, {
    onStep: (epochs) => steps.push(epochs),
    measure(made) {
      decisions = made;
      return { local: made.filter((site) => site === 0).length };
    },
    async onEpoch({ epoch, local }, network) {
      const head = headNamed("sigmoid");
      assert.deepEqual(decisions, head.decide(await tensorflowSums(network, validation.features)));
      assert.equal(local, decisions.filter((site) => site === 0).length);
      shares.push(decisions.filter((site, i) => site === validation.decisions[i]).length / decisions.length);
      if (epoch === 1) await new Promise((resolve) => setTimeout(resolve, 5));
      if (epoch === 1) waited = steps.length === 3;
    },
  });
  assert.deepEqual(steps, [0.4, 0.8, 1, 1.4, 1.8, 2]);
  assert.deepEqual(
    history.map(({ validationAccuracy }) => validationAccuracy),
    shares,
  );
  assert.ok(waited, "training waits for what the hook returns");
});

test("with the literal head, accuracy is the share of sites that are right, which cloud never is", async () => {
  const training = tinyProblem(500, "seen");
  const { history, bestEpoch } = await train(training, training, { ...options, head: "literal" });
  const cloud = training.decisions.filter((site) => site === 2).length / training.decisions.length;
  assert.ok(Math.abs((history[bestEpoch - 1]?.validationAccuracy as number) - (1 - cloud)) < 1e-12);
});

test("a training of more rows than are scored at a time has the loss of its outputs", async () => {
  const set = tinyProblem(4500, "many");
  const { network, history } = await train(set, set, { ...options, batch: 4500, epochs: 1 });
  const outputs = headNamed("sigmoid").outputs(await tensorflowSums(network, set.features));
  const targets = headNamed("sigmoid").targets(set.decisions);
  const loss = outputs.reduce((sum, p, i) => sum - Math.log(targets[i] === 1 ? p : 1 - p), 0) / set.decisions.length;
  assert.ok(Math.abs((history[0]?.validationLoss as number) - loss) < 1e-5);
  assert.ok(Math.abs((history[0]?.trainLoss as number) - loss) < 1e-5);
});

test("a checkpoint that is cut short, or of other options, is not resumed from", async () => {
  const [training, validation] = [tinyProblem(100, "seen"), tinyProblem(50, "validation")];
  const checkpoint = path.join(folder, "broken.checkpoint");
  const short = { ...options, epochs: 2 };
  await train(training, validation, short, { checkpoint });
  const whole = fs.readFileSync(checkpoint);
  const epochsOf = async (changes: object): Promise<number> => {
    let epochs = 0;
    await train(training, validation, { ...short, ...changes }, { checkpoint, onEpoch: () => epochs++ });
    return epochs;
  };
  assert.equal(await epochsOf({}), 0, "the whole checkpoint is of finished training");
  fs.writeFileSync(checkpoint, whole.subarray(0, whole.length - 3));
  assert.equal(await epochsOf({}), 2);
  fs.writeFileSync(checkpoint, whole);
  assert.equal(await epochsOf({ batch: 16 }), 2);
});

test("training stops when the validation loss no longer falls, and keeps the best weights", async () => {
  // Labels of chance: what is learned from these 40 rows can only harm on others.
  const random = seedrandom.alea("chance");
  const noise = (rows: number): TrainingSet => ({
    features: { rows, columns: 3, values: Float32Array.from({ length: 3 * rows }, () => 2 * random() - 1) },
    decisions: Uint8Array.from({ length: rows }, () => Math.floor(3 * random())),
  });
  const result = await train(noise(40), noise(200), { ...options, epochs: 200, patience: 4 });
  const losses = result.history.map(({ validationLoss }) => validationLoss);
  assert.ok(losses.length < 200);
  assert.equal(losses.length, result.bestEpoch + 4);
  assert.equal(losses[result.bestEpoch - 1], Math.min(...losses));
});

test("options out of range are refused in one sentence that names the option", async () => {
  const set = tinyProblem(10, "seen");
  const refused: [object, RegExp][] = [
    [{ hidden: [] }, /^hidden has 0 layers; allowed: 1 to 20 numbers of units, such as 256,256\.$/],
    [{ hidden: [0] }, /^hidden is 0; allowed: a whole number from 1 to 16384\.$/],
    [{ learningRate: Number.NaN }, /^learningRate is NaN; allowed: a number above 0, at most 1\.$/],
    [{ batch: 1.5 }, /^batch is 1\.5; allowed: a whole number from 1 to 1000000\.$/],
    [{ epochs: 0 }, /^epochs is 0; allowed/],
    [{ head: "tanh" }, /^head is "tanh"; allowed: literal, sigmoid, softmax\.$/],
  ];
  for (const [change, message] of refused) {
    await assert.rejects(train(set, set, { ...options, ...change }), { name: "InputError", message });
  }
});
