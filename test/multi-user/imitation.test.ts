import assert from "node:assert/strict";
import test from "node:test";
import { TRAIN_DEFAULTS } from "../../src/learning/train";
import { bestResponse, greedyPlan } from "../../src/multi-user/best-response";
import type { Game } from "../../src/multi-user/game";
import { crowdDecider, crowdFeatures, trainCrowdPolicy } from "../../src/multi-user/imitation";
import { searchOptimum } from "../../src/multi-user/optimum";
import { naiveTotal, pair, sampledGames } from "./games";

const demonstrations = (users: number, servers: number, from: number, to: number) =>
  sampledGames(users, servers, to)
    .slice(from)
    .map((game) => ({ game, plan: searchOptimum(game).plan }));

const trained = trainCrowdPolicy(
  [...demonstrations(4, 1, 50, 250), ...demonstrations(8, 1, 50, 250), ...demonstrations(6, 2, 50, 250)],
  [...demonstrations(6, 1, 50, 100), ...demonstrations(7, 2, 50, 100)],
  3,
  { ...TRAIN_DEFAULTS, hidden: [24, 24], epochs: 10, batch: 256 },
);

test("it decides better than greedy and best response for numbers of users and servers it has not seen", async () => {
  const decide = crowdDecider(await trained);
  for (const [users, servers] of [
    [20, 2],
    [15, 3],
  ] as const) {
    const games = sampledGames(users, servers, 25);
    const total = (policy: (game: Game) => Uint8Array) =>
      games.reduce((sum, game) => sum + naiveTotal(game, policy(game)), 0);
    assert.ok(total(decide) < total((game) => bestResponse(game).plan));
    assert.ok(total(decide) < 0.95 * total(greedyPlan));
  }
});

test("it does not matter how users are numbered", async () => {
  const decide = crowdDecider(await trained);
  for (const game of sampledGames(9, 2, 5)) {
    const reversed = (values: Float64Array) => {
      const width = values.length / game.users;
      return Float64Array.from(values, (_, i) => {
        const user = game.users - 1 - Math.floor(i / width);
        return values[user * width + (i % width)] as number;
      });
    };
    const resource = (key: "band" | "cores") => ({
      weight: reversed(game[key].weight),
      sensitivity: reversed(game[key].sensitivity),
    });
    const other: Game = { ...game, fixed: reversed(game.fixed), band: resource("band"), cores: resource("cores") };
    assert.deepEqual([...decide(other)].reverse(), [...decide(game)]);
  }
});

test("a user alone goes where it pays least", async () => {
  const decide = crowdDecider(await trained);
  const games = sampledGames(1, 2, 40);
  const right = games.filter((game) => decide(game)[0] === searchOptimum(game).plan[0]).length;
  assert.ok(right >= 38, `${right} of 40`);
});

test("the same seed and games give the same policy", async () => {
  const once = () =>
    trainCrowdPolicy(demonstrations(4, 1, 0, 20), demonstrations(4, 1, 20, 30), 2, {
      ...TRAIN_DEFAULTS,
      hidden: [8],
      epochs: 2,
    });
  assert.deepEqual(await once(), await once());
});

test("the inputs of two users, by hand", () => {
  // Each is believed at the edge with 1/2, on the device with 1/4, in the cloud with 1/4: the other one is 3/4 on the band.
  const game = pair(2.5);
  const { values, columns } = crowdFeatures(game, Float32Array.of(0.25, 0.5, 0.25, 0.25, 0.5, 0.25));
  const edge = [...values.subarray(columns, 2 * columns)];
  // Own 1 * (1 + 3/4), and 3/4 more for the other. On the device 2.5, which is the cheapest other choice.
  const expected = [
    Math.log(2.5 / 2.5),
    Math.log(1.75 / 2.5),
    Math.log(1 / 2.5),
    0.5,
    0.25,
    1,
    0,
    1 - 1 / 2.5,
    // 1 of 1.75; the cores, of which both take nothing, are no share at all.
    1 / 1.75,
  ];
  for (const [i, value] of expected.entries()) assert.ok(Math.abs(edge[i] - value) < 1e-6, `input ${i}: ${edge[i]}`);
  // Nobody would save more by the edge, and 1 is expected there, of 1.5 on the server.
  assert.ok(Math.abs(edge[10] - Math.log(0.5 / 1.5)) < 1e-6);
  assert.ok(Math.abs(edge[11] - 1 / 1.5) < 1e-6);
});
