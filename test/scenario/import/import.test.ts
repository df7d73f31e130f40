import assert from "node:assert/strict";
import test from "node:test";
import { importText } from "../../../src/scenario/import/import";
import { loadScenario } from "../../../src/scenario/load";
import { parametersOf } from "../../../src/scenario/parameters";
import { inputError } from "../../support";

const DOT = "digraph { a -> b [bytes=10]; a [cycles=5]; b [cycles=0]; device -> a [bytes=3] }";
const BARE_DOT = "/* no sizes */ strict digraph G { a -> b }";
const TRACE = Array.from({ length: 12 }, (_, second) => `${second},${second + 5}`).join("\n");
const WORKFLOW = JSON.stringify({
  name: "flow",
  schemaVersion: "1.4",
  workflow: { tasks: [{ name: "a", runtimeInSeconds: 1, files: [{ name: "x", link: "input", sizeInBytes: 5 }] }] },
});
const LAYERS = JSON.stringify({
  class_name: "Sequential",
  config: {
    name: "s",
    layers: [{ class_name: "Dense", config: { name: "d", units: 2, batch_input_shape: [null, 3] } }],
  },
});

test("the kind of a file is what its content looks like, with or without a byte-order mark", async () => {
  const pieces = '[{"duration_ms":9000,"bandwidth_kbps":5}]';
  for (const [text, kind] of [
    [DOT, "dot"],
    [BARE_DOT, "dot"],
    [`// graph\n# of mine\n${DOT}`, "dot"],
    [TRACE, "trace"],
    [`# Mbit/s\ntime,Mbit/s\n${TRACE}`, "trace"],
    [pieces, "trace"],
    [WORKFLOW, "workflow"],
    [LAYERS, "layers"],
    [`{"modelTopology": ${LAYERS}}`, "layers"],
  ]) {
    assert.equal((await importText(text, "file")).kind, kind);
    assert.equal((await importText(`\uFEFF${text}`, "file")).kind, kind);
  }
});

test("a kind that is not clear is asked for, and a kind that is said is taken", async () => {
  for (const text of ["", "hello", "{}", '{"a":1}', "<graphml>"]) {
    await assert.rejects(importText(text, "x.bin"), inputError("kind of x.bin", "workflow, dot, layers, trace"));
  }
  await assert.rejects(importText(DOT, "a.dot", { as: "trace" }), inputError("a.dot"));
  await assert.rejects(importText(TRACE, "a.txt", { as: "dot" }), inputError("a.txt", "is not DOT"));
});

test("everything that the file does not say is as in the scenario below it", async () => {
  const base = loadScenario("literature", { device: { clockHz: 3e9 } });
  const { scenario } = await importText(DOT, "folder/my graph.v2.dot", { base });
  assert.deepEqual(scenario, {
    ...base,
    name: "my-graph.v2",
    description: "dot my graph.v2.dot on literature",
    sources: { ...base.sources, ...scenario.sources },
    application: {
      ...base.application,
      topology: "graph",
      subTasks: 2,
      dependencies: [[0, 1]],
      measured: {
        names: ["a", "b"],
        dataBytes: [10],
        inputBytes: [3, 0],
        outputBytes: [0, 0],
        cycles: [5, 0],
        scale: [0.5, 1.5],
      },
    },
  });
  const sources = Object.fromEntries(parametersOf(scenario).map(({ parameter, source }) => [parameter, source]));
  assert.equal(sources["application.measured.cycles"], "my graph.v2.dot: work of nodes");
  assert.equal(sources["device.clockHz"], base.sources["device.clockHz"] ?? "this scenario");
  // It is a scenario by itself.
  assert.deepEqual(loadScenario(JSON.parse(JSON.stringify(scenario))), scenario);
});

test("a trace is laid over an imported application, and another application over a trace", async () => {
  const { scenario: graph } = await importText(DOT, "a.dot");
  const { scenario: both } = await importText(TRACE, "bus.csv", { base: graph });
  assert.deepEqual(both.application, graph.application);
  assert.equal(both.radio.fading, "trace");
  assert.equal(both.radio.trace?.length, 12);
  assert.equal(both.name, "bus");
  const { scenario: bare } = await importText(BARE_DOT, "b.dot", { base: both });
  assert.deepEqual(bare.radio, both.radio);
  assert.equal(bare.application.measured, undefined);
  assert.deepEqual(bare.application.dataBytes, loadScenario("paper").application.dataBytes);
});

test("a trace takes the place of a link budget", async () => {
  const base = loadScenario("paper", { radio: { linkBudget: {} as never } });
  const { scenario } = await importText(TRACE, "bus.csv", { base });
  assert.equal(scenario.radio.linkBudget, undefined);
});

test("a trace that does not fit the scenario below it is refused", async () => {
  const base = loadScenario("paper", { application: { subTasks: 15 } });
  await assert.rejects(importText(TRACE, "bus.csv", { base }), inputError("radio.trace has 12 entries", "15"));
});

test("work for a multiply-add is asked for as a number above zero", async () => {
  const { scenario } = await importText(LAYERS, "m.json", { cyclesPerMultiplyAdd: 2.5 });
  assert.deepEqual(scenario.application.measured?.cycles, [15]);
  for (const cyclesPerMultiplyAdd of [0, -1, Number.NaN, 1e9]) {
    await assert.rejects(
      importText(LAYERS, "m.json", { cyclesPerMultiplyAdd }),
      inputError(`cyclesPerMultiplyAdd is ${cyclesPerMultiplyAdd}`, "above 0"),
    );
  }
});
