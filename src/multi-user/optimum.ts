import type { Highs } from "highs";
import seedrandom from "seedrandom";
import { InputError } from "../errors";
import { loadSolver } from "../optimal/mixed-integer";
import { bestFound } from "./best-response";
import {
  bestDeviation,
  cheapestChoice,
  choicesOf,
  type Game,
  isEdge,
  LOCAL_CHOICE,
  load,
  marginalCost,
  noLoads,
  type Resource,
  serverOf,
  socialCost,
} from "./game";

/** The plan with the least social cost that was found, and what is known about it. */
export interface SocialOptimum {
  readonly plan: Uint8Array;
  readonly cost: number;
  /** No plan costs less, to 1e-6 of it. */
  readonly lowerBound: number;
  /** Whether the cost is the bound, to 1e-6 of it. */
  readonly certified: boolean;
}

/** Relative. */
const CERTAIN = 1e-6;

/** Plans that are tried at most where all are. */
const PLANS_MOST = 2e6;

/** Calls `visit` with every plan, which it must not keep. Throws an InputError for a game with more than two million. */
export function everyPlan(game: Game, visit: (plan: Uint8Array) => void): void {
  const choices = choicesOf(game);
  const plans = choices ** game.users;
  if (plans > PLANS_MOST) throw new InputError(`plans are ${plans}; allowed: at most ${PLANS_MOST} to try them all.`);
  const plan = new Uint8Array(game.users);
  for (let done = 0; done < plans; done++) {
    visit(plan);
    // The next number in base 2K + 1.
    for (let user = 0; user < plan.length; user++) {
      plan[user] = ((plan[user] as number) + 1) % choices;
      if (plan[user] !== 0) break;
    }
  }
}

/** All of a small game: its least social cost, and the social costs of its equilibria, the least first. */
export function anarchyOf(game: Game): { readonly optimum: number; readonly equilibria: readonly number[] } {
  let optimum = Number.POSITIVE_INFINITY;
  const equilibria: number[] = [];
  everyPlan(game, (plan) => {
    const cost = socialCost(game, plan);
    optimum = Math.min(optimum, cost);
    if (!bestDeviation(game, plan)) equilibria.push(cost);
  });
  return { optimum, equilibria: equilibria.sort((a, b) => a - b) };
}

/**
 * The least social cost by going through all plans, depth first and user by user, without those that begin with choices from which nothing
 * better can come: users who are not placed yet pay at least their cheapest marginal cost as things are, since marginal costs grow with
 * the load. Quick for up to about ten users; the time grows exponentially with them.
 */
export function searchOptimum(game: Game): SocialOptimum {
  let plan = bestFound(game, 2, seedrandom.alea("search"));
  let cost = socialCost(game, plan);
  const current = new Uint8Array(game.users);
  const loads = noLoads(game);
  // Those with the most to lose first: bounds rise early.
  const order = Array.from(current, (_, user) => user).sort((a, b) => stakeOf(game, b) - stakeOf(game, a));
  const place = (depth: number, paid: number) => {
    if (depth === order.length) {
      if (paid < cost) [plan, cost] = [current.slice(), paid];
      return;
    }
    let rest = 0;
    for (let later = depth; later < order.length; later++) {
      rest += cheapestChoice(game, loads, order[later] as number, marginalCost).cost;
      if (paid + rest >= cost * (1 - CERTAIN / 10)) return;
    }
    const user = order[depth] as number;
    for (let choice = 0; choice < choicesOf(game); choice++) {
      const more = marginalCost(game, loads, user, choice);
      if (paid + more >= cost) continue;
      current[user] = choice;
      load(game, loads, user, choice);
      place(depth + 1, paid + more);
      load(game, loads, user, choice, -1);
    }
  };
  place(0, 0);
  cost = socialCost(game, plan);
  return { plan, cost, lowerBound: cost * (1 - CERTAIN), certified: true };
}

const stakeOf = (game: Game, user: number): number => game.fixed[user * choicesOf(game)] as number;

/**
 * The least social cost by mixed-integer programs with HiGHS, for `timeLimitS` seconds at most; what it comes to then is the best plan found
 * and a bound that holds.
 *
 * Equal shares: one program, linear with a binary for each load of a resource. Weighted shares: the cost of a resource is the square of the
 * sum S of weights on it, which is convex, so it lies above its tangents. Programs with ever more tangents, at the S of the plans that
 * they find, are solved until the bound meets a plan (outer approximation: Duran and Grossmann, Mathematical Programming 36, 1986).
 */
