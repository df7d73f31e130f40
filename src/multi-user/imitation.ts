import type { Matrix } from "../demonstrations/features";
import { HEADS } from "../learning/heads";
import { type Lesson, type Round, type Stack, sumsOfRounds, trainRounds } from "../learning/stacked";
import type { Epoch, TrainOptions } from "../learning/train";
import {
  choicesOf,
  type Game,
  isEdge,
  LOCAL_CHOICE,
  type Loads,
  load,
  marginalCost,
  noLoads,
  ownCost,
  serverOf,
} from "./game";

/**
 * A policy for any number of users and servers: a small network looks at one choice of one user at a time and says how likely it is the
 * one in the optimum, from what it would cost with the loads that the round before expects. What one user knows reaches the others through
 * these loads (see src/learning/stacked.ts).
 */
export interface CrowdPolicy {
  readonly rounds: readonly Round[];
}

/** A game and the plan to imitate. */
export interface CrowdDemonstration {
  readonly game: Game;
  readonly plan: Uint8Array;
}

/** One sigmoid, of a row that is a choice: whether it is taken. */
const STACK: Stack<Game> = { head: HEADS.literal, start: noBeliefs, inputs: crowdFeatures, believe: beliefsOf };

/**
 * Trains so many rounds; the same options for each. Games may differ in users, servers and sharing. Between two epochs `onEpoch` is called
 * with the round, from 0.
 */
export async function trainCrowdPolicy(
  training: readonly CrowdDemonstration[],
  validation: readonly CrowdDemonstration[],
  rounds: number,
  options: Omit<TrainOptions, "head">,
  onEpoch: (round: number, epoch: Epoch) => void = () => {},
): Promise<CrowdPolicy> {
  const [taught, judged] = [training, validation].map((side) =>
    side.map((one) => ({ item: one.game, decisions: takenChoices(one) })),
  ) as [Lesson<Game>[], Lesson<Game>[]];
  return { rounds: await trainRounds(STACK, taught, judged, rounds, options, onEpoch) };
}

/** Makes a policy ready to decide: the plan of a game, each user's likeliest choice. */
export function crowdDecider({ rounds }: CrowdPolicy): (game: Game) => Uint8Array {
  const sumsOf = sumsOfRounds(STACK, rounds);
  return (game) => {
    const sums = sumsOf(game);
    const choices = choicesOf(game);
    return Uint8Array.from({ length: game.users }, (_, user) => {
      const own = sums.subarray(user * choices, (user + 1) * choices);
      return own.indexOf(Math.max(...own));
    });
  };
}

/** [U x (2K + 1)] before the first round each choice is as likely as the others. */
function noBeliefs(game: Game): Float32Array {
  const choices = choicesOf(game);
  return new Float32Array(game.users * choices).fill(1 / choices);
}

/**
 * Sigmoids of the sums [U x (2K + 1)], made to sum to 1 for each user, in the mean with the beliefs `before`: without that, many users who
 * see the same empty server go there together in one round, and leave it together in the next.
 */
function beliefsOf(game: Game, sums: Float32Array, before: Float32Array): Float32Array {
  const choices = choicesOf(game);
  const beliefs = STACK.head.outputs(sums);
  for (let first = 0; first < beliefs.length; first += choices) {
    let total = 0;
    for (let i = first; i < first + choices; i++) total += beliefs[i] as number;
    for (let i = first; i < first + choices; i++) {
      // Where nothing is likely, rounding may leave nothing.
      const belief = total > 0 ? (beliefs[i] as number) / total : 1 / choices;
      beliefs[i] = (belief + (before[i] as number)) / 2;
    }
  }
  return beliefs;
}

/** 1 for each row whose choice is in the plan. */
function takenChoices({ game, plan }: CrowdDemonstration): Uint8Array {
  const choices = choicesOf(game);
  const taken = new Uint8Array(game.users * choices);
  for (const [user, choice] of plan.entries()) taken[user * choices + choice] = 1;
  return taken;
}

const COLUMNS = 12;

/**
 * The inputs [U (2K + 1) x 12] of all choices of all users. Nothing in them grows with the number of users or servers by itself. With the
 * loads of the others as they are believed:
 * - the logarithm of what the choice costs over the user's cheapest other choice: in social cost, in own cost, and in own cost with nobody
 *   else there,
 * - the belief in the choice, and in the likeliest other one,
 * - whether it is an edge, whether it is a cloud,
 * - the share of its social cost that is due to others,
 * - the share of the band, and of the cores, that the user would get,
 * - the user's place in the queue for the choice, over the users expected there: how many others it would save more social cost,
 * - the users expected there over those expected on the whole server.
 * @param beliefs [U x (2K + 1)] probabilities
 */
