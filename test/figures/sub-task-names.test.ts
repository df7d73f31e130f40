import assert from "node:assert/strict";
import test from "node:test";
import { generate } from "../../src/demonstrations/generate";
import { breakdown } from "../../src/evaluation/breakdown";
import { applicationGraph } from "../../src/figures/application-graph";
import type { PlotlyObject } from "../../src/figures/figure";
import { siteShares } from "../../src/figures/site-shares";
import { timeline } from "../../src/figures/timeline";
import { loadScenario } from "../../src/scenario/load";
import { roundScenario } from "../support";

/** A chain with measured sub-tasks. */
function chain(names: string[]) {
  const ones = names.map(() => 1e6);
  const between = ones.slice(1);
  return loadScenario(roundScenario(), {
    application: {
      topology: "graph",
      subTasks: names.length,
      dependencies: between.map((_, task): [number, number] => [task, task + 1]),
      measured: { names, dataBytes: between, inputBytes: ones, outputBytes: ones, cycles: ones, scale: [0.5, 1.5] },
    },
  });
}

const told = (names: string[]) => breakdown({ scenario: chain(names), seed: 1, split: "test", index: 0 });
const textsOf = (data: PlotlyObject[], trace: string) => data.find(({ name }) => name === trace)?.text;

test("the graph has the names below its sub-tasks where a level is wide enough", () => {
  assert.deepEqual(textsOf(applicationGraph(told(["decode", "detect"])).data, "names"), ["decode", "detect"]);
  const many = Array.from({ length: 30 }, (_, task) => `a long name ${task}`);
  assert.equal(textsOf(applicationGraph(told(many)).data, "names"), undefined);
  const nameless = breakdown({ scenario: roundScenario(), seed: 1, split: "test", index: 0 });
  assert.equal(textsOf(applicationGraph(nameless).data, "names"), undefined);
});

test("the time line keeps a row for each sub-task, also where two have the same name", () => {
  const { yaxis } = timeline(told(["decode", "detect", "decode"])).layout as unknown as {
    yaxis: { categoryarray: string[] };
  };
  assert.deepEqual(yaxis.categoryarray, ["decode (0)", "detect (1)", "decode (2)"]);
});

test("bars of shares are called by the names, where these fit beside each other", () => {
  const xaxisOf = (names: string[]) => {
    const figure = siteShares(generate({ scenario: chain(names), seed: 1, split: "test", count: 10 }));
    return (figure.layout as unknown as { xaxis: { ticktext?: string[] } }).xaxis;
  };
  assert.deepEqual(xaxisOf(["decode", "detect"]).ticktext, ["decode", "detect"]);
  assert.equal(xaxisOf(Array.from({ length: 60 }, (_, task) => `task ${task}`)).ticktext, undefined);
});
