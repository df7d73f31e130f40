import { setImmediate } from "node:timers/promises";
import type { Scalar, Tensor, Tensor2D, Tensor3D } from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import type { Matrix } from "../demonstrations/features";
import { InputError, requireInteger } from "../errors";
import type { Application } from "../mec/application";
import { SITES } from "../mec/sites";
import { standardNormal } from "../random";
import { HEADS } from "./heads";
import type { ShareHooks } from "./hooks";
import type { Forward } from "./inference";
import { type LearnerState, startOf } from "./learner";
import { shuffled } from "./order";
import { loadTensorflow, type TensorFlow } from "./tensorflow";
import type { TrainingSet, TrainOptions } from "./train";

/**
 * Networks from the features of a state to three sums a sub-task:
 *
 * - plain: two hidden layers, as DIOS has;
 * - deep: plain, with as many layers as the residual network;
 * - residual: a layer, three blocks of two layers each whose result is added to what goes in (He et al., ECCV 2016), and the output layer;
 * - attention: a sub-task is a token of the features that are about it; two blocks in which each looks at all (Vaswani et al., NIPS 2017; normalised first),
 *   and an output layer that all share.
 */
export const ARCHITECTURES = ["plain", "deep", "residual", "attention"] as const;

export type ArchitectureName = (typeof ARCHITECTURES)[number];

/** What can be turned: as in `train`, but for the hidden layers, which are as wide as `parameters` allow. */
export interface ArchitectureOptions extends Pick<TrainOptions, "learningRate" | "batch" | "epochs" | "seed"> {
  /** Most weights and biases. */
  readonly parameters: number;
}

/** A trained network of an architecture. */
export interface ArchitectureTrained {
  /** Weights and biases. */
  readonly parameters: number;
  /** Units of a hidden layer, numbers in a token. */
  readonly width: number;
  /** Cross-entropy a sub-task on the validation set, epoch by epoch. */
  readonly validationLosses: readonly number[];
  /** Its sums [rows x 3T], before the softmax. */
  readonly forward: Forward;
}

/**
 * Trains a network of an architecture, as wide as it can be within the number of parameters, to imitate decisions: on TensorFlow.js, with the softmax head, Adam, batches and
 * learning rate of `train`; the weights with the least validation loss are kept. Features have to be in the order of `encode`.
 */
export async function trainArchitecture(
  name: ArchitectureName,
  application: Application,
  training: TrainingSet,
  validation: TrainingSet,
  options: ArchitectureOptions,
  { onShare, signal }: ShareHooks = {},
): Promise<ArchitectureTrained> {
  const { batch, epochs, learningRate, seed } = options;
  requireInteger("batch", batch, 1, 1_000_000);
  requireInteger("epochs", epochs, 1, 100_000);
  const tf = await loadTensorflow();
  const { columns, rows } = training.features;
  const { design, width, parameters } = widest(name, application, columns, options.parameters);
  const learned = startOf(initial(design, seedrandom.alea(`${seed}/weights`)));
  const [inputs, targets] = tensorsOf(tf, training);
  const validationLosses: number[] = [];
  let best = learned.parameters.slice();
  let steps = 0;
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = shuffled(rows, `${seed}/order/${epoch + 1}`);
      for (let first = 0; first < rows; first += batch) {
        const done = (epoch + first / rows) / epochs;
        const gradient = tf.tidy(() => {
          const chosen = tf.tensor1d(Int32Array.from(order.subarray(first, first + batch)), "int32");
          const [input, target] = [tf.gather(inputs, chosen), tf.gather(targets, chosen)];
          const gradients = tf.grads((...weights: Tensor[]) => lossOf(tf, target, design.sums(tf, weights, input)));
          const parts = gradients(weightsOf(tf, design, learned.parameters)).map((part) => part.flatten());
          return tf.concat(parts).dataSync() as Float32Array;
        });
        adam({ ...learned, steps: ++steps }, gradient, (learningRate * (1 + Math.cos(Math.PI * done))) / 2);
        onShare?.((epoch + Math.min(1, (first + batch) / rows)) / epochs);
        await setImmediate();
        signal?.throwIfAborted();
      }
      const loss = lossOn(tf, design, learned.parameters, validation);
      if (loss < Math.min(...validationLosses)) best = learned.parameters.slice();
      validationLosses.push(loss);
    }
  } finally {
    tf.dispose([inputs, targets]);
  }
  return {
    parameters,
    width,
    validationLosses,
    forward: (features) => forward(tf, design, best, features),
  };
}

/** A step of Adam (Kingma and Ba, 2015), in place. Here and not on the backend, where each of many small weights would be many small operations. */
function adam({ parameters, first, second, steps }: LearnerState, gradient: Float32Array, learningRate: number): void {
  const [decay1, decay2, epsilon] = [0.9, 0.999, 1e-8];
  const [correction1, correction2] = [1 - decay1 ** steps, 1 - decay2 ** steps];
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i] as number;
    const m = decay1 * (first[i] as number) + (1 - decay1) * g;
    const v = decay2 * (second[i] as number) + (1 - decay2) * g * g;
    first[i] = m;
    second[i] = v;
    (parameters[i] as number) -= (learningRate * (m / correction1)) / (Math.sqrt(v / correction2) + epsilon);
  }
}

