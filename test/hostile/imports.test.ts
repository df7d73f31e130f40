import fs from "node:fs";
import path from "node:path";
import { type Refusal, sandbox, testRefusals } from "./commands";

const folder = sandbox();

const task = (id: string, more: object = {}) => ({
  id,
  name: id,
  parents: [],
  runtimeInSeconds: 1,
  files: [],
  ...more,
});
const workflow = (tasks: unknown, more: object = {}) =>
  JSON.stringify({ schemaVersion: "1.4", workflow: { tasks, ...more } });
const apart = (specification: object, execution: object) =>
  JSON.stringify({ schemaVersion: "1.5", workflow: { specification, execution } });
const file = (name: string, link: string, sizeInBytes: unknown) => ({ name, link, sizeInBytes });

const dense = (name: string, units: unknown, more: object = {}) => ({
  class_name: "Dense",
  config: { name, units, ...more },
});
const first = (units: unknown) => dense("a", units, { batch_input_shape: [null, 4] });
const layers = (...all: unknown[]) => JSON.stringify({ class_name: "Sequential", config: { name: "s", layers: all } });
const input = { class_name: "InputLayer", name: "in", config: { batch_input_shape: [null, 4] }, inbound_nodes: [] };
const used = (name: string, by: unknown) => ({ ...dense(name, 2), name, inbound_nodes: by });
const functional = (...all: unknown[]) =>
  JSON.stringify({
    class_name: "Functional",
    config: { name: "f", layers: all, input_layers: [["in", 0, 0]], output_layers: [["out", 0, 0]] },
  });
const nested = (depth: number): object =>
  depth === 0
    ? dense("d", 1)
    : { class_name: "Sequential", config: { name: `s${depth}`, layers: [nested(depth - 1)] } };

