import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { missing, type Output, ofType, printed, type Result, Session } from "./session";

const pause = (milliseconds: number) => new Promise((next) => setTimeout(next, milliseconds));

/** Asks until there is an answer; a test without one ends in the test runner's time limit. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(50);
  }
}

describe("widgets over the kernel's comms", { skip: missing() }, () => {
  let kernel: Session;
  before(async () => {
    kernel = await Session.start();
    await kernel.execute('import { button, column, interruptible, label, show, slider } from "dios-lab";');
  });
  after(() => kernel?.close());

  const openComms = async (target?: string): Promise<string[]> =>
    Object.keys((await kernel.request("comm_info_request", { target_name: target })).reply.comms);

  /** The id of the widget that was opened last with this description. */
  async function widget(description: string): Promise<string> {
    const opened = (await kernel.comms()).filter(
      ({ type, content }) => type === "comm_open" && content.data.state.description === description,
    );
    return opened.at(-1)?.content.comm_id;
  }
  const update = (id: string, state: object): [string, object] => [
    "comm_msg",
    { comm_id: id, data: { method: "update", state, buffer_paths: [] } },
  ];
  const click = (id: string): [string, object] => [
    "comm_msg",
    { comm_id: id, data: { method: "custom", content: { event: "click" } } },
  ];
  const text = (outputs: Output[]) =>
    outputs
      .filter(({ type }) => type === "stream")
      .map(({ content }) => content.text)
      .join("");

  it("are opened as part of the cell that makes them, also when all cells were sent at once", async () => {
    const ids = await kernel.send(["await new Promise((next) => setTimeout(next, 300));", 'label("late");']);
    await kernel.finish(ids);
    const opened = (await kernel.comms()).find(({ content }) => content.data.state?.value === "late");
    assert.equal(opened?.type, "comm_open");
    assert.equal(opened?.parent, ids[1]);
  });

  it("are listed by target, and shown by their model", async () => {
    const result = await kernel.execute(
      'const shown = slider({ label: "shown", min: 0, max: 9, value: 1 }); await show(shown);',
    );
    const id = await widget("shown");
    const [{ data }] = ofType(result, "display_data");
    assert.equal(data["application/vnd.jupyter.widget-view+json"].model_id, id);
    assert.equal(data["text/plain"], "shown: 1");
    assert.ok((await openComms("jupyter.widget")).includes(id));
    assert.ok((await openComms()).includes(id));
    assert.deepEqual(await openComms("other"), []);
    const { reply, replyType } = await kernel.request("comm_info_request", {});
    assert.equal(replyType, "comm_info_reply");
    assert.equal(reply.status, "ok");
    assert.deepEqual(reply.comms[id], { target_name: "jupyter.widget" });
  });

  it("of a target that nobody knows are closed at once", async () => {
    const answer = await kernel.tell("comm_open", { comm_id: "c1", target_name: "unknown", data: {} });
    assert.deepEqual(
      answer.filter(({ type }) => type === "comm_close").map(({ content }) => content.comm_id),
      ["c1"],
    );
    assert.ok(!(await openComms()).includes("c1"));
  });

  it("steer a cell that awaits, and a button ends it", async () => {
    const [id] = (await kernel.send([
      `const pace = slider({ label: "pace", min: 0, max: 9, value: 1 });
       let stopped = false;
       const stop = button("Stop", () => { stopped = true; });
       console.log("looping");
       const paces: number[] = [];
       while (!stopped) { paces.push(pace.value); await new Promise((next) => setTimeout(next, 10)); }
       console.log([...new Set(paces)].join());`,
    ])) as [string];
    await kernel.waitForText("looping");
    await kernel.tell(...update(await widget("pace"), { value: 7 }));
    await pause(100);
    await kernel.tell(...click(await widget("Stop")));
    const [result] = await kernel.finish([id]);
    assert.equal(printed(result as Result), "looping\n1,7\n");
  });

  it("echo what a front end changed as an answer to its message", async () => {
    await kernel.execute('const echoed = slider({ label: "echoed", min: 0, max: 9, value: 1 });');
    const answer = await kernel.tell(...update(await widget("echoed"), { value: 2 }));
    const echo = answer.find(({ content }) => content.data?.method === "echo_update");
    assert.deepEqual(echo?.content.data.state, { value: 2 });
  });

  it("call back in the place of their cell, also when others ran since, and show what fails there", async () => {
    const [id] = (await kernel.send([
      `const told = slider({ label: "told", min: 0, max: 9, value: 1 });
       told.onChange((value) => { console.log("told", value); if (value === 3) throw new RangeError("three is bad"); });`,
    ])) as [string];
    await kernel.finish([id]);
    const other = await kernel.send(["1 + 1"]);
    await kernel.finish(other);
    await kernel.tell(...update(await widget("told"), { value: 3 }));
    const outputs = await eventually(async () => {
      const outputs = await kernel.outputs(id);
      return outputs.some(({ type }) => type === "error") ? outputs : undefined;
    });
    assert.equal(text(outputs), "told 3\n");
    const error = outputs.find(({ type }) => type === "error");
    assert.deepEqual([error?.content.ename, error?.content.evalue], ["RangeError", "three is bad"]);
    assert.match(error?.content.traceback.join("\n"), /^RangeError: three is bad\n {4}at In\[\d+\]:2:\d+$/);
    assert.equal(text(await kernel.outputs(other[0] as string)), "");
    assert.equal(printed(await kernel.execute("console.log(told.value)")), "3\n");
  });

  it("of a thousand fast slides run the last, and leave no comm behind", async () => {
    const [id] = (await kernel.send([
      `const fast = slider({ label: "fast", min: 0, max: 1000, value: 0 });
       let runs = 0;
       fast.onChange((value) => { runs++; const end = Date.now() + 20; while (Date.now() < end); console.log("at", value); });`,
    ])) as [string];
    await kernel.finish([id]);
    const fast = await widget("fast");
    const before = await openComms();
    const listeners = "process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)";
    const count = printed(await kernel.execute(`console.log(${listeners})`));
    await kernel.shout(Array.from({ length: 1000 }, (_, k) => update(fast, { value: k + 1 })));
    await kernel.waitForText("at 1000");
    assert.deepEqual(await openComms(), before);
    assert.equal(printed(await kernel.execute(`console.log(${listeners})`)), count);
    const runs = Number(printed(await kernel.execute("console.log(runs)")));
    assert.ok(runs < 200, `${runs} runs`);
    assert.equal(printed(await kernel.execute("console.log(fast.value)")), "1000\n");
  });

  it("are closed when JupyterLab runs their cell again", async () => {
    const code = 'const again = slider({ label: "again", min: 0, max: 9, value: 1 });';
    await kernel.finish([await kernel.sendCell(code, "cell-1")]);
    const first = await widget("again");
    await kernel.finish([await kernel.sendCell(code, "cell-1")]);
    const comms = await openComms();
    assert.ok(!comms.includes(first));
    assert.ok(comms.includes(await widget("again")));
  });

  it("give a page that was reloaded their state", async () => {
    await kernel.execute('const lasting = slider({ label: "lasting", min: 0, max: 9, value: 1 });');
    const id = await widget("lasting");
    await kernel.tell(...update(id, { value: 5 }));
    await kernel.tell("comm_open", { comm_id: "control", target_name: "jupyter.widget.control", data: {} });
    const answer = await kernel.tell("comm_msg", { comm_id: "control", data: { method: "request_states" } });
    const { states } = answer.find(({ type }) => type === "comm_msg")?.content.data ?? {};
    assert.equal(states[id].state.value, 5);
    await kernel.tell("comm_close", { comm_id: "control", data: {} });
    assert.ok(!(await openComms()).includes("control"));
  });

  it("can be interrupted while they call back, in a loop that never waits", async () => {
    const [id] = (await kernel.send([
      `const endless = button("Endless", () => { console.log("spinning"); while (true); });`,
    ])) as [string];
    await kernel.finish([id]);
    await kernel.shout([click(await widget("Endless"))]);
    await kernel.waitForText("spinning");
    await kernel.interrupt();
    const error = await eventually(async () => (await kernel.outputs(id)).find(({ type }) => type === "error"));
    assert.match(error.content.evalue, /interrupted/i);
    assert.equal(printed(await kernel.execute("console.log('alive')")), "alive\n");
  });

  it("can be interrupted while they call back and wait, with no cell running", async () => {
    const [id] = (await kernel.send([
      `const patient = button("Patient", () => interruptible(async (signal) => {
         console.log("waiting");
         while (!signal.aborted) await new Promise((next) => setTimeout(next, 10));
         console.log("heard it");
       }));`,
    ])) as [string];
    await kernel.finish([id]);
    await kernel.shout([click(await widget("Patient"))]);
    await kernel.waitForText("waiting");
    await kernel.interrupt();
    await kernel.waitForText("heard it");
    assert.equal(text(await kernel.outputs(id)), "waiting\nheard it\n");
    assert.equal(printed(await kernel.execute("console.log('alive')")), "alive\n");
  });
});
