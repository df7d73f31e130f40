import { InputError } from "../errors";
import type { Scenario } from "../scenario/scenario";
import { type CrowdState, linkBudgetOf } from "./state";

/**
 * How a server divides its band and its cores among those who use them: equally, or by weights that go with the square root of what each
 * would take alone, which is the division with the least sum of times (by Cauchy and Schwarz).
 */
export const SHARINGS = ["weighted", "equal"] as const;

export type SharingRule = (typeof SHARINGS)[number];

/**
 * The offloading game of one state, after X. Chen, L. Jiao, W. Li and X. Fu, "Efficient multi-user computation offloading for
 * mobile-edge cloud computing", IEEE/ACM Transactions on Networking 24(5), 2016: each of U users chooses one of 2K + 1 places for its task,
 * and what that costs depends on who else is there. Where the reference's users disturb each other on a channel, ours share a server's band
 * and cores.
 *
 * A choice is 0 for local, 1 + k for the edge at server k, 1 + K + k for the cloud through server k. A plan is a choice for each user, [U].
 * Users at the edge and in the cloud share the server's band; those at the edge also its cores. The cost of user u is
 *
 *     fixed[u, choice] + band.sensitivity[u, k] * (sum of band.weight[v, k] over all v on k)
 *                      + cores.sensitivity[u, k] * (sum of cores.weight[v, k] over all v at the edge of k)
 *
 * with u itself among the v.
 */
export interface Game {
  readonly users: number;
  readonly servers: number;
  readonly sharing: SharingRule;
  /** [U x (2K + 1)] what a choice costs whatever the others do. */
  readonly fixed: Float64Array;
  readonly band: Resource;
  readonly cores: Resource;
}

/** A shared resource of each server. A user gets weight / (sum of weights) of it. */
export interface Resource {
  /** [U x K] */
  readonly weight: Float64Array;
  /** [U x K] what the user would pay with all of it, over its weight. */
  readonly sensitivity: Float64Array;
}

export const LOCAL_CHOICE = 0;

/** The choices of a user. */
export const choicesOf = ({ servers }: Pick<Game, "servers">): number => 2 * servers + 1;

/** The server that a choice other than local goes to. */
export const serverOf = ({ servers }: Pick<Game, "servers">, choice: number): number => (choice - 1) % servers;

/** Whether a choice is the edge of a server. */
export const isEdge = ({ servers }: Pick<Game, "servers">, choice: number): boolean =>
  choice > LOCAL_CHOICE && choice <= servers;

/**
 * The game of a state, with the scenario's clocks, wires and prices.
 *
 * Seconds: local xi / f_L; band 8 d / (share of B x efficiency); edge xi / (share of M cores x f_E); cloud xi / f_C; wired W + 8 d /
 * R_wired. Cost: seconds at perSecond; joules of the device, computing (kappa f_L^2 xi) and sending (transmit power), at localPerJoule; and
 * the prices of a second of the band, the cores, the cloud and the wire, of which a share of the band for its time is always the same
 * amount. The prices per grant are left out: they stand for what a grant takes away from others, and here the others are in the model.
 */
export function gameOf(scenario: Scenario, state: CrowdState, sharing: SharingRule = "weighted"): Game {
  if (!SHARINGS.includes(sharing)) {
    throw new InputError(`sharing is ${String(sharing)}; allowed: ${SHARINGS.join(", ")}.`);
  }
  const { device, edge, cloud, radio, wired, prices } = scenario;
  const { users, servers, dataBytes, cycles, efficiency, wiredDelayS } = state;
  const choices = choicesOf(state);
  const transmitW = 10 ** ((linkBudgetOf(scenario).transmitPowerDbm - 30) / 10);
  const perSendingS = prices.perSecond + prices.localPerJoule * transmitW;
  const fixed = new Float64Array(users * choices);
  const band = new Float64Array(users * servers);
  const cores = new Float64Array(users * servers);
  for (let user = 0; user < users; user++) {
    const bits = 8 * (dataBytes[user] as number);
    const work = cycles[user] as number;
    const first = user * choices;
    fixed[first] =
      (prices.perSecond * work) / device.clockHz +
      prices.localPerJoule * device.capacitance * device.clockHz ** 2 * work;
    const edgeS = work / (edge.cores * edge.coreHz);
    const cloudCost = ((prices.perSecond + prices.cloudPerSecond) * work) / cloud.clockHz;
    for (let server = 0; server < servers; server++) {
      const bandS = bits / (radio.bandwidthHz * (efficiency[user * servers + server] as number));
      const wiredS = (wiredDelayS[server] as number) + bits / wired.rateBitPerS;
      const bandPrice = prices.radioPerSecond * bandS;
      fixed[first + 1 + server] = bandPrice + prices.edgePerSecond * edgeS;
      fixed[first + 1 + servers + server] = bandPrice + cloudCost + (prices.perSecond + prices.wiredPerSecond) * wiredS;
      band[user * servers + server] = perSendingS * bandS;
      cores[user * servers + server] = prices.perSecond * edgeS;
    }
  }
  return { users, servers, sharing, fixed, band: shared(band, sharing), cores: shared(cores, sharing) };
}

