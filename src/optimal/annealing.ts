import seedrandom from "seedrandom";
import { DEVICE } from "../mec/application";
import type { Capacity } from "../mec/capacity";
import { EDGE, LOCAL, SITES } from "../mec/sites";
import { totalOf, transferBetween } from "../mec/tables";
import { type Found, recorder } from "./anytime";
import { moveCost, type Neighbours, neighboursOf } from "./moves";
import type { OneState } from "./one-state";

/** How often annealing starts anew. */
const STARTS = 4;
/** Proposals of a start, for each sub-task. */
const SWEEPS = 1000;
/** The temperature at the end, relative to that at the start. */
const COLD = 1e-4;
/** The transfer that ties two sub-tasks is drawn between this and 1, relative to the temperature at the start. */
const TIES = 1e-2;
/** Proposals between two looks at the clock. */
const LOOK = 1024;

/** Share of the proposals that move a group. */
const GROUPS = 0.25;

/**
 * Simulated annealing of one state (Kirkpatrick, Gelatt and Vecchi, "Optimization by simulated annealing", Science 220, 1983), from all
 * local and with restarts. A proposal moves a sub-task to another site, or a group with it that costly transfers tie to it, as it takes
 * where one of them alone never pays (after Wolff, "Collective Monte Carlo updating for spin systems", Physical Review Letters 62, 1989).
 * Where that does not fit into the capacity, another one that is offloaded comes home in return. The temperature falls by a constant
 * factor from the mean change that a move makes at first.
 *
 * The same seed gives the same plan unless the time limit stops the search.
 */
export function anneal(state: OneState, seed: string, timeLimitS: number, capacity?: Capacity): Found {
  const { states, costs } = state;
  const { subTasks } = states.application;
  const neighbours = neighboursOf(states.application);
  const random = seedrandom.alea(seed);
  const below = (bound: number) => Math.floor(random() * bound);
  const plan = new Uint8Array(subTasks);
  const allLocal = totalOf(states, costs, plan, 0);
  const record = recorder(plan, allLocal);
  const hot = meanChange(state, neighbours, plan);
  const proposals = SWEEPS * subTasks;
  const cooling = COLD ** (1 / proposals);
  // What a proposal has moved, and from where; a group and one that comes home.
  const moved = new Int32Array(subTasks + 1);
  const movedFrom = new Uint8Array(subTasks + 1);
  for (let start = 0; start < STARTS; start++) {
    plan.fill(LOCAL);
    let total = allLocal;
    let held: Capacity = { subcarriers: 0, cores: 0 };
    let temperature = hot;
    for (let proposal = 1; proposal <= proposals; proposal++) {
      const evaluations = start * proposals + proposal;
      if (evaluations % LOOK === 0 && record.seconds() > timeLimitS) return record.found();
      temperature *= cooling;
      let moves = 0;
      let change = 0;
      let then = held;
      const fitting = () => !capacity || (then.subcarriers <= capacity.subcarriers && then.cores <= capacity.cores);
      const move = (task: number, site: number): void => {
        const from = plan[task] as number;
        change += moveCost(neighbours, costs, plan, task, site);
        then = heldAfter(then, state, task, from, site);
        plan[task] = site;
        moved[moves] = task;
        movedFrom[moves++] = from;
      };

      const first = below(subTasks);
      const before = plan[first] as number;
      const site = (before + 1 + below(SITES - 1)) % SITES;
      move(first, site);
      const tie = random() < GROUPS ? hot * TIES ** random() : Number.POSITIVE_INFINITY;
      for (let m = 0; m < moves && tie < Number.POSITIVE_INFINITY; m++) {
        const member = moved[m] as number;
        for (let i = neighbours.first[member] as number; i < (neighbours.first[member + 1] as number); i++) {
          const other = neighbours.other[i] as number;
          if (!fitting()) break;
          if (other === DEVICE || plan[other] !== before) continue;
          const apart = transferBetween(costs, neighbours.link[i] as number, before, site);
          if (random() >= Math.exp(-apart / tie)) move(other, site);
        }
      }
      const home = fitting() ? -1 : offloadedFrom(plan, below(subTasks), first);
      if (home >= 0) move(home, LOCAL);
      if (fitting() && (change <= 0 || random() < Math.exp(-change / temperature))) {
        total += change;
        held = then;
        record.offer(plan, total, evaluations);
      } else {
        while (moves-- > 0) plan[moved[moves] as number] = movedFrom[moves] as number;
      }
    }
  }
  return record.found();
}

/** What is held after a sub-task has gone from one site to another. */
function heldAfter(held: Capacity, { states }: OneState, task: number, from: number, to: number): Capacity {
  const band = Number(to !== LOCAL) - Number(from !== LOCAL);
  const atEdge = Number(to === EDGE) - Number(from === EDGE);
  return {
    subcarriers: held.subcarriers + band * (states.subcarriers[task] as number),
    cores: held.cores + atEdge * (states.cores[task] as number),
  };
}

/** The next sub-task from `first` on, round about, that is offloaded and not `except`; -1 when there is none. */
function offloadedFrom(plan: Uint8Array, first: number, except: number): number {
  for (let i = 0; i < plan.length; i++) {
    const task = (first + i) % plan.length;
    if (plan[task] !== LOCAL && task !== except) return task;
  }
  return -1;
}

/** The mean size of what a move from this plan changes. */
function meanChange({ costs }: OneState, neighbours: Neighbours, plan: Uint8Array): number {
  let sum = 0;
  for (let task = 0; task < plan.length; task++) {
    for (let site = 0; site < SITES; site++) sum += Math.abs(moveCost(neighbours, costs, plan, task, site));
  }
  return sum / (plan.length * (SITES - 1));
}
