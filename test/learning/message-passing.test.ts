import assert from "node:assert/strict";
import test from "node:test";
import { generate } from "../../src/demonstrations/generate";
import {
  type MessageSet,
  messagePassingDecider,
  messagesOf,
  trainMessagePassing,
} from "../../src/learning/message-passing";
import { TRAIN_DEFAULTS } from "../../src/learning/train";
import { buildApplication } from "../../src/mec/application";
import { sampleStates } from "../../src/mec/states";
import { loadScenario } from "../../src/scenario/load";
import type { Scenario } from "../../src/scenario/scenario";
import { bareStates } from "../support";

const options = { ...TRAIN_DEFAULTS, hidden: [32, 32], epochs: 12, batch: 128 };

function setOf(application: Partial<Scenario["application"]>, split: "train" | "validation" | "test", count: number) {
  const scenario = loadScenario("paper", { application });
  const { states, decisions } = generate({ scenario, seed: 4, split, count });
  return { scenario, states, decisions } satisfies MessageSet;
}

const trained = trainMessagePassing(
  [setOf({ subTasks: 3 }, "train", 2000), setOf({ topology: "chain", subTasks: 5 }, "train", 2000)],
  [setOf({ subTasks: 6 }, "validation", 300)],
  3,
  options,
);

test("the messages of a chain of two sub-tasks, by hand", () => {
  const states = bareStates(buildApplication(2, [[0, 1]]));
  // Dependencies: 0-1, device-0, 1-device.
  const tables = {
    execution: Float64Array.of(10, 4, 3, 20, 25, 12),
    radio: Float64Array.of(8, 1, 2),
    wired: Float64Array.of(4, 0.5, 0.25),
  };
  const beliefs = Float32Array.of(0.5, 0.25, 0.25, 0, 0, 1);
  // 0: edge 4 + 1 - 10, cloud 3 + 1.5 - 10. 1: edge 25 + 2 - 20, cloud 12 + 2.25 - 20.
  const own = [
    [-5, -5.5],
    [7, -5.75],
  ] as const;
  const none = new Array<number>(9).fill(0);
  // Of 1, in the cloud: to local 12, edge 4, cloud 0; edge - local = -8, cloud - local = -12.
  const from1 = [8, 4, -8, -12, ...own[1], 0, 0, 12];
  // Of 0: to local 0.25 * 8 + 0.25 * 12 = 5, edge 0.5 * 8 + 0.25 * 4 = 5, cloud 0.5 * 12 + 0.25 * 4 = 7.
  const from0 = [8, 4, 0, 2, ...own[0], 6, 3, 3];
  assert.deepEqual(
    [...messagesOf(states, tables, beliefs).values],
    [...own[0], ...none, ...from1, ...own[1], ...from0, ...none],
  );
});

test("it decides for sizes and shapes it has not seen", async () => {
  const decide = messagePassingDecider(await trained);
  for (const application of [{ subTasks: 12 }, { topology: "chain" as const, subTasks: 20 }]) {
    const { scenario, states, decisions } = setOf(application, "test", 300);
    const found = decide(scenario, states);
    const right = found.filter((site, i) => site === decisions[i]).length / found.length;
    // A random site is right for a third, the most frequent one for less than a half.
    assert.ok(right > 0.93, `${right} of the decisions`);
  }
});

test("it does not matter how the sub-tasks are numbered, or what other states are in the batch", async () => {
  const decide = messagePassingDecider(await trained);
  // The same graph: 0 -> 2, 1 -> 2, and the two entries the other way round.
  const graph = { topology: "graph" as const, subTasks: 3 };
  const scenario = loadScenario("paper", {
    application: {
      ...graph,
      dependencies: [
        [0, 2],
        [1, 2],
      ],
    },
  });
  const other = loadScenario("paper", {
    application: {
      ...graph,
      dependencies: [
        [1, 2],
        [0, 2],
      ],
    },
  });
  const states = sampleStates(scenario, "renumbered", 0, 40);
  const swap = (width: number, order: number[]) => (_: number, i: number, all: ArrayLike<number>) =>
    all[Math.floor(i / width) * width + (order[i % width] as number)] as number;
  const tasks = [1, 0, 2];
  const renumbered = {
    ...sampleStates(other, "renumbered", 0, 40),
    // 0-2, 1-2, device-0, device-1, 2-device: the entries change places; the list of dependencies is the other way round as well.
    dataBytes: states.dataBytes.map(swap(5, [0, 1, 3, 2, 4])),
    cyclesPerByte: states.cyclesPerByte.map(swap(3, tasks)),
    subcarriers: states.subcarriers.map(swap(3, tasks)),
    cores: states.cores.map(swap(3, tasks)),
    gains: states.gains.map(swap(3, tasks)),
    wiredDelayS: states.wiredDelayS,
  };
  const decisions = decide(scenario, states);
  assert.ok(new Set(decisions).size === 3, "all sites occur");
  assert.deepEqual(decide(other, renumbered), decisions.map(swap(3, tasks)));
  const one = sampleStates(scenario, "renumbered", 7, 1);
  assert.deepEqual(decide(scenario, one), decisions.slice(21, 24));
});
