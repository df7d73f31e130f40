import seedrandom from "seedrandom";
import { type Game, gameOf, type SharingRule } from "../../src/multi-user/game";
import { type CrowdState, sampleCrowd } from "../../src/multi-user/state";
import { loadScenario } from "../../src/scenario/load";
import type { Scenario } from "../../src/scenario/scenario";

/** Sampled games of the preset literature. */
export function sampledGames(users: number, servers: number, count: number, sharing: SharingRule = "weighted"): Game[] {
  const scenario = loadScenario("literature");
  return sampleCrowd(scenario, { users, servers }, "test", 0, count).map((state) => gameOf(scenario, state, sharing));
}

/** Round numbers: 1 J in 1e9 cycles on the device, sending at 1 W, ten cores of 1 GHz. */
export function roundNumbers(): Scenario {
  return loadScenario("literature", {
    device: { clockHz: 1e9, capacitance: 1e-27 },
    edge: { coreHz: 1e9, cores: 10 },
    cloud: { clockHz: 4e9 },
    radio: { bandwidthHz: 1e6, linkBudget: { ...budget(), transmitPowerDbm: 30 } },
    wired: { rateBitPerS: 8e6 },
    prices: {
      perSecond: 1,
      localPerJoule: 2,
      radioPerGrant: 100,
      radioPerSecond: 0.5,
      edgePerGrant: 100,
      edgePerSecond: 0.25,
      cloudPerSecond: 1,
      wiredPerSecond: 3,
    },
  });
}

function budget() {
  const { linkBudget } = loadScenario("literature").radio;
  if (!linkBudget) throw new Error("the preset has no link budget");
  return linkBudget;
}

/** Two users and one server, for roundNumbers: both send 1e6 bits; A has 4e9 cycles and a good channel, B 1e9 and a bad one. */
export const TWO: CrowdState = {
  users: 2,
  servers: 1,
  dataBytes: Float64Array.of(125e3, 125e3),
  cycles: Float64Array.of(4e9, 1e9),
  efficiency: Float64Array.of(2, 0.5),
  wiredDelayS: Float64Array.of(0.25),
};

/** What each user pays, spelled out from the definition of a game: who is with whom, without sums of loads. */
export function naiveCosts(game: Game, plan: ArrayLike<number>): number[] {
  const { users, servers, fixed, band, cores } = game;
  const placeOf = (user: number) => {
    const choice = plan[user];
    if (choice === 0) return undefined;
    return choice <= servers ? { server: choice - 1, edge: true } : { server: choice - 1 - servers, edge: false };
  };
  return Array.from({ length: users }, (_, user) => {
    let cost = fixed[user * (2 * servers + 1) + plan[user]] as number;
    const mine = placeOf(user);
    for (let other = 0; mine && other < users; other++) {
      const theirs = placeOf(other);
      if (theirs?.server !== mine.server) continue;
      const [at, from] = [user * servers + mine.server, other * servers + mine.server];
      cost += band.sensitivity[at] * band.weight[from];
      if (mine.edge && theirs.edge) cost += cores.sensitivity[at] * cores.weight[from];
    }
    return cost;
  });
}

export function naiveTotal(game: Game, plan: ArrayLike<number>): number {
  return naiveCosts(game, plan).reduce((sum, cost) => sum + cost, 0);
}

/** Whether nobody gains by any other choice, by naiveCosts. */
export function naiveEquilibrium(game: Game, plan: Uint8Array): boolean {
  const now = naiveCosts(game, plan);
  for (let user = 0; user < game.users; user++) {
    for (let choice = 0; choice <= 2 * game.servers; choice++) {
      const other = plan.slice();
      other[user] = choice;
      if (naiveCosts(game, other)[user] < now[user] * (1 - 1e-8)) return false;
    }
  }
  return true;
}

/** The least social cost of all plans, by naiveTotal. */
export function naiveOptimum(game: Game): number {
  const choices = 2 * game.servers + 1;
  let best = Number.POSITIVE_INFINITY;
  for (let number = 0; number < choices ** game.users; number++) {
    const plan = [...number.toString(choices).padStart(game.users, "0")].map((digit) => Number.parseInt(digit, 36));
    best = Math.min(best, naiveTotal(game, plan));
  }
  return best;
}

export function randomPlans(game: Game, count: number, seed = "plans"): Uint8Array[] {
  const random = seedrandom.alea(seed);
  const choices = 2 * game.servers + 1;
  return Array.from({ length: count }, () =>
    Uint8Array.from({ length: game.users }, () => Math.floor(random() * choices)),
  );
}

/** A game of one server in which two users pay 1 at the edge alone and 2 together, `local` on the device and 100 in the cloud. */
export function pair(local: number): Game {
  return {
    users: 2,
    servers: 1,
    sharing: "weighted",
    fixed: Float64Array.of(local, 0, 100, local, 0, 100),
    band: { weight: Float64Array.of(1, 1), sensitivity: Float64Array.of(1, 1) },
    cores: { weight: Float64Array.of(0, 0), sensitivity: Float64Array.of(0, 0) },
  };
}