const many = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`).join(" ");

type Case = [what: string, content: string | Buffer, ...parts: (string | RegExp)[]];

const WORKFLOWS: Case[] = [
  ["an empty file", "", "not valid JSON"],
  ["a list", "[]", "schemaVersion"],
  ["no version", '{"workflow": {}}', "schemaVersion is missing", "1.4, 1.5, 1.6"],
  ["an unknown version", '{"schemaVersion": "9.9"}', 'schemaVersion is "9.9"', "1.4, 1.5, 1.6"],
  ["a version that is a number", '{"schemaVersion": 1.4}', "schemaVersion is 1.4", "1.4, 1.5, 1.6"],
  ["no workflow", '{"schemaVersion": "1.4"}', "workflow is missing", "an object with tasks"],
  ["no tasks", workflow([]), "has 0 sub-tasks", "1 to 200"],
  ["201 tasks", workflow(Array.from({ length: 201 }, (_, i) => task(`t${i}`))), "has 201 sub-tasks", "1 to 200"],
  ["tasks that are an object", workflow({}), "workflow.tasks is {}", "a list"],
  ["a task that is null", workflow([null]), "workflow.tasks.0 is null", "an object"],
  ["a task without a name", workflow([{ runtimeInSeconds: 1 }]), "workflow.tasks.0.name is missing", "a text"],
  ["a runtime as a text", workflow([task("a", { runtimeInSeconds: "1" })]), 'runtimeInSeconds is "1"', "from 0 to"],
  ["a negative runtime", workflow([task("a", { runtimeInSeconds: -1 })]), "runtimeInSeconds is -1", "from 0 to"],
  ["an endless runtime", workflow([task("a")]).replace('Seconds":1', 'Seconds":1e999'), "is Infinity", "from 0 to"],
  ["a task that waits for itself", workflow([task("a", { parents: ["a"] })]), 'the cycle "a" -> "a"', "none"],
  [
    "two that wait for each other",
    workflow([task("a", { parents: ["b"] }), task("b", { parents: ["a"] })]),
    "the cycle",
    "none",
  ],
  [
    "a cycle by files",
    workflow([
      task("a", { files: [file("x", "input", 1), file("y", "output", 1)] }),
      task("b", { files: [file("y", "input", 1), file("x", "output", 1)] }),
    ]),
    "the cycle",
    "none",
  ],
  [
    "a parent that is not there",
    workflow([task("a", { parents: ["z"] })]),
    "workflow.tasks.0.parents",
    '"z"',
    "one of the tasks",
  ],
  ["a parent called __proto__", workflow([task("a", { parents: ["__proto__"] })]), '"__proto__"', "one of the tasks"],
  ["two tasks of one name", workflow([task("a"), task("a")]), 'workflow.tasks.1.id is "a"', "no other task has"],
  [
    "a file of two sizes",
    workflow([task("a", { files: [file("x", "output", 1)] }), task("b", { files: [file("x", "input", 2)] })]),
    "workflow.tasks.1.files.0.sizeInBytes is 2",
    "1, as elsewhere",
  ],
  [
    "a file of negative size",
    workflow([task("a", { files: [file("x", "input", -1)] })]),
    "sizeInBytes is -1",
    "from 0 to",
  ],
  [
    "a link that is none",
    workflow([task("a", { files: [file("x", "inout", 1)] })]),
    'link is "inout"',
    "input, output",
  ],
  [
    "a clock of zero",
    workflow([task("a")], { machines: [{ nodeName: "m", cpu: { speedInMHz: 0 } }] }),
    "speedInMHz is 0",
    "from 1 to",
  ],
  ["too much work", workflow([task("a", { runtimeInSeconds: 1e9, avgCPU: 1e6 })]), "the work of", "from 0 to"],
  [
    "a task that never ran",
    apart({ tasks: [{ id: "a" }] }, { tasks: [] }),
    "workflow.execution.tasks",
    '"a"',
    "all tasks",
  ],
  [
    "a file that is not listed",
    apart({ tasks: [{ id: "a", inputFiles: ["x"] }] }, { tasks: [{ id: "a", runtimeInSeconds: 1 }] }),
    "inputFiles",
    '"x"',
    "specification.files",
  ],
  [
    "two hundred tasks that all share five hundred files",
    workflow(
      Array.from({ length: 200 }, (_, i) =>
        task(`t${i}`, {
          files: Array.from({ length: 500 }, (_, k) => [file(`f${k}`, "input", 1), file(`f${k}`, "output", 1)]).flat(),
        }),
      ),
    ),
    "20000000 links between tasks",
    "at most 1000000",
  ],
];

const GRAPHS: Case[] = [
  ["an empty graph", "digraph {}", "has 0 sub-tasks", "1 to 200"],
  ["a graph without directions", "graph { a -- b }", "has a graph", "a digraph"],
  ["two graphs", "digraph { a } digraph { b }", "has 2 graphs", "1"],
  ["a graph that is cut short", "digraph { a -> ", "is not DOT", "line 1"],
  ["a quotation mark that nothing closes", 'digraph { "a }', "is not DOT", "line 1"],
  ["null bytes", "digraph { a\0b }", "is not DOT"],
  ["a sub-task that waits for itself", "digraph { a -> a }", 'the cycle "a" -> "a"', "none"],
  ["a cycle of three", "digraph { a -> b -> c -> a }", "the cycle", "none"],
  ["a long cycle", `digraph { ${many(200).replaceAll(" ", " -> ")} -> n0 }`, "the cycle", "...", "none"],
  ["201 nodes", `digraph { ${many(201)} }`, "has 201 sub-tasks", "1 to 200"],
  ["nine million edges in a line", `digraph { { ${many(3000)} } -> { ${many(3000)} } }`, "more than 100000 edges"],
  ["braces within braces", `digraph ${"{".repeat(20_000)}${"}".repeat(20_000)}`, "nested too deeply"],
  ["five megabytes of spaces", `digraph {${" ".repeat(5e6)}}`, "characters", "at most 4000000"],
  [
    "a size that is none",
    'digraph { a -> b [size="big"]; a [cycles=1]; b [cycles=1] }',
    'size is "big"',
    "a size with its unit",
  ],
  ["a negative size", "digraph { a -> b [bytes=-1]; a [cycles=1]; b [cycles=1] }", "bytes is", "-1", "allowed: bytes"],
  ["an endless size", 'digraph { a -> b [size="1e999 B"]; a [cycles=1]; b [cycles=1] }', "size is", "allowed: bytes"],
  ["work that is not a number", "digraph { a [cycles=NaN] }", "cycles is", "NaN", "allowed: cycles"],
  [
    "an edge without its size",
    "digraph { a -> b; a [cycles=1]; b [cycles=1] }",
    '"a" -> "b" has no size',
    "allowed: bytes",
  ],
  [
    "a node without its work",
    "digraph { a -> __proto__ [bytes=1]; a [cycles=1] }",
    'node "__proto__" has no work',
    "allowed: cycles",
  ],
  [
    "more data than fit",
    'digraph { a -> b [size="9000 TB"]; a [cycles=1]; b [cycles=1] }',
    "the data from",
    "from 0 to",
  ],
];

const NETWORKS: Case[] = [
  ["no topology", "{}", "a layers model, with modelTopology or class_name"],
  ["a topology that is a number", '{"modelTopology": 7}', "holds 7", "a layers model"],
  ["layers that are an object", '{"class_name": "Sequential", "config": {"layers": {}}}', "for its layers", "a list"],
  ["no layers", layers(), "TensorFlow.js cannot make a model"],
  ["a layer that is null", layers(null), "has the layer null", "an object"],
  ["an unknown layer", layers({ class_name: "Evil", config: {} }), "TensorFlow.js cannot make a model", "Evil"],
  [
    "a layer called like an object's own",
    layers({ class_name: "constructor", config: {} }),
    "TensorFlow.js cannot make a model",
  ],
  ["a layer called __proto__", layers({ class_name: "__proto__", config: {} }), "TensorFlow.js cannot make a model"],
  ["units below zero", layers(first(-3)), "TensorFlow.js cannot make a model"],
  ["half a unit", layers(first(2.5)), "TensorFlow.js cannot make a model"],
  ["units as a text", layers(first("many")), "TensorFlow.js cannot make a model"],
  ["a kernel of terabytes", layers(first(1e6), dense("b", 1e6)), /TensorFlow\.js cannot make a model|from 0 to/],
  ["no shape of its input", layers(dense("a", 3)), "must get an `inputShape`"],
  [
    "an input of any size",
    layers({ ...dense("a", 3, { batch_input_shape: [null, null, 4] }) }),
    "allowed: null in the first place alone",
  ],
  [
    "two layers of one name",
    functional(input, used("out", [[["in", 0, 0, {}]]]), used("out", [[["in", 0, 0, {}]]])),
    'a layer called "out"',
    "no other layer has",
  ],
  [
    "layers that wait for each other",
    functional(input, used("a", [[["out", 0, 0, {}]]]), used("out", [[["a", 0, 0, {}]]])),
    "the cycle",
    "none",
  ],
  [
    "a layer that reads from nobody",
    functional(input, used("out", [[["ghost", 0, 0, {}]]])),
    'reads from "ghost"',
    "layers and uses that are there",
  ],
  [
    "a layer that reads from a word",
    functional(input, used("out", [["in"]])),
    'layer "out" reads from "in"',
    "[layer, use, output]",
  ],
  [
    "a layer that reads from a use below zero",
    functional(input, used("out", [[["in", -1, 0, {}]]])),
    'reads from ["in",-1',
    "[layer, use, output]",
  ],
  [
    "2001 layers",
    layers(first(1), ...Array.from({ length: 2000 }, (_, i) => dense(`l${i}`, 1))),
    "has 2001 layers",
    "at most 2000",
  ],
  ["models within models", layers(nested(150)), "nested too deeply"],
];

const seconds = (lines: string) => `time,Mbit/s\n${lines}`;

const TRACES: Case[] = [
  ["an empty list", "[]", "lasts 0 s", "1 to 100000 s"],
  ["an object", "{}", "the file is {}", "a list"],
  ["a list that is cut short", '[{"duration_ms": 1000,', "not valid JSON"],
  ["a list of texts", '["1"]', '0 is "1"', "an object with duration_ms, bandwidth_kbps"],
  ["a negative duration", '[{"duration_ms": -5, "bandwidth_kbps": 1}]', "0.duration_ms is -5", "from 0 to"],
  ["a throughput of null", '[{"duration_ms": 1000, "bandwidth_kbps": null}]', "0.bandwidth_kbps is null", "from 0 to"],
  ["half a second", '[{"duration_ms": 500, "bandwidth_kbps": 1}]', "lasts 0.5 s", "1 to 100000 s"],
  [
    "a century",
    JSON.stringify(new Array(4000).fill({ duration_ms: 1e9, bandwidth_kbps: 1 })),
    "lasts 4000000000",
    "1 to 100000 s",
  ],
  ["no line", "\n\n# nothing\n", "lasts 0 s", "1 to 100000 s"],
  ["a heading in milliseconds", "time_ms,Mbit/s\n0,1\n", "the heading is", "time in s"],
  ["a heading without a unit", "time,speed\n0,1\n", "the heading is", "a throughput in bit/s"],
  ["a line of three", seconds("0,1,2\n"), "line 2", "seconds and a throughput"],
  ["a line of one", seconds("0\n"), "line 2", "seconds and a throughput"],
  ["a decimal comma", seconds("0;1,5\n"), "line 2", "seconds and a throughput"],
  ["a negative throughput", seconds("0,-1\n"), "line 2", "seconds and a throughput"],
  ["a throughput of NaN", seconds("0,NaN\n"), "line 2", "seconds and a throughput"],
  ["a time without an end", seconds("1e999,1\n"), "line 2", "seconds and a throughput"],
  ["time that stands still", seconds("0,1\n1,1\n1,1\n"), "line 4", "later than 1 s"],
  ["time that runs back", seconds("5,1\n4,1\n"), "line 3", "later than 5 s"],
  ["four million lines that stand still", "1,2\n".repeat(4e6), "line 2", "later than 1 s"],
  [
    "more than any radio",
    seconds(Array.from({ length: 10 }, (_, i) => `${i},1e9\n`).join("")),
    "radio.trace",
    "at most 50 bit/s/Hz",
  ],
];

const KINDLESS: Case[] = [
  ["an empty file", "", "the kind of", "workflow, dot, layers, trace"],
  ["a picture", Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), "UTF-8"],
  ["a page of the web", "<!DOCTYPE html><html></html>", "the kind of", "workflow, dot, layers, trace"],
  ["a scenario", '{"name": "x"}', "the kind of", "workflow, dot, layers, trace"],
];

let made = 0;

/** The commands that import the cases as a kind of file. */
function refusalsOf(cases: readonly Case[], ...as: string[]): Refusal[] {
  return cases.map(([title, content, ...parts]) => {
    const name = `case-${made++}.txt`;
    fs.writeFileSync(path.join(folder, name), content);
    return { title, words: ["import", name, ...as, "--out", "made.json"], parts: [name, ...parts] };
  });
}

const refusals = {
  "a workflow": refusalsOf(WORKFLOWS, "--as", "workflow"),
  "a graph": refusalsOf(GRAPHS, "--as", "dot"),
  "a network": refusalsOf(NETWORKS, "--as", "layers"),
  "a trace": refusalsOf(TRACES, "--as", "trace"),
  "a file of some kind": refusalsOf(KINDLESS),
};
for (const [what, cases] of Object.entries(refusals)) testRefusals(`dios import refuses as ${what}`, folder, cases);
