/** Many users in a notebook: demonstrations, a policy and comparisons, under progress bars. */
import { setImmediate } from "node:timers/promises";
import seedrandom from "seedrandom";
import { type Estimate, meanOf, ratioOf } from "../evaluation/estimate";
import type { TrainOptions } from "../learning/train";
import { allLocal, bestResponse, type Dynamics, greedyPlan, randomPlan } from "../multi-user/best-response";
import { bestDeviation, type Game, gameOf, type SharingRule, socialCost } from "../multi-user/game";
import { type CrowdDemonstration, type CrowdPolicy, trainCrowdPolicy } from "../multi-user/imitation";
import { searchOptimum, solveOptimum } from "../multi-user/optimum";
import { type Crowd, sampleCrowd } from "../multi-user/state";
import type { Scenario } from "../scenario/scenario";
import { longWork } from "./long-work";

/** What games are made of. */
export interface CrowdSetting {
  readonly scenario: Scenario;
  readonly seed: number;
  /** weighted unless said */
  readonly sharing?: SharingRule;
}

/** The first `count` games of a crowd in a split. */
export function gamesOf({ scenario, seed, sharing }: CrowdSetting, crowd: Crowd, split: string, count: number): Game[] {
  const stream = `${seed}/crowd/${split}/${crowd.users}-${crowd.servers}`;
  return sampleCrowd(scenario, crowd, stream, 0, count).map((state) => gameOf(scenario, state, sharing));
}

/** Games of several crowds, so many of each, with their optimum by search; crowds are of up to about ten users. */
export function crowdDemonstrationsOf(
  setting: CrowdSetting,
  crowds: readonly Crowd[],
  split: string,
  count: number,
): Promise<CrowdDemonstration[]> {
  const lost = `searching the optima of ${split} was interrupted; nothing of it was kept, run it again.`;
  return longWork(`Searching the optima of ${split}`, crowds.length * count, lost, async (bar, signal) => {
    const found: CrowdDemonstration[] = [];
    for (const crowd of crowds) {
      for (const game of gamesOf(setting, crowd, split, count)) {
        found.push({ game, plan: searchOptimum(game).plan });
        if (found.length % 10 === 0) await setImmediate();
        signal.throwIfAborted();
        bar.update(found.length);
      }
    }
    return found;
  });
}

/** Trains a policy for crowds (see trainCrowdPolicy) under a progress bar. */
export function crowdPolicyOf(
  training: readonly CrowdDemonstration[],
  validation: readonly CrowdDemonstration[],
  rounds: number,
  options: Omit<TrainOptions, "head">,
): Promise<CrowdPolicy> {
  const lost = "training of the policy for crowds was interrupted; nothing of it was kept, run it again.";
  return longWork("Training the policy for crowds", rounds * options.epochs, lost, (bar, signal) =>
    trainCrowdPolicy(training, validation, rounds, options, (round, { epoch, validationLoss }) => {
      signal.throwIfAborted();
      bar.update(round * options.epochs + epoch, `round ${round + 1}, loss ${validationLoss.toFixed(4)}`);
    }),
  );
}

/** Where runs of best response came to. */
export interface DynamicsResult {
  readonly runs: number;
  /** Runs that came to an end. */
  readonly stopped: number;
  /** Runs at whose end no deviation of one user, of all that there are, saves it anything. */
  readonly equilibria: number;
  /** [runs] */
  readonly moves: readonly number[];
}

