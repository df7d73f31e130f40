import assert from "node:assert/strict";
import test from "node:test";
import { readWorkflow } from "../../../src/scenario/import/workflow";
import { inputError } from "../../support";

/** WfFormat 1.5 with the tasks out of order: c reads what a and b wrote and a file of its own; d is only a child. */
const APART = {
  schemaVersion: "1.5",
  workflow: {
    specification: {
      tasks: [
        { id: "c", parents: ["a"], children: ["d"], inputFiles: ["a.out", "b.out", "table"], outputFiles: ["c.out"] },
        { id: "a", children: ["c"], inputFiles: ["raw", "table"], outputFiles: ["a.out", "a.log"] },
        { id: "b", inputFiles: ["raw"], outputFiles: ["b.out"] },
        { id: "d", parents: ["c"] },
      ],
      files: [
        { id: "raw", sizeInBytes: 1000 },
        { id: "table", sizeInBytes: 7 },
        { id: "a.out", sizeInBytes: 300 },
        { id: "a.log", sizeInBytes: 20 },
        { id: "b.out", sizeInBytes: 50 },
        { id: "c.out", sizeInBytes: 4 },
      ],
    },
    execution: {
      tasks: [
        { id: "a", runtimeInSeconds: 2, avgCPU: 50, machines: ["fast"] },
        { id: "b", runtimeInSeconds: 3, machines: ["slow"] },
        { id: "c", runtimeInSeconds: 1, avgCPU: 200 },
        { id: "d", runtimeInSeconds: 0.5, avgCPU: 100, machines: ["fast"] },
      ],
      machines: [
        { nodeName: "fast", cpu: { speedInMHz: 3000 } },
        { nodeName: "slow", cpu: { speedInMHz: 1000 } },
      ],
    },
  },
};

/** The same in WfFormat 1.4. */
const TOGETHER = {
  schemaVersion: "1.4",
  workflow: {
    tasks: [
      task("c", 1, { parents: ["a"], children: ["d"], avgCPU: 200 }, ["a.out", 300], ["b.out", 50], ["table", 7]),
      task("a", 2, { children: ["c"], avgCPU: 50, machine: "fast" }, ["raw", 1000], ["table", 7]),
      task("b", 3, { machine: "slow" }, ["raw", 1000]),
      task("d", 0.5, { parents: ["c"], avgCPU: 100, machine: "fast" }),
    ],
    machines: [
      { nodeName: "fast", cpu: { speed: 3000 } },
      { nodeName: "slow", cpu: { speed: 1000 } },
    ],
  },
};
for (const [index, name, size] of [
  [0, "c.out", 4],
  [1, "a.out", 300],
  [1, "a.log", 20],
  [2, "b.out", 50],
] as const) {
  TOGETHER.workflow.tasks[index].files.push({ link: "output", name, sizeInBytes: size });
}

function task(name: string, runtimeInSeconds: number, more: object, ...inputs: [string, number][]) {
  const files = inputs.map(([file, sizeInBytes]) => ({ link: "input", name: file, sizeInBytes }));
  return { name, runtimeInSeconds, ...more, files };
}

const read = (content: unknown) => readWorkflow(JSON.stringify(content), "flow.json");

test("a workflow becomes sub-tasks in topological order, with the sizes of files and the work of runs", () => {
  // New numbers: a 0, b 1, c 2, d 3.
  for (const { application } of [read(APART), read({ ...APART, schemaVersion: "1.6" }), read(TOGETHER)]) {
    assert.deepEqual(application, {
      topology: "graph",
      subTasks: 4,
      dependencies: [
        [0, 2],
        [1, 2],
        [2, 3],
      ],
      measured: {
        names: ["a", "b", "c", "d"],
        // d is a child of c and reads nothing of it: but it has work, which needs a byte.
        dataBytes: [300, 50, 1],
        inputBytes: [1007, 1000, 7, 0],
        outputBytes: [20, 0, 4, 0],
        // 2 s x 3 GHz x 50 %, 3 s x 1 GHz, 1 s x 2 GHz (machines differ: the usual) x 200 %, 0.5 s x 3 GHz.
        cycles: [3e9, 3e9, 4e9, 1.5e9],
        scale: [0.5, 1.5],
      },
    });
  }
});

test("what a workflow does not say is said", () => {
  const { assumed } = read(APART);
  assert.deepEqual(assumed.slice(0, 2), [
    "The clock of 1 tasks is not said: 2000 MHz.",
    "The use of the processor of 1 tasks is not said: 100 %.",
  ]);
  assert.match(assumed.at(-1) as string, /one byte.*"d"/);
});

test("a task without a machine gets the clock of all machines when they are alike", () => {
  const content = structuredClone(APART);
  content.workflow.execution.machines = [{ nodeName: "fast", cpu: { speedInMHz: 3000 } }];
  const { application } = read(content);
  assert.deepEqual(application?.measured?.cycles, [3e9, 6e9, 6e9, 1.5e9]);
});

test("tasks of the old format are known by name as well as by number", () => {
  const content = structuredClone(TOGETHER) as { workflow: { tasks: Record<string, unknown>[] } };
  content.workflow.tasks.forEach((each, index) => {
    each.id = `ID${index}`;
  });
  content.workflow.tasks[3].parents = ["ID0"];
  assert.deepEqual(read(content).application?.dependencies, read(TOGETHER).application?.dependencies);
});

test("a file that a task both writes and reads comes from no one else", () => {
  const content = structuredClone(APART);
  content.workflow.specification.tasks[2].inputFiles = ["b.out", "raw"];
  const { application } = read(content);
  assert.deepEqual(application?.measured?.inputBytes, [1007, 1000, 7, 0]);
});

