import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, before, describe, it } from "node:test";
import { inspect } from "node:util";
import zlib from "node:zlib";
import { InputError } from "../../../src/errors";
import type { Figure } from "../../../src/figures/figure";
import { receiveComm } from "../../../src/lab/comms";
import { outputPlace, type Publish, withOutput } from "../../../src/lab/output";
import { column, row, tabs } from "../../../src/lab/widgets/boxes";
import { checkbox, dropdown, logSlider, rangeSlider, slider, text, toggle } from "../../../src/lab/widgets/controls";
import { button, html, label, progressBar } from "../../../src/lab/widgets/elements";
import { type FigurePoint, figureWidget } from "../../../src/lab/widgets/figure-widget";
import { interact } from "../../../src/lab/widgets/interact";
import { outputArea } from "../../../src/lab/widgets/output-area";
import { closeCell, startCell, type Widget, widgetOf } from "../../../src/lab/widgets/widget";
import { missing, PYTHON, ROOT } from "../../kernel/session";
import { openIds, pause, sent, sentAbout, stateOf, userSends, userSets } from "./front-end";

const bars = (height: number): Figure => ({
  id: "bars",
  title: `bars of ${height}`,
  data: [{ type: "bar", x: ["a"], y: [height] }],
  layout: { width: 336, height: 216 },
  table: { columns: ["height"], rows: [[height]] },
  provenance: { software: "dios-lab", version: "0", seed: 1, scenario: "s", scenarioHash: "h" },
});

/** Time for callbacks to start and end. */
const settled = () => pause(30);

let shared: string[] = [];
/** Layout, styles and library are opened once and for all. */
before(() => {
  column(
    slider({ label: "s", min: 0, max: 1, value: 0 }),
    toggle({ label: "t" }),
    checkbox({ label: "c" }),
    text({ label: "x" }),
    dropdown({ label: "d", options: ["a"] }),
    figureWidget(bars(1)),
  ).close();
  shared = openIds();
});
afterEach(() => {
  for (const id of openIds()) if (!shared.includes(id)) widgetOf(id)?.close();
  sent.length = 0;
});

