import { cheapestChoice, type Game, load, loadsOf, marginalCost, NOTHING, noLoads, ownCost, socialCost } from "./game";

/** Where dynamics came to. */
export interface Dynamics {
  readonly plan: Uint8Array;
  /** Changes of choice. */
  readonly moves: number;
  /** Rounds in which each user had its turn, the last one without a move included. */
  readonly rounds: number;
  /** Whether a whole round went by without a move: nobody gains by moving alone. */
  readonly stopped: boolean;
}

/** Rounds after which dynamics are given up, which only equal shares could need. */
const ROUNDS_MOST = 1000;

/**
 * Best response dynamics: one user after another goes where it pays least as the others are, until nobody moves. Then the plan is a Nash
 * equilibrium.
 *
 * With weighted shares this always ends. There weight and sensitivity of a resource are the same number, s_u, so two users who share it
 * cost each other the same: u pays s_u s_v because of v, and v pays s_v s_u because of u. Take
 *
 *     potential = sum over u of (fixed_u + s_u^2 of what it uses) + sum over pairs that share a resource of s_u s_v.
 *
 * When u alone moves, only its own terms and its pairs change, and these are all that u pays: the potential changes by exactly what the
 * cost of u changes by (an exact potential: Monderer and Shapley, Games and Economic Behavior 14, 1996). Each move lowers it, plans are
 * finite in number, so no plan comes back and the moves end. As the social cost counts each pair twice, the potential is between its half and
 * all of it: moves from an optimum end where all together pay at most twice the optimum.
 *
 * What any equilibrium costs, C, is at most (3 + sqrt 5) / 2 = 2.618 times the optimum C* (Awerbuch, Azar and Epstein, STOC 2005). Nobody gains by
 * going where the optimum has it: summed over users, C <= fixed* + sum over resources of S* (S + S*), with S and S* the sums of s_u on a
 * resource in the two plans. By Cauchy and Schwarz that is at most C* + sqrt(C C*), so sqrt(C / C*) <= (1 + sqrt 5) / 2.
 *
 * With equal shares sensitivities differ from user to user and no potential is known: `stopped` says whether it ended.
 *
 * @param by what a user looks at: its own cost; or the social cost, which each move then lowers, whatever the shares
 */
export function bestResponse(game: Game, start = allLocal(game), by: "own" | "social" = "own"): Dynamics {
  const costOf = by === "own" ? ownCost : marginalCost;
  const plan = start.slice();
  const loads = loadsOf(game, plan);
  let moves = 0;
  for (let rounds = 1; rounds <= ROUNDS_MOST; rounds++) {
    const before = moves;
    for (let user = 0; user < game.users; user++) {
      const choice = plan[user] as number;
      load(game, loads, user, choice, -1);
      const now = costOf(game, loads, user, choice);
      const best = cheapestChoice(game, loads, user, costOf);
      // What is saved by less is rounding, and could go back and forth.
      if (now - best.cost > NOTHING * now) {
        plan[user] = best.choice;
        moves++;
      }
      load(game, loads, user, plan[user] as number);
    }
    if (moves === before) return { plan, moves, rounds, stopped: true };
  }
  return { plan, moves, rounds: ROUNDS_MOST, stopped: false };
}

/** The potential of a game with weighted shares (see bestResponse). */
export function potentialOf(game: Game, plan: Uint8Array): number {
  const loads = noLoads(game);
  let potential = 0;
  // Each pair is counted once, with the later of the two.
  for (const [user, choice] of plan.entries()) {
    potential += ownCost(game, loads, user, choice);
    load(game, loads, user, choice);
  }
  return potential;
}

/** Everyone computes on the own device. */
export function allLocal({ users }: Game): Uint8Array {
  return new Uint8Array(users);
}

/** Each user in turn takes what costs it least given those before it: the first round of best response from all local. */
export function greedyPlan(game: Game): Uint8Array {
  const loads = noLoads(game);
  return Uint8Array.from({ length: game.users }, (_, user) => {
    const { choice } = cheapestChoice(game, loads, user, ownCost);
    load(game, loads, user, choice);
    return choice;
  });
}

/** Each user takes any choice. */
export function randomPlan(game: Game, random: () => number): Uint8Array {
  return Uint8Array.from({ length: game.users }, () => Math.floor(random() * (2 * game.servers + 1)));
}

/** The best of the plans in which no move of one user lowers the social cost, from best response and so many random plans. */
export function bestFound(game: Game, starts: number, random: () => number): Uint8Array {
  const from = [bestResponse(game).plan, ...Array.from({ length: starts }, () => randomPlan(game, random))];
  const found = from.map((start) => bestResponse(game, start, "social").plan);
  const costs = found.map((plan) => socialCost(game, plan));
  return found[costs.indexOf(Math.min(...costs))] as Uint8Array;
}