/** A resource of which users would pay so much with all of it. */
function shared(alone: Float64Array, sharing: SharingRule): Resource {
  if (sharing === "equal") return { weight: new Float64Array(alone.length).fill(1), sensitivity: alone };
  const root = alone.map(Math.sqrt);
  return { weight: root, sensitivity: root };
}

/** What is on the servers, [K] each: the sums of weights and of sensitivities of those who share the band, and the cores. */
export interface Loads {
  readonly bandWeight: Float64Array;
  readonly bandSensitivity: Float64Array;
  readonly coresWeight: Float64Array;
  readonly coresSensitivity: Float64Array;
}

/** Loads of servers on which nobody is. */
export function noLoads({ servers }: Pick<Game, "servers">): Loads {
  return {
    bandWeight: new Float64Array(servers),
    bandSensitivity: new Float64Array(servers),
    coresWeight: new Float64Array(servers),
    coresSensitivity: new Float64Array(servers),
  };
}

/** Puts `share` of a user on the servers by its choice: 1 puts it there, -1 takes it away. */
export function load(game: Game, loads: Loads, user: number, choice: number, share = 1): void {
  if (choice === LOCAL_CHOICE) return;
  const { band, cores, servers } = game;
  const server = serverOf(game, choice);
  const at = user * servers + server;
  (loads.bandWeight[server] as number) += share * (band.weight[at] as number);
  (loads.bandSensitivity[server] as number) += share * (band.sensitivity[at] as number);
  if (!isEdge(game, choice)) return;
  (loads.coresWeight[server] as number) += share * (cores.weight[at] as number);
  (loads.coresSensitivity[server] as number) += share * (cores.sensitivity[at] as number);
}

/** The loads of a plan. */
export function loadsOf(game: Game, plan: Uint8Array): Loads {
  const loads = noLoads(game);
  for (const [user, choice] of plan.entries()) load(game, loads, user, choice);
  return loads;
}

/** What a choice costs a user when the `others` are on the servers, without the user. */
export function ownCost(game: Game, others: Loads, user: number, choice: number): number {
  const { fixed, band, cores, servers } = game;
  let cost = fixed[user * choicesOf(game) + choice] as number;
  if (choice === LOCAL_CHOICE) return cost;
  const server = serverOf(game, choice);
  const at = user * servers + server;
  cost += (band.sensitivity[at] as number) * ((others.bandWeight[server] as number) + (band.weight[at] as number));
  if (isEdge(game, choice)) {
    cost += (cores.sensitivity[at] as number) * ((others.coresWeight[server] as number) + (cores.weight[at] as number));
  }
  return cost;
}

/** What a choice adds to the social cost: what it costs the user, and how much more it makes the others pay. */
export function marginalCost(game: Game, others: Loads, user: number, choice: number): number {
  let cost = ownCost(game, others, user, choice);
  if (choice === LOCAL_CHOICE) return cost;
  const { band, cores, servers } = game;
  const server = serverOf(game, choice);
  const at = user * servers + server;
  cost += (band.weight[at] as number) * (others.bandSensitivity[server] as number);
  if (isEdge(game, choice)) cost += (cores.weight[at] as number) * (others.coresSensitivity[server] as number);
  return cost;
}

/** The cheapest choice by `costOf` (ownCost or marginalCost), the first of equal ones. */
export function cheapestChoice(
  game: Game,
  others: Loads,
  user: number,
  costOf: typeof ownCost,
): { readonly choice: number; readonly cost: number } {
  let best = { choice: LOCAL_CHOICE, cost: costOf(game, others, user, LOCAL_CHOICE) };
  for (let choice = 1; choice < choicesOf(game); choice++) {
    const cost = costOf(game, others, user, choice);
    if (cost < best.cost) best = { choice, cost };
  }
  return best;
}

/** What each user pays in a plan, [U]. */
export function userCosts(game: Game, plan: Uint8Array): Float64Array {
  const loads = loadsOf(game, plan);
  return Float64Array.from(plan, (choice, user) => {
    load(game, loads, user, choice, -1);
    const cost = ownCost(game, loads, user, choice);
    load(game, loads, user, choice);
    return cost;
  });
}

/** What all users pay together. */
export function socialCost(game: Game, plan: Uint8Array): number {
  return userCosts(game, plan).reduce((sum, cost) => sum + cost, 0);
}

/** A user, what it would rather choose, and how much it would save. */
export interface Deviation {
  readonly user: number;
  readonly choice: number;
  readonly saves: number;
}

/** Savings below this share of a user's cost are rounding. */
export const NOTHING = 1e-9;

/**
 * The deviation of one user alone that saves it most, of all users and choices; undefined when none saves anything: then the plan is a Nash
 * equilibrium. Users pay anew from the plan for each deviation, and nothing else is relied on.
 */
export function bestDeviation(game: Game, plan: Uint8Array): Deviation | undefined {
  const now = userCosts(game, plan);
  let best: Deviation | undefined;
  for (let user = 0; user < game.users; user++) {
    for (let choice = 0; choice < choicesOf(game); choice++) {
      const other = plan.slice();
      other[user] = choice;
      const before = now[user] as number;
      const saves = before - (userCosts(game, other)[user] as number);
      if (saves > NOTHING * before && saves > (best?.saves ?? 0)) best = { user, choice, saves };
    }
  }
  return best;
}
