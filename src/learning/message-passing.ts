import type { Matrix } from "../demonstrations/features";
import { DEVICE } from "../mec/application";
import { CLOUD, EDGE, LOCAL, SITES } from "../mec/sites";
import type { States } from "../mec/states";
import { costTables, type Tables, transferBetween } from "../mec/tables";
import type { Scenario } from "../scenario/scenario";
import { HEADS } from "./heads";
import { type Lesson, type Round, type Stack, sumsOfRounds, trainRounds } from "./stacked";
import type { Epoch, TrainOptions } from "./train";

/**
 * A policy for applications of any shape and size: one small network a round decides for each sub-task from its own costs, those of its
 * neighbours and what the round before believes of them, so what one sub-task knows reaches its neighbours with each round (see
 * stacked.ts). The inputs are those of a message passing in mean field.
 */
export interface MessagePassing {
  readonly rounds: readonly Round[];
}

/** States with their optimal decisions [count x T], to imitate. Sets may differ in their application. */
export interface MessageSet {
  readonly scenario: Scenario;
  readonly states: States;
  readonly decisions: Uint8Array;
}

/** States and what they cost. */
interface Costed {
  readonly states: States;
  readonly tables: Tables;
}

/** Every sub-task is a row with one output a site. */
const STACK: Stack<Costed> = {
  head: HEADS.softmax,
  start: ({ states }) => noBeliefs(states),
  inputs: ({ states, tables }, beliefs) => messagesOf(states, tables, beliefs),
  believe: (_, sums) => HEADS.softmax.outputs(sums),
};

/** Trains so many rounds on several sets; the same options for each. Between two epochs `onEpoch` is called with the round, from 0. */
export async function trainMessagePassing(
  training: readonly MessageSet[],
  validation: readonly MessageSet[],
  rounds: number,
  options: Omit<TrainOptions, "head">,
  onEpoch: (round: number, epoch: Epoch) => void = () => {},
): Promise<MessagePassing> {
  const [taught, judged] = [training, validation].map((sets) =>
    sets.map(({ scenario, states, decisions }) => ({
      item: { states, tables: costTables(scenario, states) },
      decisions,
    })),
  ) as [Lesson<Costed>[], Lesson<Costed>[]];
  return { rounds: await trainRounds(STACK, taught, judged, rounds, options, onEpoch) };
}

/** Makes a policy ready to decide, [count x T], for states of any scenario. */
export function messagePassingDecider({ rounds }: MessagePassing): (scenario: Scenario, states: States) => Uint8Array {
  const sumsOf = sumsOfRounds(STACK, rounds);
  return (scenario, states) => STACK.head.decide(sumsOf({ states, tables: costTables(scenario, states) }));
}

/** Before the first round each site is as likely as the others. */
function noBeliefs({ count, application }: States): Float32Array {
  return new Float32Array(SITES * count * application.subTasks).fill(1 / SITES);
}

/** Inputs of a sub-task. */
const OWN = 2;
const SIDES = 2;
const PER_SIDE = 9;
const COLUMNS = OWN + SIDES * PER_SIDE;

/**
 * The inputs [count * T x 20] of all sub-tasks, in units of cost: what the edge and the cloud cost more than the device, transfers from and to
 * the device included; and from the predecessors, then from the successors, the sums of
 * - transfers over the radio and over the wired link,
 * - what the edge and the cloud cost more than the device in transfers, as the neighbours' sites are believed,
 * - what the edge and the cloud cost a neighbour more than the device,
 * - the beliefs in the three sites, each times the neighbour's transfer.
 * Beliefs are [count x T x 3] probabilities.
 */
export function messagesOf(states: States, tables: Tables, beliefs: Float32Array): Matrix {
  const { count, application } = states;
  const { subTasks, dependencies } = application;
  const rows = count * subTasks;
  const values = new Float32Array(rows * COLUMNS);
  const own = ownCosts(states, tables);
  for (let task = 0; task < rows; task++) {
    values[task * COLUMNS] = own[OWN * task] as number;
    values[task * COLUMNS + 1] = own[OWN * task + 1] as number;
  }
  for (const [link, { from, to }] of dependencies.entries()) {
    if (from === DEVICE || to === DEVICE) continue;
    for (let k = 0; k < count; k++) {
      const index = k * dependencies.length + link;
      const [source, target] = [k * subTasks + from, k * subTasks + to];
      tell(values, target * COLUMNS + OWN, tables, index, own, beliefs, source);
      tell(values, source * COLUMNS + OWN + PER_SIDE, tables, index, own, beliefs, target);
    }
  }
  return { rows, columns: COLUMNS, values };
}

/** Adds what neighbour `of` has to tell over the dependency at [index] of the tables to the inputs from `at` on. */
function tell(
  values: Float32Array,
  at: number,
  tables: Tables,
  index: number,
  own: Float64Array,
  beliefs: Float32Array,
  of: number,
): void {
  const radio = tables.radio[index] as number;
  const wired = tables.wired[index] as number;
  let [local, edge, cloud] = [0, 0, 0];
  for (let site = 0; site < SITES; site++) {
    const belief = beliefs[SITES * of + site] as number;
    local += belief * transferBetween(tables, index, site, LOCAL);
    edge += belief * transferBetween(tables, index, site, EDGE);
    cloud += belief * transferBetween(tables, index, site, CLOUD);
    (values[at + 6 + site] as number) += belief * (radio + wired);
  }
  (values[at] as number) += radio;
  (values[at + 1] as number) += wired;
  (values[at + 2] as number) += edge - local;
  (values[at + 3] as number) += cloud - local;
  (values[at + 4] as number) += own[OWN * of] as number;
  (values[at + 5] as number) += own[OWN * of + 1] as number;
}

/** [count x T x 2] what the edge and the cloud cost a sub-task more than the device, transfers from and to the device included. */
function ownCosts({ count, application }: States, { execution, radio, wired }: Tables): Float64Array {
  const { subTasks, dependencies } = application;
  const own = new Float64Array(OWN * count * subTasks);
  for (let task = 0; task < count * subTasks; task++) {
    const local = execution[SITES * task + LOCAL] as number;
    own[OWN * task] = (execution[SITES * task + EDGE] as number) - local;
    own[OWN * task + 1] = (execution[SITES * task + CLOUD] as number) - local;
  }
  for (const [link, { from, to }] of dependencies.entries()) {
    if (from !== DEVICE && to !== DEVICE) continue;
    for (let k = 0; k < count; k++) {
      const index = k * dependencies.length + link;
      const at = OWN * (k * subTasks + (from === DEVICE ? to : from));
      (own[at] as number) += radio[index] as number;
      (own[at + 1] as number) += (radio[index] as number) + (wired[index] as number);
    }
  }
  return own;
}