export async function solveOptimum(game: Game, timeLimitS = 10): Promise<SocialOptimum> {
  if (!(timeLimitS > 0)) throw new InputError(`time limit is ${String(timeLimitS)}; allowed: seconds above 0.`);
  const highs = await loadSolver();
  const end = performance.now() + 1000 * timeLimitS;
  let plan = bestFound(game, 10, seedrandom.alea("solve"));
  let cost = socialCost(game, plan);
  let lowerBound = 0;
  const tangents = resourcesOf(game).map((at) => tangentsAround(weightOn(game, at, plan), weightOn(game, at)));
  const closed = () => cost - lowerBound <= CERTAIN * cost;
  while (!closed()) {
    const left = (end - performance.now()) / 1000;
    if (left <= 0) break;
    const text = game.sharing === "equal" ? equalText(game) : weightedText(game, tangents);
    const found = solve(highs, game, text, left);
    lowerBound = Math.max(lowerBound, Math.min(found.bound, cost));
    if (!found.plan) break;
    const its = socialCost(game, found.plan);
    if (its < cost) [plan, cost] = [found.plan, its];
    if (!found.finished || game.sharing === "equal") break;
    for (const [i, at] of resourcesOf(game).entries()) tangents[i]?.push(weightOn(game, at, found.plan));
  }
  return { plan, cost, lowerBound, certified: closed() };
}

/** One resource of one server. */
interface Place {
  readonly kind: "band" | "cores";
  readonly server: number;
}

function resourcesOf({ servers }: Game): Place[] {
  return Array.from({ length: servers }, (_, server) => server).flatMap((server): Place[] => [
    { kind: "band", server },
    { kind: "cores", server },
  ]);
}

/** Whether a choice uses a resource. */
function uses(game: Game, choice: number, { kind, server }: Place): boolean {
  return choice !== LOCAL_CHOICE && serverOf(game, choice) === server && (kind === "band" || isEdge(game, choice));
}

/** The sum of weights on a resource in a plan; of all users without one. */
function weightOn(game: Game, at: Place, plan?: Uint8Array): number {
  let sum = 0;
  for (let user = 0; user < game.users; user++) {
    if (!plan || uses(game, plan[user] as number, at)) {
      sum += game[at.kind].weight[user * game.servers + at.server] as number;
    }
  }
  return sum;
}

/** Where the first tangents touch: closer together near the load of a good plan. */
function tangentsAround(load: number, most: number): number[] {
  const near = load > 0 ? load : most / 4;
  return [0.25, 0.5, 0.7, 0.85, 1, 1.15, 1.4, 2].map((factor) => Math.min(factor * near, most));
}

const x = (user: number, choice: number) => `x_${user}_${choice}`;

/** The terms and rows that both programs have. */
function common(game: Game) {
  const users = Array.from({ length: game.users }, (_, user) => user);
  const choices = Array.from({ length: choicesOf(game) }, (_, choice) => choice);
  return {
    users,
    choices,
    fixed: users.map((user) =>
      sum(choices.map((choice) => [game.fixed[user * choices.length + choice] as number, x(user, choice)])),
    ),
    rows: users.map((user) => ` place_${user}: ${sum(choices.map((choice) => [1, x(user, choice)]))} = 1`),
    binary: users.map((user) => ` ${choices.map((choice) => x(user, choice)).join(" ")}`),
  };
}

/** The choices of a user that use a resource. */
function using(game: Game, at: Place, choices: readonly number[]): number[] {
  return choices.filter((choice) => uses(game, choice, at));
}