/** A weight of a network, and how it starts: zero, one, or normal with the variance 2/inputs (He et al., 2015) or 1/inputs (no ReLU follows). */
interface Weight {
  readonly shape: number[];
  readonly start: "zero" | "one" | "he" | "lecun";
}

/** A network: its weights, and its sums [rows x 3T] for inputs [rows x columns]. */
interface Design {
  readonly weights: readonly Weight[];
  readonly sums: (tf: TensorFlow, weights: readonly Tensor[], inputs: Tensor2D) => Tensor2D;
}

const DESIGNS: Record<ArchitectureName, (application: Application, columns: number, width: number) => Design> = {
  plain: ({ subTasks }, columns, width) => plain([columns, width, width, SITES * subTasks]),
  deep: ({ subTasks }, columns, width) =>
    plain([columns, ...new Array<number>(1 + 2 * RESIDUAL_BLOCKS).fill(width), SITES * subTasks]),
  residual: ({ subTasks }, columns, width) => residual(columns, width, SITES * subTasks),
  attention,
};

const HEADS_OF_ATTENTION = 4;
const ATTENTION_BLOCKS = 2;
const RESIDUAL_BLOCKS = 3;

/** The network of an architecture with the most parameters up to `most`. */
function widest(name: ArchitectureName, application: Application, columns: number, most: number) {
  if (!ARCHITECTURES.includes(name)) {
    throw new InputError(`architecture is ${String(name)}; allowed: ${ARCHITECTURES.join(", ")}.`);
  }
  const step = name === "attention" ? HEADS_OF_ATTENTION : 1;
  const of = (width: number) => {
    const design = DESIGNS[name](application, columns, width);
    return { design, width, parameters: design.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0) };
  };
  const least = of(step).parameters;
  if (!(most >= least)) throw new InputError(`parameters is ${String(most)}; allowed: at least ${least} for ${name}.`);
  let found = of(step);
  for (let next = found; next.parameters <= most; next = of(next.width + step)) found = next;
  return found;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

