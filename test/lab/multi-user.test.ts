import assert from "node:assert/strict";
import test from "node:test";
import { crowdComparisonOf, crowdDemonstrationsOf, crowdPolicyOf, dynamicsOf, gamesOf } from "../../src/lab/multi-user";
import { TRAIN_DEFAULTS } from "../../src/learning/train";
import { bestResponse } from "../../src/multi-user/best-response";
import { crowdDecider } from "../../src/multi-user/imitation";
import { searchOptimum } from "../../src/multi-user/optimum";
import { loadScenario } from "../../src/scenario/load";
import { naiveTotal } from "../multi-user/games";

const setting = { scenario: loadScenario("literature"), seed: 5 };

test("demonstrations are the optima of the split's games, crowd after crowd", async () => {
  const crowds = [
    { users: 2, servers: 1 },
    { users: 4, servers: 2 },
  ];
  const found = await crowdDemonstrationsOf(setting, crowds, "train", 3);
  assert.deepEqual(
    found.map(({ game }) => game),
    crowds.flatMap((crowd) => gamesOf(setting, crowd, "train", 3)),
  );
  for (const { game, plan } of found) assert.equal(naiveTotal(game, plan), naiveTotal(game, searchOptimum(game).plan));
  assert.notDeepEqual(gamesOf(setting, crowds[0] as (typeof crowds)[number], "test", 1)[0], found[0]?.game);
});

test("policies are compared on the same games, and every run of best response is at an equilibrium", async () => {
  const crowds = [{ users: 3, servers: 1 }];
  const training = await crowdDemonstrationsOf(setting, crowds, "train", 20);
  const policy = await crowdPolicyOf(training, training, 2, { ...TRAIN_DEFAULTS, hidden: [8], epochs: 2 });
  const crowd = { users: 6, servers: 1 };
  const compared = await crowdComparisonOf(setting, crowd, 5, crowdDecider(policy));
  assert.deepEqual([compared.games, compared.certified, compared.runs, compared.equilibria], [5, 5, 20, 20]);
  for (const { value } of Object.values(compared.relativeCost)) assert.ok(value >= 1 - 1e-6);
  const games = gamesOf(setting, crowd, "test", 5);
  const total = (plans: Uint8Array[]) =>
    games.reduce((sum, game, k) => sum + naiveTotal(game, plans[k] as Uint8Array), 0);
  const optimum = total(games.map((game) => searchOptimum(game).plan));
  const responses = games.map((game) => bestResponse(game));
  const found = compared.relativeCost["best response"]?.value as number;
  assert.ok(Math.abs(found - total(responses.map(({ plan }) => plan)) / optimum) < 1e-5);
  assert.equal(compared.moves["from all local"]?.value, responses.reduce((sum, { moves }) => sum + moves, 0) / 5);
});

test("dynamics are run three times in each game, and counted", async () => {
  const { runs, stopped, equilibria, moves } = await dynamicsOf(
    { ...setting, sharing: "equal" },
    { users: 5, servers: 2 },
    12,
  );
  assert.deepEqual([runs, stopped, equilibria, moves.length], [36, 36, 36, 36]);
  const first = gamesOf({ ...setting, sharing: "equal" }, { users: 5, servers: 2 }, "dynamics", 1);
  assert.equal(moves[0], bestResponse(first[0] as (typeof first)[number]).moves);
});