/** Ignores what `show` prints in a process without a notebook. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { write } = process.stdout;
  process.stdout.write = () => true;
  return work().finally(() => {
    process.stdout.write = write;
  });
}

describe("a control", () => {
  it("opens a model in the front end with its value, label and limits", () => {
    const snr = slider({ label: "SNR (dB)", min: -10, max: 20, value: 5 });
    const [opened] = sentAbout(snr.id);
    assert.equal(opened?.type, "comm_open");
    assert.deepEqual(opened?.metadata, { version: "2.1.0" });
    const { description, min, max, step, value, _model_name } = stateOf(snr.id);
    assert.deepEqual([description, min, max, step, value], ["SNR (dB)", -10, 20, 1, 5]);
    assert.equal(_model_name, "IntSliderModel");
  });

  it("has the value that the user gave it, and tells", async () => {
    const snr = slider({ label: "SNR", min: 0, max: 10, value: 5 });
    const told: number[] = [];
    const stop = snr.onChange((value) => void told.push(value));
    userSets(snr.id, { value: 7 });
    assert.equal(snr.value, 7);
    await settled();
    stop();
    userSets(snr.id, { value: 8 });
    await settled();
    assert.deepEqual(told, [7]);
    assert.equal(snr.value, 8);
  });

  it("moves in the browser when code sets it, and tells", async () => {
    const snr = slider({ label: "SNR", min: 0, max: 10, value: 5 });
    const told: number[] = [];
    snr.onChange((value) => void told.push(value));
    snr.value = 3;
    assert.equal(stateOf(snr.id).value, 3);
    await settled();
    assert.deepEqual(told, [3]);
  });

  it("tells other front ends what one of them changed", () => {
    const snr = slider({ label: "SNR", min: 0, max: 10, value: 5 });
    userSets(snr.id, { value: 7 });
    assert.deepEqual(sentAbout(snr.id).at(-1)?.data, { method: "echo_update", state: { value: 7 }, buffer_paths: [] });
  });

  it("does not tell of changes other than of its value", async () => {
    const snr = slider({ label: "SNR", min: 0, max: 10, value: 5 });
    let told = 0;
    snr.onChange(() => void told++);
    userSets(snr.id, { _view_count: 2 });
    await settled();
    assert.equal(told, 0);
  });

  it("steps in whole numbers only where all its numbers are whole", () => {
    const state = (value: number, max: number) => stateOf(slider({ label: "x", min: 0, max, value }).id);
    assert.deepEqual([state(5, 10).step, state(5, 10)._model_name], [1, "IntSliderModel"]);
    assert.deepEqual([state(0.5, 1).step, state(0.5, 1)._model_name], [0.01, "FloatSliderModel"]);
    assert.equal(stateOf(rangeSlider({ label: "r", min: 0, max: 1, value: [0.2, 0.5] }).id).step, 0.01);
  });

  it("on a logarithmic scale keeps the value and not its exponent", () => {
    const rate = logSlider({ label: "rate", min: 1e-5, max: 1e-1, value: 1e-3 });
    const { base, min, max, step, value } = stateOf(rate.id);
    assert.deepEqual([base, min, max, step, value], [10, -5, -1, 0.1, 1e-3]);
    userSets(rate.id, { value: 0.01 });
    assert.equal(rate.value, 0.01);
  });

  it("of several options has the one chosen, by its type", () => {
    const batch = dropdown({ label: "batch", options: [128, 256, 512], value: 256 });
    assert.deepEqual(stateOf(batch.id)._options_labels, ["128", "256", "512"]);
    assert.equal(stateOf(batch.id).index, 1);
    userSets(batch.id, { index: 2 });
    const chosen: 128 | 256 | 512 = batch.value;
    assert.equal(chosen, 512);
    assert.equal(dropdown({ label: "head", options: ["a", "b"] }).value, "a");
  });

  it("can be on or off, or text", () => {
    for (const made of [toggle({ label: "t" }), checkbox({ label: "c" })]) {
      assert.equal(made.value, false);
      userSets(made.id, { value: true });
      assert.equal(made.value, true);
    }
    const name = text({ label: "name", value: "run-1" });
    userSets(name.id, { value: "run-2" });
    assert.equal(name.value, "run-2");
  });

  it("refuses what it cannot show, in one sentence", () => {
    const refused = (make: () => unknown, message: string) =>
      assert.throws(make, (error) => error instanceof InputError && error.message === message);
    const x = slider({ label: "x", min: 0, max: 10, value: 5 });
    const outside = "x is 11; allowed: a number from 0 to 10.";
    refused(() => slider({ label: "x", min: 0, max: 10, value: 11 }), outside);
    refused(() => {
      x.value = 11;
    }, outside);
    assert.equal(x.value, 5);
    refused(() => slider({ label: "x", min: 3, max: 3, value: 3 }), "max of x is 3; allowed: a number above min, 3.");
    refused(
      () => slider({ label: "x", min: 0, max: 3, step: 0, value: 3 }),
      "step of x is 0; allowed: a number above 0.",
    );
    refused(() => logSlider({ label: "x", min: 0, max: 3, value: 3 }), "min of x is 0; allowed: a number above 0.");
    refused(() => rangeSlider({ label: "x", min: 0, max: 3, value: [2, 1] }), "x is 1; allowed: a number from 2 to 3.");
    refused(() => dropdown<string>({ label: "head", options: ["a", "b"], value: "c" }), "head is c; allowed: a, b.");
  });
});

describe("callbacks", () => {
  it("run one at a time, and of values that come meanwhile only for the last", async () => {
    const n = slider({ label: "n", min: 0, max: 1000, value: 0 });
    const seen: number[] = [];
    let running = 0;
    n.onChange(async (value) => {
      assert.equal(++running, 1);
      await pause(20);
      seen.push(value);
      running--;
    });
    for (let value = 1; value <= 100; value++) userSets(n.id, { value });
    await pause(10);
    for (let value = 101; value <= 200; value++) userSets(n.id, { value });
    await pause(100);
    assert.deepEqual(seen, [100, 200]);
  });

  it("that fail are shown where they were set up, and the next change runs them again", async () => {
    const shown: [string, { evalue?: string }][] = [];
    const n = slider({ label: "n", min: 0, max: 10, value: 0 });
    withOutput(
      (...output) => void shown.push(output),
      () =>
        n.onChange((value) => {
          if (value === 1) throw new RangeError("one is bad");
          shown.push(["ran", {}]);
        }),
    );
    userSets(n.id, { value: 1 });
    await settled();
    userSets(n.id, { value: 2 });
    await settled();
    assert.deepEqual(
      shown.map(([type, { evalue }]) => [type, evalue]),
      [
        ["error", "one is bad"],
        ["ran", undefined],
      ],
    );
  });

  it("leave no listener and no comm behind, after 1,000 messages", async () => {
    const n = slider({ label: "n", min: 0, max: 1000, value: 0 });
    n.onChange(() => {});
    await settled();
    const before = [openIds().length, process.listenerCount("SIGINT"), process.getActiveResourcesInfo().length];
    for (let value = 1; value <= 1000; value++) {
      userSets(n.id, { value });
      if (value % 50 === 0) await pause(2);
    }
    await settled();
    assert.equal(n.value, 1000);
    const after = [openIds().length, process.listenerCount("SIGINT"), process.getActiveResourcesInfo().length];
    assert.deepEqual(after, before);
  });
});

describe("a button", () => {
  it("runs its work when it is clicked, unless it is disabled", async () => {
    let clicks = 0;
    const start = button("Start", () => void clicks++);
    userSends(start.id, { event: "click" });
    await settled();
    start.enabled = false;
    assert.equal(stateOf(start.id).disabled, true);
    userSends(start.id, { event: "click" });
    await settled();
    assert.equal(clicks, 1);
  });
});

describe("closing", () => {
  it("frees the widget and those in it, here and there", () => {
    const before = openIds();
    const parts = [label("a"), html("<b>b</b>"), progressBar({ label: "p", total: 3 })];
    const whole = column(row(...parts), tabs({ One: label("c") }));
    whole.close();
    assert.deepEqual(openIds(), before);
    const closed = sent.filter(({ type }) => type === "comm_close").map(({ id }) => id);
    for (const { id } of [whole, ...parts]) assert.ok(closed.includes(id));
    assert.equal(new Set(closed).size, closed.length);
  });

  it("by a front end frees it here and sends nothing more", () => {
    const n = slider({ label: "n", min: 0, max: 10, value: 0 });
    receiveComm("comm_close", { comm_id: n.id }, []);
    assert.ok(!openIds().includes(n.id));
    const before = sent.length;
    n.value = 3;
    n.close();
    assert.equal(sent.length, before);
  });

  it("of what a cell made happens when it runs again or is deleted, and what all figures use stays", () => {
    startCell("first");
    const made: Widget[] = [slider({ label: "n", min: 0, max: 10, value: 0 }), figureWidget(bars(1))];
    startCell("second");
    const other = label("other");
    assert.ok(made.every(({ id }) => openIds().includes(id)));
    startCell("first");
    assert.ok(made.every(({ id }) => !openIds().includes(id)));
    const library = String(sentAbout(made[1]?.id as string)[0]?.data.state.library).replace("IPY_MODEL_", "");
    assert.ok(openIds().includes(library));
    assert.ok(openIds().includes(other.id));
    closeCell("second");
    assert.ok(!openIds().includes(other.id));
  });
});

describe("a page that was reloaded", () => {
  it("gets the state of all widgets as it is now, with what is bytes beside it", () => {
    const n = slider({ label: "n", min: 0, max: 10, value: 0 });
    const figure = figureWidget(bars(1));
    userSets(n.id, { value: 4 });
    figure.update(bars(2));
    receiveComm("comm_open", { comm_id: "control", target_name: "jupyter.widget.control" }, []);
    receiveComm("comm_msg", { comm_id: "control", data: { method: "request_states" } }, []);
    const { data, buffers } = sentAbout("control").at(-1) ?? { data: {}, buffers: [] };
    assert.equal(data.method, "update_states");
    assert.deepEqual(new Set(Object.keys(data.states)), new Set(openIds()));
    assert.equal(data.states[n.id].model_name, "IntSliderModel");
    assert.equal(data.states[n.id].state.value, 4);
    assert.equal(data.states[figure.id].state.figure.title, "bars of 2");
    const library = data.states[figure.id].state.library.replace("IPY_MODEL_", "");
    assert.deepEqual(data.buffer_paths, [[library, "state", "source"]]);
    assert.match(zlib.gunzipSync(buffers[0] as Buffer).toString("latin1", 0, 200), /plotly/);
    receiveComm("comm_close", { comm_id: "control" }, []);
  });

  it("may also ask one widget", () => {
    const n = slider({ label: "n", min: 0, max: 10, value: 6 });
    receiveComm("comm_msg", { comm_id: n.id, data: { method: "request_state" } }, []);
    const { data } = sentAbout(n.id).at(-1) ?? {};
    assert.equal(data.method, "update");
    assert.equal(data.state.value, 6);
    assert.equal(data.state._view_name, "IntSliderView");
  });
});

describe("an output area", () => {
  const outputs = (id: string) => stateOf(id).outputs as Record<string, unknown>[];

  it("shows what work prints, shows and throws, in order, and goes on", async () => {
    const area = outputArea();
    const result = await area.run(() => {
      const publish = outputPlace() as Publish;
      publish("stream", { name: "stdout", text: "one\n" });
      publish("stream", { name: "stdout", text: "two\n" });
      publish("stream", { name: "stderr", text: "three\n" });
      publish("display_data", { data: { "text/plain": "0 %" }, metadata: {}, transient: { display_id: "bar" } });
      publish("update_display_data", { data: { "text/plain": "9 %" }, metadata: {}, transient: { display_id: "bar" } });
      throw new TypeError("bad");
    });
    assert.equal(result, undefined);
    await settled();
    const [out, err, shown, error, ...more] = outputs(area.id);
    assert.deepEqual(out, { output_type: "stream", name: "stdout", text: "one\ntwo\n" });
    assert.deepEqual(err, { output_type: "stream", name: "stderr", text: "three\n" });
    assert.deepEqual(shown, { output_type: "display_data", data: { "text/plain": "9 %" }, metadata: {} });
    assert.deepEqual([error?.output_type, error?.ename, error?.evalue], ["error", "TypeError", "bad"]);
    assert.deepEqual(more, []);
  });

  it("sends a thousand lines printed at once in one message", async () => {
    const area = outputArea();
    await area.run(() => {
      for (let k = 0; k < 1000; k++) outputPlace()?.("stream", { name: "stdout", text: `${k}\n` });
    });
    await settled();
    assert.equal(sentAbout(area.id).length, 2);
    assert.match(String(outputs(area.id)[0]?.text), /^0\n1\n(.|\n)*\n999\n$/);
  });

  it("can be cleared", async () => {
    const area = outputArea();
    await area.run(() => outputPlace()?.("stream", { name: "stdout", text: "old" }));
    area.clear();
    await settled();
    assert.deepEqual(outputs(area.id), []);
  });
});

describe("a figure widget", () => {
  it("draws another figure in place and keeps the numbers behind it to itself", () => {
    const figure = figureWidget(bars(1));
    figure.update(bars(2));
    const updates = sentAbout(figure.id).filter(({ data }) => data.method === "update");
    assert.equal(updates.length, 1);
    assert.deepEqual(updates[0]?.data.state.figure.data, [{ type: "bar", x: ["a"], y: [2] }]);
    assert.equal(updates[0]?.data.state.figure.table, undefined);
  });

  it("tells of clicks and of zooming", async () => {
    const figure = figureWidget(bars(1));
    const told: unknown[] = [];
    const stop = figure.onClick((point: FigurePoint) => void told.push(point));
    figure.onZoom((ranges) => void told.push(ranges));
    const point = { x: "a", y: 1, curve: 0, index: 0 };
    userSends(figure.id, { event: "click", value: point });
    userSends(figure.id, { event: "zoom", value: { x: [0, 1] } });
    await settled();
    stop();
    userSends(figure.id, { event: "click", value: point });
    await settled();
    assert.deepEqual(told, [point, { x: [0, 1] }]);
  });
});

describe("interact", () => {
  it("draws at once and after a change, in the same figure", async () => {
    const n = slider({ label: "n", min: 0, max: 10, value: 3 });
    const kind = dropdown({ label: "kind", options: ["x", "y"] });
    const seen: [number, "x" | "y"][] = [];
    const whole = await quietly(() =>
      interact({ n, kind }, (values) => {
        seen.push([values.n, values.kind]);
        return bars(values.n);
      }),
    );
    const figures = () => sent.filter(({ type, data }) => type === "comm_open" && data.state.figure);
    userSets(n.id, { value: 8 });
    userSets(kind.id, { index: 1 });
    await settled();
    assert.deepEqual(seen, [
      [3, "x"],
      [8, "y"],
    ]);
    assert.equal(figures().length, 1);
    assert.equal((stateOf(figures()[0]?.id as string).figure as Figure).title, "bars of 8");
    whole.close();
    assert.ok(![n.id, kind.id, figures()[0]?.id].some((id) => openIds().includes(id as string)));
  });

  it("shows as many figures as it is given, and no more than it was given last", async () => {
    const n = slider({ label: "n", min: 0, max: 3, value: 2 });
    await quietly(() => interact({ n }, ({ n }) => Array.from({ length: n }, (_, k) => bars(k))));
    const box = sent.find(({ type, data }) => type === "comm_open" && data.state.children?.length === 0);
    const count = () => (stateOf(box?.id as string).children as string[]).length;
    assert.equal(count(), 2);
    for (const [value, expected] of [
      [3, 3],
      [1, 1],
      [2, 2],
    ] as const) {
      userSets(n.id, { value });
      await settled();
      assert.equal(count(), expected);
    }
  });

  it("is no long read as the value of a cell", async () => {
    const n = slider({ label: "n", min: 0, max: 10, value: 3 });
    assert.equal(inspect(await quietly(() => interact({ n }, () => bars(1)))), "VBox widget");
  });

  it("rejects when the first run fails, and closes what it made", async () => {
    const before = openIds();
    const n = slider({ label: "n", min: 0, max: 10, value: 3 });
    await assert.rejects(
      interact({ n }, () => {
        throw new Error("at once");
      }),
      /at once/,
    );
    assert.deepEqual(openIds(), before);
  });
});

describe("the models", { skip: missing("ipywidgets, anywidget") }, () => {
  it("are those of the Python package, with states of its names", () => {
    const script = join(ROOT, "test/lab/widgets/ipywidgets_models.py");
    const python = JSON.parse(execFileSync(PYTHON, [script], { encoding: "utf8" }));
    for (const value of [1, 0.5]) {
      slider({ label: "s", min: 0, max: 2, value });
      rangeSlider({ label: "r", min: 0, max: 2, value: [value, 1] });
    }
    logSlider({ label: "l", min: 1, max: 10, value: 1 });
    dropdown({ label: "d", options: ["a"] });
    for (const make of [toggle, checkbox, text]) make({ label: "m" });
    button("b", () => {});
    column(row(label("l"), html("h")), tabs({ One: label("l") }), progressBar({ label: "p", total: 1 }));
    outputArea();
    figureWidget(bars(1));
    // The layout and the styles were opened by the first control of this process.
    receiveComm("comm_open", { comm_id: "control", target_name: "jupyter.widget.control" }, []);
    receiveComm("comm_msg", { comm_id: "control", data: { method: "request_states" } }, []);
    const states: Record<string, { state: Record<string, string> }> = sentAbout("control").at(-1)?.data.states;
    receiveComm("comm_close", { comm_id: "control" }, []);
    const compared = new Set<string>();
    for (const { state } of Object.values(states)) {
      const name = (state._model_name as string).replace(/Model$/, "");
      const expected = python.models[name];
      assert.ok(expected, name);
      for (const [key, value] of Object.entries(expected.identity)) assert.equal(state[key], value, `${name} ${key}`);
      const own = ["library", "figure", "source"];
      const strange = Object.keys(state).filter((key) => !expected.names.includes(key) && !own.includes(key));
      assert.deepEqual(strange, [], name);
      compared.add(name);
    }
    assert.deepEqual([...compared].sort(), Object.keys(python.models).sort());
    assert.equal(python.protocol, "2.1.0");
  });
});
