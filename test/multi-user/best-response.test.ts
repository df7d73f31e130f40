import assert from "node:assert/strict";
import test from "node:test";
import seedrandom from "seedrandom";
import { bestFound, bestResponse, greedyPlan, potentialOf } from "../../src/multi-user/best-response";
import { bestDeviation, type Game, type SharingRule } from "../../src/multi-user/game";
import { anarchyOf } from "../../src/multi-user/optimum";
import { naiveCosts, naiveEquilibrium, naiveTotal, pair, randomPlans, sampledGames } from "./games";

test("best response stops at an equilibrium in every game, as trying all deviations shows", () => {
  let games = 0;
  for (const sharing of ["weighted", "equal"] as SharingRule[]) {
    for (const [users, servers, count] of [
      [1, 1, 3],
      [2, 1, 20],
      [5, 2, 20],
      [12, 1, 10],
      [15, 4, 8],
      [40, 2, 3],
    ] as const) {
      for (const game of sampledGames(users, servers, count, sharing)) {
        for (const start of [undefined, ...randomPlans(game, 2)]) {
          const { plan, stopped } = bestResponse(game, start);
          assert.ok(stopped);
          assert.ok(naiveEquilibrium(game, plan));
          assert.equal(bestDeviation(game, plan), undefined);
          games++;
        }
      }
    }
  }
  assert.equal(games, 2 * 3 * 64);
});

test("with weighted shares the potential changes by what the user who moves pays more", () => {
  for (const game of sampledGames(8, 3, 10)) {
    const [plan, moved] = randomPlans(game, 2) as [Uint8Array, Uint8Array];
    for (let user = 0; user < game.users; user++) {
      const other = plan.slice();
      other[user] = moved[user] as number;
      const pays = naiveCosts(game, other)[user] - naiveCosts(game, plan)[user];
      assert.ok(Math.abs(potentialOf(game, other) - potentialOf(game, plan) - pays) < 1e-9);
    }
  }
});

test("no equilibrium costs more than 2.618 times the optimum, the best one not more than twice", () => {
  let worst = 1;
  for (const game of [...sampledGames(4, 2, 10), ...sampledGames(6, 1, 10)]) {
    const { optimum, equilibria } = anarchyOf(game);
    assert.ok(equilibria.length > 0);
    assert.ok((equilibria[0] as number) <= 2 * optimum);
    assert.ok((equilibria.at(-1) as number) <= ((3 + Math.sqrt(5)) / 2) * optimum);
    worst = Math.max(worst, (equilibria.at(-1) as number) / optimum);
  }
  assert.ok(worst > 1.01, "in some game anarchy has a price");
});

test("moves are counted, and the last round is without any", () => {
  // Both leave the device for the edge, 1 and then 2 below 2.5.
  assert.deepEqual(bestResponse(pair(2.5)), { plan: Uint8Array.of(1, 1), moves: 2, rounds: 2, stopped: true });
  // The second one stays: 2 is more than 1.5.
  assert.deepEqual(bestResponse(pair(1.5)), { plan: Uint8Array.of(1, 0), moves: 1, rounds: 2, stopped: true });
  // The first one leaves what it shares.
  assert.deepEqual(bestResponse(pair(1.5), Uint8Array.of(1, 1)), {
    plan: Uint8Array.of(0, 1),
    moves: 1,
    rounds: 2,
    stopped: true,
  });
});

test("looking at the social cost, a user goes where all pay least", () => {
  // At the edge together they pay 4, one alone and one on the device 3.5.
  assert.deepEqual([...bestResponse(pair(2.5), undefined, "social").plan], [1, 0]);
  for (const game of sampledGames(10, 2, 10, "equal")) {
    const [start] = randomPlans(game, 1) as [Uint8Array];
    const end = bestResponse(game, start, "social").plan;
    assert.ok(naiveTotal(game, end) <= naiveTotal(game, start));
    assert.ok(naiveTotal(game, bestFound(game, 3, seedrandom.alea("a"))) <= naiveTotal(game, bestResponse(game).plan));
  }
});

test("greedy is the first round: each takes the cheapest given those before it", () => {
  assert.deepEqual([...greedyPlan(pair(2.5))], [1, 1]);
  assert.deepEqual([...greedyPlan(pair(1.5))], [1, 0]);
});

test("moves that never end are given up and said", () => {
  // The first user flees from the second one, who likes its company: no plan suits both.
  const chase: Game = {
    ...pair(1.5),
    band: { weight: Float64Array.of(1, 1), sensitivity: Float64Array.of(1, -1) },
    fixed: Float64Array.of(1.5, 0, 100, 0, 1.5, 100),
  };
  const { stopped, moves } = bestResponse(chase);
  assert.equal(stopped, false);
  assert.ok(moves >= 1000);
});