/** Minimum of fixed costs plus a q for each resource, above tangents of S^2 and above what each user would pay alone there. */
function weightedText(game: Game, tangents: readonly (readonly number[])[]): string {
  const { users, choices, fixed, rows, binary } = common(game);
  const cost = [...fixed];
  for (const [i, at] of resourcesOf(game).entries()) {
    const q = `q_${at.kind}_${at.server}`;
    cost.push(`+ 1 ${q}`);
    const weightOf = (user: number) => (game[at.kind] as Resource).weight[user * game.servers + at.server] as number;
    const terms = (factor: (weight: number) => number) =>
      users
        .map((user) => sum(using(game, at, choices).map((choice) => [factor(weightOf(user)), x(user, choice)])))
        .join("\n  ");
    for (const [number, t] of (tangents[i] as readonly number[]).entries()) {
      rows.push(` ${q}_${number}: + 1 ${q} ${terms((weight) => -2 * t * weight)} >= ${-t * t}`);
    }
    // S^2 is at least the sum of squares.
    rows.push(` ${q}_alone: + 1 ${q} ${terms((weight) => -weight * weight)} >= 0`);
  }
  return program(cost, rows, binary);
}

/**
 * With equal shares l users on a resource pay l times what each would alone. y_l is 1 where the load is l, and z_u_l where moreover user u
 * is among them; z need not be declared binary, since x and y make it so.
 */
function equalText(game: Game): string {
  const { users, choices, fixed, rows, binary } = common(game);
  const cost = [...fixed];
  const counts = users.map((user) => user + 1);
  for (const at of resourcesOf(game)) {
    const name = `${at.kind}_${at.server}`;
    const [y, z] = [(l: number) => `y_${name}_${l}`, (user: number, l: number) => `z_${name}_${user}_${l}`];
    binary.push(` ${counts.map(y).join(" ")}`);
    rows.push(` ${name}: ${sum(counts.map((l) => [1, y(l)]))} <= 1`);
    for (const l of counts) {
      rows.push(` ${name}_${l}: ${sum(users.map((user) => [1, z(user, l)]))} - ${l} ${y(l)} = 0`);
      rows.push(...users.map((user) => ` ${name}_${user}_${l}: + 1 ${z(user, l)} - 1 ${y(l)} <= 0`));
    }
    for (const user of users) {
      const alone = game[at.kind].sensitivity[user * game.servers + at.server] as number;
      cost.push(sum(counts.map((l) => [l * alone, z(user, l)])));
      const placed = sum(using(game, at, choices).map((choice) => [-1, x(user, choice)]));
      rows.push(` ${name}_of_${user}: ${sum(counts.map((l) => [1, z(user, l)]))} ${placed} = 0`);
    }
  }
  return program(cost, rows, binary);
}

function program(cost: readonly string[], rows: readonly string[], binary: readonly string[]): string {
  const parts = ["Minimize", ` cost: ${cost.join("\n  ")}`, "Subject To", ...rows, "Binary", ...binary, "End", ""];
  return parts.join("\n");
}

function sum(terms: readonly (readonly [factor: number, variable: string])[]): string {
  return terms.map(([factor, variable]) => `${factor < 0 ? "-" : "+"} ${Math.abs(factor)} ${variable}`).join(" ");
}

/** Solves a program; `finished` when its plan is optimal for it. */
function solve(highs: Highs, game: Game, text: string, timeLimitS: number) {
  return highs.withModel({ format: "lp", data: text }, (model) => {
    model.options.set({ ...SOLVER_OPTIONS, time_limit: timeLimitS });
    model.run();
    const ended = model.getModelStatus();
    const { optimal, timeLimit } = highs.constants.modelStatus;
    if (ended !== optimal && ended !== timeLimit) throw new Error(`HiGHS gave up with model status ${ended}.`);
    const bound = Number(model.info.get("mip_dual_bound"));
    const found = Number(model.info.get("primal_solution_status")) === highs.constants.solutionStatus.feasible;
    const columns = found ? model.getSolution().colValue : [];
    const choices = Array.from({ length: choicesOf(game) }, (_, choice) => choice);
    const chosen = (user: number, choice: number) => (columns[model.getColByName(x(user, choice))] as number) > 0.5;
    const plan = Uint8Array.from({ length: found ? game.users : 0 }, (_, user) =>
      choices.findIndex((choice) => chosen(user, choice)),
    );
    return { bound, plan: found ? plan : undefined, finished: ended === optimal };
  });
}

const SOLVER_OPTIONS = {
  output_flag: false,
  mip_rel_gap: 1e-7,
  mip_abs_gap: 0,
  mip_feasibility_tolerance: 1e-9,
  primal_feasibility_tolerance: 1e-9,
  dual_feasibility_tolerance: 1e-9,
};