/** All weights of a network as they start, one after another. */
function initial({ weights }: Design, random: () => number): Float32Array {
  const values = new Float32Array(weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let at = 0;
  for (const { shape, start } of weights) {
    const own = values.subarray(at, at + sizeOf(shape));
    at += own.length;
    if (start === "one") own.fill(1);
    if (start === "one" || start === "zero") continue;
    const deviation = Math.sqrt((start === "he" ? 2 : 1) / (shape[0] as number));
    for (let i = 0; i < own.length; i++) own[i] = deviation * standardNormal(random);
  }
  return values;
}

/** The weights of a network as tensors. */
function weightsOf(tf: TensorFlow, { weights }: Design, values: Float32Array): Tensor[] {
  let at = 0;
  return weights.map(({ shape }) => {
    const own = values.subarray(at, at + sizeOf(shape));
    at += own.length;
    return tf.tensor(own, shape);
  });
}

/** The kernel and the bias of a layer. */
const layer = (inputs: number, units: number, start: Weight["start"]): Weight[] => [
  { shape: [inputs, units], start },
  { shape: [units], start: "zero" },
];

/** Gives a network's weights out in their order. */
function inOrder(weights: readonly Tensor[]) {
  let at = 0;
  return () => weights[at++] as Tensor;
}

function plain(sizes: readonly number[]): Design {
  return {
    weights: sizes.slice(1).flatMap((units, i) => layer(sizes[i] as number, units, "he")),
    sums(tf, weights, inputs) {
      const next = inOrder(weights);
      let signal = inputs;
      for (let i = 1; i < sizes.length; i++) {
        signal = dense(tf, i === 1 ? signal : tf.relu(signal), next);
      }
      return signal;
    },
  };
}

/** Blocks add nothing at first, so that the network starts as a shallow one. */
function residual(columns: number, width: number, units: number): Design {
  const blocks = Array.from({ length: RESIDUAL_BLOCKS }, () => [
    ...layer(width, width, "he"),
    ...layer(width, width, "zero"),
  ]);
  return {
    weights: [...layer(columns, width, "he"), ...blocks.flat(), ...layer(width, units, "he")],
    sums(tf, weights, inputs) {
      const next = inOrder(weights);
      let signal = dense(tf, inputs, next);
      for (let block = 0; block < RESIDUAL_BLOCKS; block++) {
        const inner = dense(tf, tf.relu(signal), next);
        signal = tf.add(signal, dense(tf, tf.relu(inner), next));
      }
      return dense(tf, tf.relu(signal), next);
    },
  };
}

function attention(application: Application, columns: number, width: number): Design {
  const { subTasks } = application;
  const own = ownColumns(application, columns);
  const normed: Weight[] = [
    { shape: [width], start: "one" },
    { shape: [width], start: "zero" },
  ];
  const block = () => [
    ...normed,
    ...layer(width, 3 * width, "lecun"),
    ...layer(width, width, "lecun"),
    ...normed,
    ...layer(width, 2 * width, "he"),
    ...layer(2 * width, width, "lecun"),
  ];
  return {
    weights: [
      ...layer(columns, width, "lecun"),
      { shape: [subTasks, width], start: "zero" },
      ...Array.from({ length: ATTENTION_BLOCKS }, block).flat(),
      ...normed,
      ...layer(width, SITES, "lecun"),
    ],
    sums(tf, weights, inputs) {
      const next = inOrder(weights);
      const rows = inputs.shape[0];
      /** The same layer for each token. */
      const each = (tokens: Tensor) =>
        dense(tf, tokens.reshape([rows * subTasks, tokens.shape.at(-1) as number]), next).reshape([
          rows,
          subTasks,
          -1,
        ]) as Tensor3D;
      const tokensIn = tf.mul(inputs.reshape([rows, 1, columns]), tf.tensor2d(own, [subTasks, columns]));
      let tokens: Tensor = tf.add(each(tokensIn), next());
      for (let block = 0; block < ATTENTION_BLOCKS; block++) {
        const [queries, keys, values] = tf
          .split(each(normalised(tf, tokens, next)), 3, 2)
          .map((part) => part.reshape([rows, subTasks, HEADS_OF_ATTENTION, -1]).transpose([0, 2, 1, 3])) as [
          Tensor,
          Tensor,
          Tensor,
        ];
        const scale = 1 / Math.sqrt(width / HEADS_OF_ATTENTION);
        const looks = tf.softmax(tf.matMul(queries, keys, false, true).mul(scale));
        const seen = tf.matMul(looks, values).transpose([0, 2, 1, 3]).reshape([rows, subTasks, width]);
        tokens = tf.add(tokens, each(seen));
        const inner = each(normalised(tf, tokens, next));
        tokens = tf.add(tokens, each(tf.relu(inner)));
      }
      return each(normalised(tf, tokens, next)).reshape([rows, SITES * subTasks]);
    },
  };
}

/** [T x columns] 1 for the features that are about a sub-task: its dependencies, its own quantities, and the wired delay. */
function ownColumns({ subTasks, dependencies }: Application, columns: number): Float32Array {
  const own = new Float32Array(subTasks * columns);
  const links = dependencies.length;
  for (let task = 0; task < subTasks; task++) {
    const at = task * columns;
    for (const [link, { from, to }] of dependencies.entries()) if (from === task || to === task) own[at + link] = 1;
    for (let column = links + task; column < columns - 1; column += subTasks) own[at + column] = 1;
    own[at + columns - 1] = 1;
  }
  return own;
}

function dense(tf: TensorFlow, inputs: Tensor, next: () => Tensor): Tensor2D {
  const kernel = next() as Tensor2D;
  return tf.add(tf.matMul(inputs as Tensor2D, kernel), next());
}

/** Each token minus its mean, over its standard deviation, then scaled and shifted (layer normalisation: Ba et al., 2016). */
function normalised(tf: TensorFlow, tokens: Tensor, next: () => Tensor): Tensor {
  const { mean, variance } = tf.moments(tokens, -1, true);
  const standard = tf.div(tf.sub(tokens, mean), tf.sqrt(tf.add(variance, 1e-5)));
  const scaled = tf.mul(standard, next());
  return tf.add(scaled, next());
}

/** Features [rows x columns] and targets [rows x 3T]. */
function tensorsOf(tf: TensorFlow, { features, decisions }: TrainingSet): [Tensor2D, Tensor2D] {
  const { rows, columns, values } = features;
  return [
    tf.tensor2d(values, [rows, columns]),
    tf.tensor2d(HEADS.softmax.targets(decisions), [rows, (SITES * decisions.length) / rows]),
  ];
}

/** Cross-entropy a sub-task. */
function lossOf(tf: TensorFlow, targets: Tensor2D, sums: Tensor2D): Scalar {
  return tf.losses.softmaxCrossEntropy(targets.reshape([-1, SITES]), sums.reshape([-1, SITES]));
}

function lossOn(tf: TensorFlow, design: Design, values: Float32Array, validation: TrainingSet): number {
  const outputs = HEADS.softmax.outputs(forward(tf, design, values, validation.features));
  let loss = 0;
  for (const [i, site] of validation.decisions.entries()) {
    loss -= Math.log(Math.max(outputs[SITES * i + site] as number, 1e-7));
  }
  return loss / validation.decisions.length;
}

/** Rows that go through the network at a time. */
const ROWS = 2000;

/** Sums [rows x 3T]. */
function forward(
  tf: TensorFlow,
  design: Design,
  weights: Float32Array,
  { rows, columns, values }: Matrix,
): Float32Array {
  const parts: Tensor2D[] = [];
  return tf.tidy(() => {
    const tensors = weightsOf(tf, design, weights);
    for (let first = 0; first < rows; first += ROWS) {
      const count = Math.min(ROWS, rows - first);
      const part = values.subarray(first * columns, (first + count) * columns);
      parts.push(tf.tidy(() => design.sums(tf, tensors, tf.tensor2d(part, [count, columns]))));
    }
    return tf.concat(parts).dataSync() as Float32Array;
  });
}
