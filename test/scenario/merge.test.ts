import assert from "node:assert/strict";
import test from "node:test";
import { loadScenario } from "../../src/scenario/load";
import { mergeSubTasks } from "../../src/scenario/merge";
import { inputError } from "../support";

/** a -> b -> c -> d with a skip from a to c and to d. */
const scenario = loadScenario("paper", {
  application: {
    topology: "graph",
    subTasks: 4,
    dependencies: [
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [2, 3],
    ],
    measured: {
      names: ["a", "b", "c", "d"],
      dataBytes: [10, 10, 30, 5, 7],
      inputBytes: [100, 0, 1, 0],
      outputBytes: [0, 0, 2, 50],
      cycles: [1, 20, 300, 4000],
      scale: [1, 1],
    },
  },
});

test("the sub-tasks of a block become one, with their work, input and output together", () => {
  const { application } = mergeSubTasks(scenario, (name) => (name === "b" || name === "c" ? "middle" : name));
  assert.equal(application.subTasks, 3);
  assert.deepEqual(application.measured?.names, ["a", "middle", "d"]);
  assert.deepEqual(application.measured?.cycles, [1, 320, 4000]);
  assert.deepEqual(application.measured?.inputBytes, [100, 1, 0]);
  assert.deepEqual(application.measured?.outputBytes, [0, 2, 50]);
});

test("what a sub-task hands to several of a block crosses once; what several hand to a block adds up", () => {
  const links = (blockOf: (name: string) => string) => {
    const { dependencies, measured } = mergeSubTasks(scenario, blockOf).application;
    return dependencies.map(([from, to], i) => [from, to, measured?.dataBytes[i]]);
  };
  // a hands 10 to b and to c: the same.
  assert.deepEqual(
    links((name) => (name === "b" || name === "c" ? "middle" : name)),
    [
      [0, 1, 10],
      [0, 2, 30],
      [1, 2, 7],
    ],
  );
  // a hands 30 to d, c hands it 7.
  assert.deepEqual(
    links((name) => (name === "d" ? name : "others")),
    [[0, 1, 37]],
  );
});

test("a block that data leave and come back to is refused, and so are sub-tasks without work of their own", () => {
  assert.throws(
    () => mergeSubTasks(scenario, (name) => (name === "a" || name === "c" ? "ends" : name)),
    inputError('data of block "b" come back to "ends"'),
  );
  assert.throws(() => mergeSubTasks(loadScenario("paper"), String), inputError("application.measured is missing"));
});
