import type { Split } from "../demonstrations/split";
import { DEVICE, type Dependency } from "../mec/application";
import { scheduleOf } from "../mec/schedule";
import { LOCAL, SITE_NAMES, SITES } from "../mec/sites";
import { gainsPerSubTask, ratesOf } from "../mec/states";
import { costTables, grantees, inputBytes, type Tables, totalOf, transferOf, workloadCycles } from "../mec/tables";
import type { Scenario } from "../scenario/scenario";
import type { Situation } from "../schemes/scheme";

export type PriceName = keyof Scenario["prices"];

/** What each price adds to the cost of a sub-task or a transfer; prices that add nothing are left out. */
export type Terms = { readonly [price in PriceName]?: number };

/** Which state it is, and by which software. */
export interface StateIdentity {
  readonly scenario: string;
  readonly scenarioHash: string;
  readonly version: string;
  readonly seed: number;
  readonly split: Split;
  readonly index: number;
}

/** Everything about one state under given decisions, for checking by hand or from another language. SI units. */
export interface Breakdown extends StateIdentity {
  readonly wiredDelayS: number;
  readonly subTasks: readonly {
    readonly subTask: number;
    /** What it is called, where the scenario says so. */
    readonly name?: string;
    readonly site: (typeof SITE_NAMES)[number];
    readonly inputBytes: number;
    readonly cyclesPerByte: number;
    readonly workloadCycles: number;
    readonly subcarriers: number;
    readonly cores: number;
    readonly gains: readonly number[];
    readonly rateBitPerS: number;
    readonly executionS: number;
    readonly startS: number;
    readonly finishS: number;
    readonly cost: Terms;
  }[];
  readonly transfers: readonly {
    readonly from: number | "device";
    readonly to: number | "device";
    readonly bytes: number;
    readonly fromSite: (typeof SITE_NAMES)[number];
    readonly toSite: (typeof SITE_NAMES)[number];
    /** The sub-task whose grant it is sent over. */
    readonly grantOf: number;
    readonly transferS: number;
    readonly cost: Terms;
  }[];
  readonly decisions: readonly number[];
  readonly cost: number;
  readonly executionTimeS: number;
  readonly optimal: { readonly decisions: readonly number[]; readonly cost: number; readonly executionTimeS: number };
}

/** Breaks down the cost and the time of a situation of one state under `decisions` ([T]), beside the optimal ones ([T]). */
export function breakdownOf(
  identity: StateIdentity,
  situation: Situation,
  decisions: Uint8Array,
  optimal: Uint8Array,
): Breakdown {
  const { scenario, states, delays, costs } = situation;
  const { subTasks, dependencies } = states.application;
  const names = scenario.application.measured?.names;
  const schedule = scheduleOf(states, delays, decisions, 0);
  const rates = ratesOf(scenario, states);
  const gains = gainsPerSubTask(scenario);
  const granteeOf = grantees(states.application);
  const siteOf = (end: number) => (end === DEVICE ? LOCAL : (decisions[end] as number));

  // The cost is linear in the prices, so the tables under one price alone give what that price adds.
  const alone = (Object.keys(scenario.prices) as PriceName[]).map((price) => {
    const prices = Object.fromEntries(Object.keys(scenario.prices).map((name) => [name, 0]));
    const one = { ...prices, [price]: scenario.prices[price] } as Scenario["prices"];
    return { price, tables: costTables({ ...scenario, prices: one }, states, rates) };
  });
  const terms = (of: (tables: Tables) => number): Terms =>
    Object.fromEntries(alone.map(({ price, tables }) => [price, of(tables)]).filter(([, cost]) => cost !== 0));

  return {
    ...identity,
    wiredDelayS: states.wiredDelayS[0] as number,
    subTasks: Array.from({ length: subTasks }, (_, task) => {
      const chosen = SITES * task + (decisions[task] as number);
      const cyclesPerByte = states.cyclesPerByte[task] as number;
      const cycles = workloadCycles(states, 0, task);
      return {
        subTask: task,
        ...(names?.[task] !== undefined && { name: names[task] }),
        site: SITE_NAMES[siteOf(task) as 0],
        inputBytes: inputBytes(states, 0, task),
        cyclesPerByte,
        workloadCycles: cycles,
        subcarriers: states.subcarriers[task] as number,
        cores: states.cores[task] as number,
        gains: [...states.gains.subarray(gains * task, gains * (task + 1))],
        rateBitPerS: rates[task] as number,
        executionS: delays.execution[chosen] as number,
        startS: schedule.startS[task] as number,
        finishS: schedule.finishS[task] as number,
        cost: terms((tables) => tables.execution[chosen] as number),
      };
    }),
    transfers: dependencies.map(({ from, to }: Dependency, link) => ({
      from: from === DEVICE ? "device" : from,
      to: to === DEVICE ? "device" : to,
      bytes: states.dataBytes[link] as number,
      fromSite: SITE_NAMES[siteOf(from) as 0],
      toSite: SITE_NAMES[siteOf(to) as 0],
      grantOf: granteeOf[link] as number,
      transferS: transferOf(states, delays, decisions, 0, link),
      cost: terms((tables) => transferOf(states, tables, decisions, 0, link)),
    })),
    decisions: [...decisions],
    cost: totalOf(states, costs, decisions, 0),
    executionTimeS: schedule.makespanS,
    optimal: {
      decisions: [...optimal],
      cost: totalOf(states, costs, optimal, 0),
      executionTimeS: scheduleOf(states, delays, optimal, 0).makespanS,
    },
  };
}