type Change = (workflow: (typeof APART)["workflow"] & Record<string, never>) => void;

/** What is done to the workflow, and what the message must hold. */
const WRONG: [what: string, change: Change, ...parts: string[]][] = [
  [
    "a cycle",
    ({ specification }) => Object.assign(specification.tasks[1], { parents: ["d"] }),
    'has the cycle "',
    '"c" -> "d"',
    '"d" -> "a"',
    "allowed: none",
  ],
  [
    "a task that is its own parent",
    ({ specification }) => Object.assign(specification.tasks[2], { parents: ["b"] }),
    'the cycle "b" -> "b"',
  ],
  [
    "a parent that is not there",
    ({ specification }) => Object.assign(specification.tasks[2], { parents: ["__proto__"] }),
    "workflow.specification.tasks.2.parents names",
    '"__proto__"',
    "one of the tasks",
  ],
  [
    "an id given twice",
    ({ specification }) => Object.assign(specification.tasks[2], { id: "a" }),
    'workflow.specification.tasks.2.id is "a"',
    "no other task",
  ],
  [
    "a task that did not run",
    ({ execution }) => execution.tasks.splice(1, 1),
    'workflow.execution.tasks has no task "b"',
  ],
  [
    "a file without a size",
    ({ specification }) => specification.files.splice(0, 1),
    "workflow.specification.tasks.1.inputFiles",
    '"raw"',
    "workflow.specification.files",
  ],
  [
    "a negative size",
    ({ specification }) => Object.assign(specification.files[1], { sizeInBytes: -7 }),
    "workflow.specification.files.1.sizeInBytes is -7",
    "from 0 to 1000000000000 (bytes)",
  ],
  [
    "a size in words",
    ({ specification }) => Object.assign(specification.files[1], { sizeInBytes: "7 MB" }),
    'sizeInBytes is "7 MB"',
    "(bytes)",
  ],
  [
    "a huge runtime",
    ({ execution }) => Object.assign(execution.tasks[0], { runtimeInSeconds: 1e300 }),
    "workflow.execution.tasks.0.runtimeInSeconds is 1e+300",
    "(s)",
  ],
  [
    "more work than a scenario takes",
    ({ execution }) => Object.assign(execution.tasks[0], { runtimeInSeconds: 1e9 }),
    'the work of "a" is 1500000000000000000',
    "(cycles)",
  ],
  [
    "a clock of none",
    ({ execution }) => Object.assign(execution.machines[0].cpu, { speedInMHz: 0 }),
    "workflow.execution.machines.0.cpu.speedInMHz is 0",
    "(MHz)",
  ],
  ["no tasks", ({ specification }) => specification.tasks.splice(0), "has 0 sub-tasks", "1 to 200"],
  [
    "no execution",
    (workflow) => Object.assign(workflow, { execution: undefined }),
    "workflow.execution is missing",
    "tasks",
  ],
  [
    "a text for tasks",
    ({ specification }) => Object.assign(specification, { tasks: "none" }),
    'workflow.specification.tasks is "none"',
    "a list",
  ],
];

for (const [what, change, ...parts] of WRONG) {
  test(`a workflow with ${what} is refused in a sentence`, () => {
    const content = structuredClone(APART);
    change(content.workflow as never);
    assert.throws(() => read(content), inputError("flow.json", ...parts));
  });
}

test("sizes of one file that differ are refused, and so is a name that two tasks have", () => {
  const content = structuredClone(TOGETHER);
  content.workflow.tasks[2].files[0].sizeInBytes = 999;
  assert.throws(() => read(content), inputError("workflow.tasks.2.files.0.sizeInBytes is 999", "1000", '"raw"'));
  const same = structuredClone(TOGETHER);
  same.workflow.tasks[2].name = "a";
  assert.throws(() => read(same), inputError('workflow.tasks.2.id is "a"'));
});

test("another version, more than 200 tasks, a long cycle and sums beyond all sizes are refused", () => {
  assert.throws(() => read({ ...APART, schemaVersion: "1.3" }), inputError('schemaVersion is "1.3"', "1.4, 1.5, 1.6"));
  const chain = (length: number, round: boolean) => ({
    schemaVersion: "1.4",
    workflow: {
      tasks: Array.from({ length }, (_, i) =>
        task(`t${i}`, 1, { parents: i > 0 ? [`t${i - 1}`] : round ? [`t${length - 1}`] : [] }, ["x", 1e12]),
      ),
    },
  });
  assert.equal(read(chain(200, false)).application?.subTasks, 200);
  assert.throws(() => read(chain(201, false)), inputError("has 201 sub-tasks"));
  assert.throws(() => read(chain(200, true)), inputError("has the cycle", "..."));
  const big = structuredClone(APART);
  for (const index of [2, 4]) big.workflow.specification.files[index].sizeInBytes = 1e12;
  big.workflow.specification.tasks[1].outputFiles?.push("b.out");
  assert.throws(() => read(big), inputError('the data from "a" to "c" is 2000000000000'));
});

test("text that is cut short, not JSON, or nested deeply is refused by the name of the file", () => {
  const text = JSON.stringify(APART);
  assert.throws(() => readWorkflow(text.slice(0, -20), "flow.json"), inputError("flow.json is not valid JSON"));
  assert.throws(
    () => readWorkflow(text.replace("1000", "NaN"), "flow.json"),
    inputError("flow.json is not valid JSON"),
  );
  const deep = `{"schemaVersion":"1.5","workflow":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  assert.throws(() => readWorkflow(deep, "flow.json"), inputError("flow.json", "is nested too deeply"));
});
