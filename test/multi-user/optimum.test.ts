import assert from "node:assert/strict";
import test from "node:test";
import type { SharingRule } from "../../src/multi-user/game";
import { anarchyOf, everyPlan, searchOptimum, solveOptimum } from "../../src/multi-user/optimum";
import { inputError } from "../support";
import { naiveOptimum, naiveTotal, pair, randomPlans, sampledGames } from "./games";

const close = (a: number, b: number) => assert.ok(Math.abs(a - b) <= 2e-6 * b, `${a} and ${b}`);

for (const sharing of ["weighted", "equal"] as SharingRule[]) {
  test(`with ${sharing} shares search and HiGHS find the least cost of all plans`, async () => {
    for (const game of [...sampledGames(4, 2, 6, sharing), ...sampledGames(6, 1, 6, sharing)]) {
      const least = naiveOptimum(game);
      for (const found of [searchOptimum(game), await solveOptimum(game)]) {
        close(found.cost, least);
        close(naiveTotal(game, found.plan), least);
        assert.ok(found.lowerBound <= least * (1 + 1e-9));
        assert.equal(found.certified, true);
      }
    }
  });
}

test("search and HiGHS agree on games that are too large to try all plans of", async () => {
  for (const game of [...sampledGames(10, 2, 4), ...sampledGames(8, 3, 2, "equal")]) {
    close((await solveOptimum(game)).cost, searchOptimum(game).cost);
  }
});

test("what is proven for many users is not above any plan, and best response does not get below it", async () => {
  for (const game of sampledGames(30, 2, 2)) {
    const { plan, cost, lowerBound, certified } = await solveOptimum(game, 4);
    close(cost, naiveTotal(game, plan));
    assert.ok(lowerBound > 0.99 * cost);
    assert.equal(certified, cost - lowerBound <= 1e-6 * cost);
    for (const other of randomPlans(game, 200)) assert.ok(naiveTotal(game, other) >= lowerBound);
  }
});

test("without time there is a plan, and a bound that holds", async () => {
  const [game] = sampledGames(6, 1, 1);
  assert.ok(game);
  const { cost, lowerBound, certified } = await solveOptimum(game, 1e-9);
  const least = naiveOptimum(game);
  assert.ok(cost >= least - 1e-9 && lowerBound <= least);
  assert.equal(certified, false);
  await assert.rejects(solveOptimum(game, 0), inputError("time limit is 0"));
});

test("the price of anarchy of two users, by hand", () => {
  // Together at the edge 2 + 2, and neither gains on the device, at 2.5. Apart they would pay 1 + 2.5.
  assert.deepEqual(anarchyOf(pair(2.5)), { optimum: 3.5, equilibria: [4] });
  // At 1.5 one stays away, whichever: 1 + 1.5.
  assert.deepEqual(anarchyOf(pair(1.5)), { optimum: 2.5, equilibria: [2.5, 2.5] });
});

test("every plan is visited once, and too many are refused", () => {
  const [game] = sampledGames(3, 2, 1);
  assert.ok(game);
  const seen = new Set<string>();
  everyPlan(game, (plan) => seen.add(plan.join()));
  assert.equal(seen.size, 125);
  const [large] = sampledGames(20, 2, 1);
  assert.throws(() => everyPlan(large as NonNullable<typeof large>, () => {}), inputError("plans are", "2000000"));
});
