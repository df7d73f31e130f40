import { type Matrix, type Statistics, standardise, statisticsOf } from "../demonstrations/features";
import type { Head } from "./heads";
import { forwardOf } from "./inference";
import type { Network } from "./network";
import { type Epoch, type TrainingSet, type TrainOptions, train } from "./train";

/**
 * Stacked sequential learning (Cohen and Carvalho, IJCAI 2005): a small network a round looks at rows, each with what the round before believes of
 * the others, and has beliefs of its own. One item, such as the states of an application, has many rows.
 */
export interface Stack<Item> {
  readonly head: Head;
  /** Beliefs before the first round. */
  readonly start: (item: Item) => Float32Array;
  /** Inputs [rows x columns], not standardised; the same columns for every item. */
  readonly inputs: (item: Item, beliefs: Float32Array) => Matrix;
  /** Beliefs after a round, from its last sums [rows x units] and those before it. */
  readonly believe: (item: Item, sums: Float32Array, before: Float32Array) => Float32Array;
}

/** One round of a stack. */
export interface Round {
  readonly network: Network;
  /** Of the inputs of this round over the training set. */
  readonly statistics: Statistics;
  readonly history: readonly Epoch[];
}

/** An item, and what its rows have to learn. */
export interface Lesson<Item> {
  readonly item: Item;
  readonly decisions: Uint8Array;
}

/** Trains so many rounds, one after the other; the same options for each. Between two epochs `onEpoch` is called with the round, from 0. */
export async function trainRounds<Item>(
  stack: Stack<Item>,
  training: readonly Lesson<Item>[],
  validation: readonly Lesson<Item>[],
  rounds: number,
  options: Omit<TrainOptions, "head">,
  onEpoch: (round: number, epoch: Epoch) => void,
): Promise<Round[]> {
  const sides = [training, validation].map((lessons) => ({
    lessons,
    decisions: Uint8Array.from(Buffer.concat(lessons.map(({ decisions }) => decisions))),
    beliefs: lessons.map(({ item }) => stack.start(item)),
  })) as [Side<Item>, Side<Item>];
  const done: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const parts = sides.map(({ lessons, beliefs }) =>
      lessons.map(({ item }, i) => stack.inputs(item, beliefs[i] as Float32Array)),
    ) as [Matrix[], Matrix[]];
    const inputs = parts.map(joined) as [Matrix, Matrix];
    const statistics = statisticsOf(inputs[0]);
    const sets = inputs.map((matrix, side) => ({
      features: standardise(matrix, statistics),
      decisions: (sides[side] as Side<Item>).decisions,
    })) as [TrainingSet, TrainingSet];
    const { network, history } = await train(
      sets[0],
      sets[1],
      { ...options, head: stack.head.name, seed: options.seed + round },
      { onEpoch: (epoch) => onEpoch(round, epoch) },
    );
    const forward = forwardOf(network);
    for (const [index, side] of sides.entries()) {
      const sums = forward((sets[index] as TrainingSet).features);
      const units = sums.length / (inputs[index] as Matrix).rows;
      let at = 0;
      side.beliefs = side.lessons.map(({ item }, i) => {
        const from = at;
        at += units * ((parts[index] as Matrix[])[i] as Matrix).rows;
        return stack.believe(item, sums.subarray(from, at), side.beliefs[i] as Float32Array);
      });
    }
    done.push({ network, statistics, history });
  }
  return done;
}

interface Side<Item> {
  readonly lessons: readonly Lesson<Item>[];
  readonly decisions: Uint8Array;
  beliefs: Float32Array[];
}

/** Makes rounds ready: the last sums [rows x units] of an item. */
export function sumsOfRounds<Item>(stack: Stack<Item>, rounds: readonly Round[]): (item: Item) => Float32Array {
  const ready = rounds.map(({ network, statistics }) => ({ forward: forwardOf(network), statistics }));
  return (item) => {
    let beliefs = stack.start(item);
    let sums: Float32Array = beliefs;
    for (const { forward, statistics } of ready) {
      sums = forward(standardise(stack.inputs(item, beliefs), statistics));
      beliefs = stack.believe(item, sums, beliefs);
    }
    return sums;
  };
}

function joined(matrices: readonly Matrix[]): Matrix {
  const columns = matrices[0]?.columns ?? 0;
  const rows = matrices.reduce((sum, matrix) => sum + matrix.rows, 0);
  const values = new Float32Array(rows * columns);
  let at = 0;
  for (const matrix of matrices) {
    values.set(matrix.values, at);
    at += matrix.values.length;
  }
  return { rows, columns, values };
}
