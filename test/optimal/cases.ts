import fc from "fast-check";
import { type Application, buildApplication } from "../../src/mec/application";
import type { Capacity } from "../../src/mec/capacity";
import type { States } from "../../src/mec/states";
import type { Tables } from "../../src/mec/tables";
import type { Scenario } from "../../src/scenario/scenario";
import { bareStates, naiveTotal } from "../support";

/** Tables whose numbers `draw` gives one after another. */
export function tablesFrom({ subTasks, dependencies }: Application, count: number, draw: () => number): Tables {
  return {
    execution: Float64Array.from({ length: count * 3 * subTasks }, draw),
    radio: Float64Array.from({ length: count * dependencies.length }, draw),
    wired: Float64Array.from({ length: count * dependencies.length }, draw),
  };
}

/** A graph that holds each pair [from, to] for which `dice` says so. */
export function graphOf(subTasks: number, dice: () => boolean): Application {
  const edges: [number, number][] = [];
  for (let from = 0; from < subTasks; from++) {
    for (let to = from + 1; to < subTasks; to++) if (dice()) edges.push([from, to]);
  }
  return buildApplication(subTasks, edges);
}

/** A small generator of whole numbers below `below` (mulberry32), so that a case is one seed. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), 61 | bits);
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
}

/** A random application with random whole costs; costs below 4 make ties abound. */
export const cases = (mostSubTasks: number) =>
  fc
    .record({
      subTasks: fc.integer({ min: 1, max: mostSubTasks }),
      density: fc.integer({ min: 0, max: 10 }),
      costBelow: fc.constantFrom(1, 2, 4, 1000),
      seed: fc.integer(),
    })
    .map(({ subTasks, density, costBelow, seed }) => {
      const random = randomFrom(seed);
      const application = graphOf(subTasks, () => random(10) < density);
      return { application, tables: tablesFrom(application, 1, () => random(costBelow)), seed };
    });

/** States of an application with these grants, [count x T] each. */
export function grantedStates(application: Application, subcarriers: number[], cores: number[]): States {
  const count = subcarriers.length / application.subTasks;
  return {
    ...bareStates(application, count),
    subcarriers: Uint16Array.from(subcarriers),
    cores: Uint16Array.from(cores),
  };
}

/** What a plan of a batch of one holds, spelled out: subcarriers of what is offloaded, cores of what is at the edge. */
export function naiveHeld({ subcarriers, cores }: States, plan: ArrayLike<number>): Capacity {
  const held = { subcarriers: 0, cores: 0 };
  for (let task = 0; task < plan.length; task++) {
    if (plan[task] > 0) held.subcarriers += subcarriers[task];
    if (plan[task] === 1) held.cores += cores[task];
  }
  return held;
}

/** The best of all plans of a batch of one that fit, counted up in lexicographic order; of equal ones the first. */
export function naiveLimited(states: States, tables: Tables, capacity: Capacity): { plan: number[]; cost: number } {
  const { subTasks } = states.application;
  let best = { plan: [] as number[], cost: Number.POSITIVE_INFINITY };
  for (let number = 0; number < 3 ** subTasks; number++) {
    const plan = [...number.toString(3).padStart(subTasks, "0")].map(Number);
    const held = naiveHeld(states, plan);
    if (held.subcarriers > capacity.subcarriers || held.cores > capacity.cores) continue;
    const cost = naiveTotal(states.application, tables, 0, plan);
    if (cost < best.cost) best = { plan, cost };
  }
  return best;
}

/** A case with grants, and a capacity that mostly binds. */
export const limitedCases = (mostSubTasks: number) =>
  cases(mostSubTasks).map(({ application, tables, seed }) => {
    const random = randomFrom(seed + 1);
    const draw = () => Array.from({ length: application.subTasks }, () => 1 + random(5));
    const states = grantedStates(application, draw(), draw());
    const most = (bound: number) => 1 + random(bound * application.subTasks);
    const capacity = { subcarriers: most(3), cores: most(2) };
    return { states, tables, capacity };
  });

/**
 * Two sub-tasks in a row, sites local, edge and cloud, and what all plans cost by hand:
 *
 *     LL 10+8 = 18           LE 10+3+4+2 = 19     LC 10+2+(4+1)+(2+1) = 20
 *     EL 1+2+4+8 = 15        EE 1+2+3+2 = 8       EC 1+2+1+2+(2+1) = 9
 *     CL (1+1)+1+(4+1)+8 = 16  CE (1+1)+1+1+3+2 = 9  CC (1+1)+1+2+(2+1) = 8
 *
 * The first holds 3 subcarriers and 1 core, the second 2 and 1.
 */
export function twoInARow(): { states: States; costs: Tables } {
  const application = buildApplication(2, [[0, 1]]);
  return {
    states: grantedStates(application, [3, 2], [1, 1]),
    costs: {
      execution: Float64Array.of(10, 2, 1, 8, 3, 2),
      // From 0 to 1, to 0 from the device, from 1 to the device.
      radio: Float64Array.of(4, 1, 2),
      wired: Float64Array.of(1, 1, 1),
    },
  };
}

/** Layers of `width` sub-tasks; each takes data from about a third of the layer before, at least from one. */
export function layeredGraph(subTasks: number, width: number): Partial<Scenario["application"]> {
  const random = randomFrom(1);
  const dependencies: [number, number][] = [];
  for (let to = width; to < subTasks; to++) {
    const first = (Math.floor(to / width) - 1) * width;
    const always = first + random(width);
    for (let from = first; from < first + width; from++) {
      if (from === always || random(3) === 0) dependencies.push([from, to]);
    }
  }
  return { topology: "graph", subTasks, dependencies };
}