export function crowdFeatures(game: Game, beliefs: Float32Array): Matrix {
  const { users, servers, band, cores } = game;
  const choices = choicesOf(game);
  const rows = users * choices;
  const expected = new Float64Array(choices);
  const loads = noLoads(game);
  for (let row = 0; row < rows; row++) {
    const choice = row % choices;
    (expected[choice] as number) += beliefs[row] as number;
    load(game, loads, (row - choice) / choices, choice, beliefs[row] as number);
  }
  const empty = noLoads(game);
  const social = new Float64Array(rows);
  const own = new Float64Array(rows);
  const alone = new Float64Array(rows);
  const values = new Float32Array(rows * COLUMNS);
  for (let user = 0; user < users; user++) {
    const first = user * choices;
    const share = (sign: number) => {
      for (let choice = 1; choice < choices; choice++) {
        load(game, loads, user, choice, sign * (beliefs[first + choice] as number));
      }
    };
    share(-1);
    for (let choice = 0; choice < choices; choice++) {
      const row = first + choice;
      social[row] = marginalCost(game, loads, user, choice);
      own[row] = ownCost(game, loads, user, choice);
      alone[row] = ownCost(game, empty, user, choice);
      values.set(sharesOf(game, loads, user, choice, band.weight, cores.weight), row * COLUMNS + 8);
    }
    share(1);
  }
  const saved = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const choice = row % choices;
    const first = row - choice;
    const at = row * COLUMNS;
    const others = (costs: Float64Array) => leastOther(costs, first, choices, choice);
    saved[row] = others(social) - (social[row] as number);
    values[at] = logRatio(social[row] as number, others(social));
    values[at + 1] = logRatio(own[row] as number, others(own));
    values[at + 2] = logRatio(alone[row] as number, others(alone));
    values[at + 3] = beliefs[row] as number;
    values[at + 4] = -leastOther(beliefs, first, choices, choice, -1);
    values[at + 5] = isEdge(game, choice) ? 1 : 0;
    values[at + 6] = choice > servers ? 1 : 0;
    values[at + 7] = 1 - (alone[row] as number) / (social[row] as number);
    const server = serverOf(game, choice);
    const together =
      choice === LOCAL_CHOICE
        ? (expected[LOCAL_CHOICE] as number)
        : (expected[1 + server] as number) + (expected[1 + servers + server] as number);
    values[at + 11] = (expected[choice] as number) / Math.max(together, 1e-6);
  }
  for (let choice = 0; choice < choices; choice++) {
    const queue = Float64Array.from({ length: users }, (_, user) => saved[user * choices + choice] as number);
    const ordered = queue.slice().sort().reverse();
    for (const [user, saves] of queue.entries()) {
      const ahead = ordered.indexOf(saves);
      values[(user * choices + choice) * COLUMNS + 10] = Math.log((ahead + 0.5) / ((expected[choice] as number) + 0.5));
    }
  }
  return { rows, columns: COLUMNS, values };
}

/** The shares of the band and of the cores that a user would get beside the others; 1 of what it does not use. */
function sharesOf(
  game: Game,
  others: Loads,
  user: number,
  choice: number,
  band: Float64Array,
  cores: Float64Array,
): [number, number] {
  if (choice === LOCAL_CHOICE) return [1, 1];
  const server = serverOf(game, choice);
  const at = user * game.servers + server;
  // Beliefs that are added and taken away leave rounding behind.
  const share = (weight: number, rest: number) => (rest > 0 ? weight / (weight + rest) : 1);
  return [
    share(band[at] as number, others.bandWeight[server] as number),
    isEdge(game, choice) ? share(cores[at] as number, others.coresWeight[server] as number) : 1,
  ];
}

/** The logarithm of a ratio of costs, also where a task is free. */
function logRatio(cost: number, least: number): number {
  return Math.log((cost + FREE) / (least + FREE));
}

const FREE = 1e-9;

/** The least of a user's values but that of one choice; with sign -1 the largest, negated. */
function leastOther(values: ArrayLike<number>, first: number, choices: number, choice: number, sign = 1): number {
  let least = Number.POSITIVE_INFINITY;
  for (let other = 0; other < choices; other++) {
    if (other !== choice) least = Math.min(least, sign * (values[first + other] as number));
  }
  return least;
}
