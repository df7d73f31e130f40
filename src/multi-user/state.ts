import seedrandom from "seedrandom";
import { InputError, requireInteger } from "../errors";
import { LOWEST_EFFICIENCY, meanSnr } from "../mec/states";
import { loadScenario } from "../scenario/load";
import type { Scenario } from "../scenario/scenario";

/** How many users and servers there are, and where. */
export interface Crowd {
  /** U, each with one task. */
  readonly users: number;
  /** K small cells, each with the band and the cores of the scenario. */
  readonly servers: number;
  /** Side of the square, in metres, over which users and servers are uniform; 300 by default. */
  readonly areaM?: number;
}

/** What is the case for all users at a moment. */
export interface CrowdState {
  readonly users: number;
  readonly servers: number;
  /** [U] bytes of input that are sent when the task is offloaded: d. What comes back is small and left out, as in the reference. */
  readonly dataBytes: Float64Array;
  /** [U] work of the task: xi. */
  readonly cycles: Float64Array;
  /** [U x K] bit/s/Hz from a user to a small cell. */
  readonly efficiency: Float64Array;
  /** [K] seconds of delay W on the wired link of a small cell to the cloud. */
  readonly wiredDelayS: Float64Array;
}

/** Nobody is nearer to an antenna. */
const NEAREST_M = 10;

/**
 * Samples the states first, ..., first + count - 1 of the stream that `seed` names; state k depends on (seed, k) alone: its generator is
 * seedrandom's Alea seeded with the text `seed/k`, and draws the place of each server, then for each user its place, bytes, cycles per byte
 * and a power gain to each server, then the wired delays.
 *
 * A task has one dependency's data of the scenario. The mean signal-to-noise ratio falls with the distance by the scenario's link budget, or
 * the default one; gains are exponential with mean 1 (Rayleigh fading), and the efficiency is never below 0.1523 bit/s/Hz.
 *
 * Throws an InputError for a crowd that is not allowed and for fading other than flat.
 */
export function sampleCrowd(
  scenario: Scenario,
  crowd: Crowd,
  seed: string,
  first: number,
  count: number,
): CrowdState[] {
  const { users, servers, areaM = 300 } = crowd;
  requireInteger("users", users, 1, 10_000);
  requireInteger("servers", servers, 1, SERVERS_MOST);
  if (!(areaM > 0 && areaM <= 1e6)) throw new InputError(`areaM is ${String(areaM)}; allowed: metres up to 1000000.`);
  if (scenario.radio.fading !== "flat") {
    throw new InputError(`radio.fading is ${scenario.radio.fading}; allowed: flat, for many users.`);
  }
  const snrAt = snrByDistance(scenario);
  return Array.from({ length: count }, (_, k) => {
    const random = seedrandom.alea(`${seed}/${first + k}`);
    const place = () => [areaM * random(), areaM * random()] as const;
    const sites = Array.from({ length: servers }, place);
    const dataBytes = new Float64Array(users);
    const cycles = new Float64Array(users);
    const efficiency = new Float64Array(users * servers);
    for (let user = 0; user < users; user++) {
      const [x, y] = place();
      dataBytes[user] = between(scenario.application.dataBytes, random());
      cycles[user] = between(scenario.application.cyclesPerByte, random()) * (dataBytes[user] as number);
      for (const [server, [atX, atY]] of sites.entries()) {
        const gain = -Math.log(random() + 2 ** -33);
        const snr = snrAt(Math.max(NEAREST_M, Math.hypot(x - atX, y - atY)));
        efficiency[user * servers + server] = Math.max(LOWEST_EFFICIENCY, Math.log2(1 + snr * gain));
      }
    }
    const wiredDelayS = Float64Array.from(sites, () => between(scenario.wired.delayS, random()));
    return { users, servers, dataBytes, cycles, efficiency, wiredDelayS };
  });
}

/** A choice is a byte: local, and the edge and the cloud through each of them. */
const SERVERS_MOST = 127;

/** The scenario's link budget, or the default one. */
export function linkBudgetOf(scenario: Scenario): NonNullable<Scenario["radio"]["linkBudget"]> {
  const { linkBudget } = scenario.radio;
  if (linkBudget) return linkBudget;
  // The schema fills in what is missing of it.
  const filled = loadScenario({ ...scenario, radio: { ...scenario.radio, linkBudget: {} } });
  return filled.radio.linkBudget as NonNullable<Scenario["radio"]["linkBudget"]>;
}

function snrByDistance(scenario: Scenario): (distanceM: number) => number {
  const linkBudget = linkBudgetOf(scenario);
  return (distanceM) =>
    meanSnr({ ...scenario, radio: { ...scenario.radio, linkBudget: { ...linkBudget, distanceM } } });
}

function between([least, most]: readonly [number, number], share: number): number {
  return least + share * (most - least);
}