/** Best response in `count` games of a crowd, from all local and from two random plans in each. */
export function dynamicsOf(setting: CrowdSetting, crowd: Crowd, count: number): Promise<DynamicsResult> {
  const lost = "best response was interrupted; nothing of it was kept, run it again.";
  const label = `Best response, ${setting.sharing ?? "weighted"} shares, ${crowd.users} users, ${crowd.servers} servers`;
  return longWork(label, count, lost, async (bar, signal) => {
    const random = seedrandom.alea(`${setting.seed}/crowd/starts`);
    const ends: (Dynamics & { readonly equilibrium: boolean })[] = [];
    for (const [done, game] of gamesOf(setting, crowd, "dynamics", count).entries()) {
      for (const start of [allLocal(game), randomPlan(game, random), randomPlan(game, random)]) {
        const end = bestResponse(game, start);
        ends.push({ ...end, equilibrium: !bestDeviation(game, end.plan) });
      }
      if (done % 10 === 0) await setImmediate();
      signal.throwIfAborted();
      bar.update(done + 1);
    }
    return {
      runs: ends.length,
      stopped: ends.filter(({ stopped }) => stopped).length,
      equilibria: ends.filter(({ equilibrium }) => equilibrium).length,
      moves: ends.map(({ moves }) => moves),
    };
  });
}

/** How policies did on the same games of one crowd. */
export interface CrowdComparison {
  readonly crowd: Crowd;
  /**
   * Social cost over the optimum's, or over a bound below it where the optimum is not proven: of where best response starts, of where it ends
   * from all local and from imitation, and of social moves, by which users lower the cost of all instead of their own, from all local.
   */
  readonly relativeCost: Readonly<Record<string, Estimate>>;
  /** Moves of best response to an equilibrium, by where it starts. */
  readonly moves: Readonly<Record<string, Estimate>>;
  /** Share of users to whom the imitation gives what the optimum gives them. */
  readonly accuracy: Estimate;
  readonly games: number;
  /** Games whose optimum is proven. */
  readonly certified: number;
  /** Runs of best response, and those of them at whose end no deviation of one user, of all that there are, saves it anything. */
  readonly runs: number;
  readonly equilibria: number;
}

/** Compares the policies on `count` unseen games of a crowd; `imitate` is a trained policy. */
export function crowdComparisonOf(
  setting: CrowdSetting,
  crowd: Crowd,
  count: number,
  imitate: (game: Game) => Uint8Array,
  timeLimitS = 3,
): Promise<CrowdComparison> {
  const lost = "the comparison was interrupted; nothing of it was kept, run it again.";
  return longWork(`${crowd.users} users, ${crowd.servers} servers`, count, lost, async (bar, signal) => {
    const random = seedrandom.alea(`${setting.seed}/crowd/random`);
    const costs: Record<string, number[]> = {};
    const moves: Record<string, number[]> = {};
    const [bounds, right]: [number[], number[]] = [[], []];
    let [certified, runs, equilibria] = [0, 0, 0];
    const add = (lists: Record<string, number[]>, name: string, value: number) => {
      lists[name] ??= [];
      lists[name].push(value);
    };
    for (const game of gamesOf(setting, crowd, "test", count)) {
      const optimum = await solveOptimum(game, timeLimitS);
      bounds.push(optimum.lowerBound);
      if (optimum.certified) certified++;
      const imitated = imitate(game);
      right.push(imitated.filter((choice, user) => choice === optimum.plan[user]).length / game.users);
      const starts = {
        imitation: imitated,
        greedy: greedyPlan(game),
        "all local": allLocal(game),
        random: randomPlan(game, random),
      };
      for (const [name, start] of Object.entries(starts)) {
        add(costs, name, socialCost(game, start));
        const response = bestResponse(game, start);
        add(moves, `from ${name}`, response.moves);
        runs++;
        if (response.stopped && !bestDeviation(game, response.plan)) equilibria++;
        if (name === "all local") add(costs, "best response", socialCost(game, response.plan));
        if (name === "imitation") add(costs, "best response from imitation", socialCost(game, response.plan));
      }
      add(costs, "social moves", socialCost(game, bestResponse(game, allLocal(game), "social").plan));
      await setImmediate();
      signal.throwIfAborted();
      bar.update(bounds.length, `${certified} optima proven`);
    }
    const each = (lists: Record<string, number[]>, estimate: (values: number[]) => Estimate) =>
      Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, estimate(values)]));
    return {
      crowd,
      relativeCost: each(costs, (values) => ratioOf(values, bounds)),
      moves: each(moves, meanOf),
      accuracy: meanOf(right),
      games: bounds.length,
      certified,
      runs,
      equilibria,
    };
  });
}
