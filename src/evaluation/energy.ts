import type { Demonstrations } from "../demonstrations/generate";
import { DEVICE, type Dependency } from "../mec/application";
import { executionTimes } from "../mec/schedule";
import { LOCAL } from "../mec/sites";
import { ratesOf, type States } from "../mec/states";
import { delayTables, grantees, totalsOf, workloadCycles } from "../mec/tables";
import type { Scenario } from "../scenario/scenario";
import { type Estimate, meanOf } from "./estimate";

/**
 * The energy that the device spends on each state of a batch in joules, [count]: kappa f_L^2 a cycle that it computes and, where the scenario has
 * a link budget, transmission. Its power is spread evenly over the band, so a grant of n of N subcarriers sends 8 d bits at the rate r with
 * P n/N watts for 8 d / r seconds. Without a link budget the power is not known and sending counts for nothing; receiving never counts, as in the
 * cost.
 */
export function deviceJoules(scenario: Scenario, states: States, decisions: Uint8Array): Float64Array {
  const { device, radio } = scenario;
  const { subTasks, dependencies } = states.application;
  const joulesPerCycle = device.capacitance * device.clockHz ** 2;
  const watts = radio.linkBudget ? 10 ** ((radio.linkBudget.transmitPowerDbm - 30) / 10) : 0;
  const rates = ratesOf(scenario, states);
  const granteeOf = grantees(states.application);
  return Float64Array.from({ length: states.count }, (_, k) => {
    const onDevice = (end: number) => end === DEVICE || decisions[k * subTasks + end] === LOCAL;
    let joules = 0;
    for (let task = 0; task < subTasks; task++) {
      if (onDevice(task)) joules += joulesPerCycle * workloadCycles(states, k, task);
    }
    for (let link = 0; link < dependencies.length; link++) {
      const { from, to } = dependencies[link] as Dependency;
      if (!onDevice(from) || onDevice(to)) continue;
      const grant = k * subTasks + (granteeOf[link] as number);
      const seconds = (8 * (states.dataBytes[k * dependencies.length + link] as number)) / (rates[grant] as number);
      joules += watts * ((states.subcarriers[grant] as number) / radio.subcarriers) * seconds;
    }
    return joules;
  });
}

/** What decisions come to on a test set, on average. */
export interface TimeAndEnergy {
  /** Seconds of all executions and transfers together, the delay that the cost weighs. */
  readonly delayS: Estimate;
  /** Seconds until the last output is on the device (see scheduleOf). */
  readonly timeS: Estimate;
  /** Joules of the device. */
  readonly energyJ: Estimate;
}

/** Time and energy of decisions [count x T]; the optimal ones unless others are given. */
export function timeAndEnergy(
  { provenance, states, decisions: optimal }: Demonstrations,
  decisions = optimal,
): TimeAndEnergy {
  const delays = delayTables(provenance.scenario, states);
  return {
    delayS: meanOf(totalsOf(states, delays, decisions)),
    timeS: meanOf(executionTimes(states, delays, decisions)),
    energyJ: meanOf(deviceJoules(provenance.scenario, states, decisions)),
  };
}
