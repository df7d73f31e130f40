import assert from "node:assert/strict";
import test from "node:test";
import { readDot } from "../../../src/scenario/import/dot";
import { inputError } from "../../support";

const read = (text: string) => readDot(text, "graph.dot");

test("edges say data, nodes say work, and the node device gives and takes", () => {
  const { application } = read(`// a comment
    digraph "app" {
      node [cycles=5e8]
      edge [size="2 kB"]
      z [work="3 Gcycles"];
      a -> z;
      a -> b:n -> z [bytes=100];
      device -> a [size="1.5 MB"]; device -> b [bytes=10]
      z -> device [label="800 kbit"]
      b [label="20 Mcycles", work="40 Mcycles"]
    }`);
  assert.deepEqual(application, {
    topology: "graph",
    subTasks: 3,
    // a 0, b 1, z 2
    dependencies: [
      [0, 1],
      [0, 2],
      [1, 2],
    ],
    measured: {
      names: ["a", "b", "z"],
      dataBytes: [100, 2000, 100],
      inputBytes: [1.5e6, 10, 0],
      outputBytes: [0, 0, 1e5],
      cycles: [5e8, 4e7, 3e9],
      scale: [0.5, 1.5],
    },
  });
});

test("sizes come in decimal and binary multiples of bytes and in bits", () => {
  const sizes = ["512", "512 B", "0.5kB", "1 KiB", "2MiB", "1.5e3 bytes", "8 kbit", "1 GB", "1 TB", "1e-1 MB"];
  const bytes = [512, 512, 500, 1024, 2097152, 1500, 1000, 1e9, 1e12, 1e5];
  const edges = sizes.map((size, i) => `s -> t${i} [size="${size}"]`).join("; ");
  const { application } = read(`digraph { node [cycles=0]; ${edges} }`);
  assert.deepEqual(application?.measured?.dataBytes, bytes);
});

test("a label counts where it has a unit, and edges between the same two add up", () => {
  const { application } = read(
    'digraph { a [label="1 kcycle"]; b [label="2 cycles"]; a -> b [label="3 MB"]; a -> b [label="1 MB"] }',
  );
  assert.deepEqual(application?.measured?.dataBytes, [4e6]);
  assert.deepEqual(application?.measured?.cycles, [1000, 2]);
  // a has work and no input: a byte.
  assert.deepEqual(application?.measured?.inputBytes, [1, 0]);
});

test("defaults hold from where they stand, within their subgraph, and groups are joined each with each", () => {
  const { application } = read(`digraph {
    node [cycles=1]
    subgraph cluster { node [cycles=2]; edge [bytes=7]; a -> { b c } }
    d
    { b c } -> d [bytes=9]
  }`);
  assert.deepEqual(application?.measured?.names, ["a", "b", "c", "d"]);
  assert.deepEqual(application?.dependencies, [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
  ]);
  assert.deepEqual(application?.measured?.dataBytes, [7, 7, 9, 9]);
  assert.deepEqual(application?.measured?.cycles, [2, 2, 2, 1]);
});

test("a graph that says no size and no work leaves them to the scenario", () => {
  const { application, assumed } = read('digraph { c -> b [label="uses"]; b -> a; c -> b; device -> c }');
  assert.deepEqual(application, {
    topology: "graph",
    subTasks: 3,
    dependencies: [
      [0, 1],
      [1, 2],
    ],
  });
  assert.match(assumed[0], /as in the scenario/);
});

test("names that objects have by themselves are names like others", () => {
  const { application } = read("digraph { edge [bytes=1]; node [cycles=1]; __proto__ -> constructor -> toString }");
  assert.deepEqual(application?.measured?.names, ["__proto__", "constructor", "toString"]);
  assert.equal(({} as Record<string, unknown>).cycles, undefined);
});

const SIZED = "node [cycles=1]; edge [bytes=1];";

const WRONG: [what: string, text: string, ...parts: string[]][] = [
  ["is undirected", "graph { a -- b }", "has a graph", "digraph"],
  ["has a cycle", `digraph { ${SIZED} a -> b -> c -> b }`, 'the cycle "b" -> "c" -> "b"'],
  ["has a cycle and no sizes", "digraph { a -> a }", 'the cycle "a" -> "a"'],
  ["lacks a size", "digraph { node [cycles=1]; a -> b }", 'edge "a" -> "b" has no size', "1.2 MB"],
  ["lacks work", "digraph { a -> b [bytes=1] }", 'node "a" has no work', "3 Gcycles"],
  ["has another unit", 'digraph { a -> b [size="3 parsecs"] }', 'size is "3 parsecs"', "300 kB"],
  ["has a negative size", "digraph { a -> b [bytes=-5] }", "bytes is -5"],
  ["has a size that is no number", 'digraph { a -> b [bytes="NaN"] }', 'bytes is "NaN"'],
  ["has a size without end", 'digraph { a -> b [bytes="1e999"] }', 'bytes is "1e999"'],
  ["has an empty size", 'digraph { a -> b [bytes=""] }', 'bytes is ""'],
  ["has a huge size", `digraph { ${SIZED} a -> b [bytes=1e15] }`, 'from "a" to "b" is 1000000000000000', "(bytes)"],
  ["has work in bytes", 'digraph { a [work="3 MB"] }', 'work is "3 MB"', "Gcycles"],
  ["has huge work", "digraph { a [cycles=1e20] }", 'the work of "a" is 100000000000000000000', "(cycles)"],
  ["is cut short", "digraph { a -> ", "graph.dot, line 1, column 16 is not DOT"],
  ["is empty", "", "line 1, column 1 is not DOT"],
  ["has no nodes", "digraph { }", "has 0 sub-tasks"],
  ["holds two graphs", "digraph { a } digraph { b }", "has 2 graphs"],
  ["is nested deeply", `digraph ${"{".repeat(20_000)}${"}".repeat(20_000)}`, "nested too deeply"],
  ["is too large", `digraph { ${Array.from({ length: 201 }, (_, i) => `n${i}`).join(";")} }`, "has 201 sub-tasks"],
];

for (const [what, text, ...parts] of WRONG) {
  test(`a graph that ${what} is refused in a sentence`, () => {
    assert.throws(() => read(text), inputError("graph.dot", ...parts));
  });
}
