import assert from "node:assert/strict";
import test from "node:test";
import {
  bestDeviation,
  gameOf,
  load,
  loadsOf,
  marginalCost,
  ownCost,
  type SharingRule,
  socialCost,
  userCosts,
} from "../../src/multi-user/game";
import { inputError } from "../support";
import { naiveCosts, naiveTotal, pair, randomPlans, roundNumbers, sampledGames, TWO } from "./games";

const near = (actual: ArrayLike<number>, expected: number[]) => {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of expected.entries()) assert.ok(Math.abs(actual[i] - value) < 1e-9, `${actual[i]}, ${value}`);
};

// Alone, A takes 0.5 s of the band and 0.4 s of the cores, B 2 s and 0.1 s. A second of sending costs 1 and 1 W at 2 a joule.
const [LOCAL, EDGE, CLOUD] = [0, 1, 2];

test("the costs of two users, by hand, with equal shares", () => {
  const game = gameOf(roundNumbers(), TWO, "equal");
  const costs = (...plan: number[]) => userCosts(game, Uint8Array.from(plan));
  // A: 4 s and 4 J. B: 1 s and 1 J.
  near(costs(LOCAL, LOCAL), [12, 3]);
  // A alone: the band's price 0.5 * 0.5 and the cores' 0.25 * 0.4; 3 * 0.5 and 0.4 for its time.
  near(costs(EDGE, LOCAL), [0.25 + 0.1 + 1.5 + 0.4, 3]);
  // Together half of everything each: times double, prices do not.
  near(costs(EDGE, EDGE), [0.25 + 0.1 + 3 + 0.8, 1 + 0.025 + 12 + 0.2]);
  // B in the cloud: 1 s at 2 is 0.25 s at 1 + 1; the wire 0.25 + 0.125 s at 1 + 3. The band is shared, the cores are not.
  near(costs(EDGE, CLOUD), [0.25 + 0.1 + 3 + 0.4, 1 + 0.5 + 1.5 + 12]);
});

test("the costs of two users, by hand, with weighted shares", () => {
  const game = gameOf(roundNumbers(), TWO, "weighted");
  const costs = (...plan: number[]) => userCosts(game, Uint8Array.from(plan));
  near(costs(EDGE, LOCAL), [0.25 + 0.1 + 1.5 + 0.4, 3]);
  // The band alone costs 1.5 and 6, so each costs the other sqrt 9 = 3; the cores 0.4 and 0.1, so sqrt 0.04 = 0.2.
  near(costs(EDGE, EDGE), [0.25 + 0.1 + 4.5 + 0.6, 1 + 0.025 + 9 + 0.3]);
  near(costs(CLOUD, EDGE), [0.25 + 2 + 1.5 + 4.5, 1 + 0.025 + 9 + 0.1]);
});

test("costs are those of the definition, with several servers", () => {
  for (const sharing of ["weighted", "equal"] as SharingRule[]) {
    for (const game of sampledGames(7, 3, 5, sharing)) {
      for (const plan of randomPlans(game, 10)) near(userCosts(game, plan), naiveCosts(game, plan));
    }
  }
});

test("no other shares have a smaller sum of times than the weighted ones", () => {
  const [weighted] = sampledGames(6, 1, 1, "weighted");
  const { weight, sensitivity } = weighted?.band ?? { weight: [], sensitivity: [] };
  const alone = Array.from(weight, (w, i) => w * sensitivity[i]);
  const total = (shares: number[]) => {
    const all = shares.reduce((sum, share) => sum + share, 0);
    return alone.reduce((sum, time, i) => sum + (time * all) / shares[i], 0);
  };
  const best = total([...weight]);
  for (let i = 0; i < weight.length; i++) {
    for (const factor of [0.9, 1.1]) {
      const other = Array.from(weight, (w, j) => (i === j ? factor * w : w));
      assert.ok(total(other) > best);
    }
  }
  assert.ok(total(alone.map(() => 1)) > best);
});

test("the marginal cost of a choice is what it adds to the social cost", () => {
  for (const sharing of ["weighted", "equal"] as SharingRule[]) {
    for (const game of sampledGames(6, 2, 3, sharing)) {
      for (const plan of randomPlans(game, 5)) {
        const others = loadsOf(game, plan);
        load(game, others, 2, plan[2], -1);
        const local = plan.slice();
        local[2] = 0;
        const without = naiveTotal(game, local) - ownCost(game, others, 2, 0);
        for (let choice = 0; choice <= 4; choice++) {
          const other = plan.slice();
          other[2] = choice;
          near([marginalCost(game, others, 2, choice)], [naiveTotal(game, other) - without]);
        }
      }
    }
  }
});

test("the best deviation is the one that saves most, and there is none in an equilibrium", () => {
  // Both on the device: either saves 2.5 - 1. In the cloud: either would save 98 of 100 + 2 by going to the edge, which the other shares.
  const game = pair(2.5);
  assert.deepEqual(bestDeviation(game, Uint8Array.of(0, 0)), { user: 0, choice: 1, saves: 1.5 });
  assert.deepEqual(bestDeviation(game, Uint8Array.of(1, 2)), { user: 1, choice: 1, saves: 100 });
  // 2 each; on the device 2.5.
  assert.equal(bestDeviation(game, Uint8Array.of(1, 1)), undefined);
  assert.equal(socialCost(game, Uint8Array.of(1, 1)), 4);
});

test("a rule for shares that there is not is named", () => {
  assert.throws(
    () => gameOf(roundNumbers(), TWO, "fair" as SharingRule),
    inputError("sharing is fair; allowed: weighted, equal"),
  );
});
