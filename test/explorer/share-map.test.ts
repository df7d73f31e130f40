import assert from "node:assert/strict";
import test from "node:test";
import { generate } from "../../src/demonstrations/generate";
import type { Base, Point } from "../../src/explorer/explore";
import { mapMaker } from "../../src/explorer/map-maker";
import { type Parameter, type ParameterName, parametersIn, scenarioWith } from "../../src/explorer/parameters";
import { shareMap } from "../../src/explorer/share-map";
import { runInSlices } from "../../src/explorer/slices";
import { roundScenario } from "../support";

const scenario = roundScenario();
const base: Base = { scenario, scenarioHash: "", version: "" };
const parameter = (name: ParameterName) =>
  parametersIn(scenario).find((candidate) => candidate.name === name) as Parameter;
const [x, y] = [parameter("meanSnrDb"), parameter("dataKb")];

test("each cell has the shares of the optimal decisions of the seed's first test states", () => {
  const values = { radioPerGrant: 3 };
  const steps = shareMap(base, { x, y, values, seed: 4, states: 25, size: 3 });
  const done: number[] = [];
  let step = steps.next();
  for (; !step.done; step = steps.next()) done.push(step.value);
  const { xValues, yValues, shares } = step.value;
  assert.deepEqual(
    done,
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((cells) => cells / 9),
  );
  assert.deepEqual(xValues, [-20, 5, 30]);
  for (const [row, dataKb] of yValues.entries()) {
    for (const [column, meanSnrDb] of xValues.entries()) {
      const changed = scenarioWith(scenario, { ...values, meanSnrDb, dataKb });
      const { decisions } = generate({ scenario: changed, seed: 4, split: "test", count: 25 });
      for (const site of [0, 1, 2] as const) {
        const share = decisions.filter((decision) => decision === site).length / (25 * 6);
        assert.equal(shares[site][row]?.[column], share, `site ${site} at ${meanSnrDb} dB, ${dataKb} KB`);
      }
    }
  }
  assert.ok(new Set(shares[0].flat()).size > 3, "the shares vary");
});

test("work in slices lets others in, tells how far it is and ends when it is no longer wanted", async () => {
  function* work(): Generator<number, string> {
    for (let i = 0; i < 30; i++) {
      const until = performance.now() + 2;
      while (performance.now() < until);
      yield i;
    }
    return "done";
  }
  let others = 0;
  const timer = setInterval(() => others++);
  const told: number[] = [];
  const ended = await runInSlices(work(), (step) => told.push(step), new AbortController().signal);
  clearInterval(timer);
  assert.equal(ended, "done");
  assert.ok(others > 1 && told.length > 1, `${others}, ${told}`);
  assert.deepEqual(
    told,
    told.toSorted((a, b) => a - b),
  );

  const controller = new AbortController();
  const given = await runInSlices(work(), () => controller.abort(), controller.signal);
  assert.equal(given, undefined);
});

test("a map is made again only when something else than the place on it has changed; the newest wish is the one that is granted", async () => {
  const mapOf = mapMaker(base);
  const at = (values: Point["values"], index = 0): Point => ({ seed: 1, index, values });
  const progress: number[] = [];
  const given = mapOf(at({ edgePerGrant: 1 }), x, y, () => assert.fail("given up before it began"));
  const made = await mapOf(at({}), x, y, (share) => progress.push(share));
  assert.equal(await given, undefined);
  assert.ok(made);
  assert.equal(progress.at(-1), 1);
  assert.equal(await mapOf(at({ meanSnrDb: 20, dataKb: 100 }, 8), x, y, () => {}), made);
  const other = await mapOf(at({ meanSnrDb: 20, radioPerGrant: 0 }), x, y, () => {});
  assert.notDeepEqual(other?.shares, made.shares);
  assert.deepEqual(other?.values, { radioPerGrant: 0 });
});
