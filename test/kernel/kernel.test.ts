import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { missing, ofType, printed, type Result, ROOT, Session } from "./session";

const lab = (file: string) => JSON.stringify(join(ROOT, "build/src/lab", file));
const failed = (result: Result) => {
  const [error] = ofType(result, "error");
  assert.ok(error, `no error message in ${JSON.stringify(result.outputs)}`);
  return error;
};

describe("the kernel", { skip: missing() }, () => {
  let kernel: Session;
  before(async () => {
    kernel = await Session.start();
  });
  after(() => kernel?.close());

  describe("running a cell", () => {
    it("publishes busy, the input, the output, the result and idle, in this order", async () => {
      const result = await kernel.execute("console.log('seen');\n1 + 1");
      assert.deepEqual(
        result.outputs.map(({ type, content }) => content.execution_state ?? type),
        ["busy", "execute_input", "stream", "execute_result", "idle"],
      );
      assert.equal(printed(result), "seen\n");
      assert.deepEqual(ofType(result, "execute_result")[0].data, { "text/plain": "2" });
    });

    it("counts cells, in the input, the result and the reply alike", async () => {
      const first = await kernel.execute("3");
      const second = await kernel.execute("4");
      const count = first.reply.execution_count;
      assert.equal(second.reply.execution_count, count + 1);
      assert.equal(ofType(second, "execute_input")[0].execution_count, count + 1);
      assert.equal(ofType(second, "execute_result")[0].execution_count, count + 1);
    });

    it("knows the names of earlier cells in the short form of an object's properties too", async () => {
      await kernel.execute("const seed = 7; let count = 1;");
      const outer = await kernel.execute("const request = { seed, count, other: 2 }; request");
      assert.equal(ofType(outer, "execute_result")[0].data["text/plain"], "{ seed: 7, count: 1, other: 2 }");
      const inner = await kernel.execute("(() => { const count = 9; return { count }; })()");
      assert.equal(ofType(inner, "execute_result")[0].data["text/plain"], "{ count: 9 }");
    });

    it("replies ok with empty user expressions", async () => {
      const { reply, replyType } = await kernel.execute("const kept = 5;");
      assert.equal(replyType, "execute_reply");
      assert.equal(reply.status, "ok");
      assert.deepEqual(reply.user_expressions, {});
    });

    it("neither shows nor counts a silent cell, but runs it", async () => {
      const { reply } = await kernel.execute("0");
      const silent = await kernel.execute("const silently: number = 7; console.log(silently); silently", {
        silent: true,
      });
      assert.deepEqual(new Set(silent.outputs.map(({ type }) => type)), new Set(["status"]));
      assert.equal(silent.reply.execution_count, reply.execution_count);
      const next = await kernel.execute("console.log(silently)");
      assert.equal(printed(next), "7\n");
      assert.equal(next.reply.execution_count, reply.execution_count + 1);
    });

    it("does not count a cell that is not to be stored", async () => {
      const { reply } = await kernel.execute("0");
      const unstored = await kernel.execute("console.log('shown')", { store_history: false });
      assert.equal(unstored.reply.execution_count, reply.execution_count);
      assert.equal(printed(unstored), "shown\n");
    });

    it("loses none of 5000 lines", async () => {
      const result = await kernel.execute("for (let k = 0; k < 5000; k++) console.log(k)");
      assert.equal(printed(result), Array.from({ length: 5000 }, (_, k) => `${k}\n`).join(""));
    });
  });

  describe("a failing cell", () => {
    it("gives name, message and the lines of the cells it went through", async () => {
      await kernel.execute(
        "interface Seed { value: number }\n\nfunction draw(seed: Seed): never {\n  throw new RangeError('bad seed ' + seed.value);\n}",
      );
      const result = await kernel.execute("type Unused = string;\n\ndraw({ value: 7 });");
      const { ename, evalue, traceback } = failed(result);
      assert.equal(ename, "RangeError");
      assert.equal(evalue, "bad seed 7");
      const { execution_count } = result.reply;
      assert.deepEqual(traceback, [
        "RangeError: bad seed 7",
        `  at In[${execution_count - 1}]:4:9 in draw`,
        "      throw new RangeError('bad seed ' + seed.value);",
        "            ^",
        `  at In[${execution_count}]:3:1`,
        "    draw({ value: 7 });",
        "    ^",
      ]);
    });

    it("repeats the error in the reply, with the count", async () => {
      const before = await kernel.execute("0");
      const { reply, outputs } = await kernel.execute("throw new TypeError('no');");
      const { content } = outputs.find(({ type }) => type === "error") ?? assert.fail("no error");
      assert.equal(reply.status, "error");
      assert.equal(reply.execution_count, before.reply.execution_count + 1);
      const { ename, evalue, traceback } = reply;
      assert.deepEqual({ ename, evalue, traceback }, content);
      assert.deepEqual(reply.user_expressions, {});
    });

    it("names an error class that sets no name, and tells the cause", async () => {
      const result = await kernel.execute(
        "class ScenarioError extends Error {}\nthrow new ScenarioError('outer', { cause: new TypeError('inner') });",
      );
      assert.equal(failed(result).ename, "ScenarioError");
      assert.ok(failed(result).traceback.includes("Cause: TypeError: inner"));
    });

    it("may throw what is no Error", async () => {
      const { ename, evalue } = failed(await kernel.execute("throw { code: 7 };"));
      assert.deepEqual([ename, evalue], ["Uncaught", "{ code: 7 }"]);
      assert.equal(failed(await kernel.execute("throw undefined;")).evalue, "undefined");
    });

    it("may fail after an await", async () => {
      const { ename, traceback } = failed(
        await kernel.execute("await new Promise((next) => setTimeout(next, 5));\nthrow new SyntaxError('late');"),
      );
      assert.equal(ename, "SyntaxError");
      assert.match(traceback[1], /In\[\d+\]:2:7$/);
    });

    it("fails for a promise that it rejects and nobody awaits", async () => {
      const { ename, evalue } = failed(await kernel.execute("Promise.reject(new RangeError('lost')); 1"));
      assert.deepEqual([ename, evalue], ["RangeError", "lost"]);
    });

    it("fails for an error in a timer, at once", async () => {
      const start = performance.now();
      const result = await kernel.execute(
        "setTimeout(() => { throw new RangeError('in timer'); }, 5);\nawait new Promise((next) => setTimeout(next, 20_000));",
      );
      assert.equal(failed(result).evalue, "in timer");
      assert.equal(result.reply.status, "error");
      assert.ok(performance.now() - start < 5000);
    });

    it("gives compile errors with their lines, and runs nothing", async () => {
      const result = await kernel.execute(
        "console.log('runs');\nconst count: number = 'two';\nconst name: string = 3;",
      );
      const { ename, evalue, traceback } = failed(result);
      assert.equal(ename, "TypeScriptError");
      assert.equal(evalue, "Type 'string' is not assignable to type 'number'.");
      const cell = `In[${result.reply.execution_count}]`;
      assert.deepEqual(traceback.slice(1), [
        `  at ${cell}:2:7 - TS2322: Type 'string' is not assignable to type 'number'.`,
        "    const count: number = 'two';",
        "          ^",
        `  at ${cell}:3:7 - TS2322: Type 'number' is not assignable to type 'string'.`,
        "    const name: string = 3;",
        "          ^",
      ]);
      assert.equal(printed(result), "");
    });

    it("calls a mistake of grammar a SyntaxError", async () => {
      const { ename, evalue } = failed(await kernel.execute("const x = ;"));
      assert.deepEqual([ename, evalue], ["SyntaxError", "Expression expected."]);
    });

    it("shows the user's lines in an error that a cell catches and prints", async () => {
      const result = await kernel.execute(
        "type Unused = 1;\n\ntry { throw new Error('caught') } catch (e) { console.log(e) }",
      );
      assert.match(printed(result), /^Error: caught\n {4}at In\[\d+\]:3:13\n$/);
    });
  });

  describe("run-all", () => {
    it("aborts what waits behind a failure, and runs what comes later", async () => {
      const ids = await kernel.send(["throw new Error('first');", "console.log('second')", "console.log('third')"]);
      const results = await kernel.finish(ids);
      assert.deepEqual(
        results.map(({ reply }) => reply.status),
        ["error", "aborted", "aborted"],
      );
      assert.deepEqual(results.slice(1).map(printed), ["", ""]);
      // At once, without a pause.
      assert.equal(printed(await kernel.execute("console.log('later')")), "later\n");
    });

    it("aborts what was sent while a synchronous cell ran into its failure", async () => {
      const busy = "const end = Date.now() + 500; while (Date.now() < end); throw new Error('slow');";
      const results = await kernel.finish(await kernel.send([busy, ...Array(20).fill("console.log('no')")]));
      assert.deepEqual(new Set(results.slice(1).map(({ reply }) => reply.status)), new Set(["aborted"]));
    });

    it("goes on after a failure that is allowed", async () => {
      const ids = await kernel.send(["throw new Error('allowed');", "console.log('next')"], { stop_on_error: false });
      const [first, second] = await kernel.finish(ids);
      assert.equal(first?.reply.status, "error");
      assert.equal(printed(second as Result), "next\n");
    });

    it("gives every output to the cell that made it, one cell after another", async () => {
      const cell = (k: number) =>
        `await new Promise((next) => setTimeout(next, 20));\nrequire(${lab("display")}).display({ "text/plain": "d${k}" });\nconsole.log("s${k}");\n${k}`;
      const before = (await kernel.order()).length;
      const ids = await kernel.send([0, 1, 2, 3].map(cell));
      const results = await kernel.finish(ids);
      results.forEach((result, k) => {
        assert.equal(printed(result), `s${k}\n`);
        assert.deepEqual(ofType(result, "display_data")[0].data, { "text/plain": `d${k}` });
        assert.deepEqual(ofType(result, "execute_result")[0].data, { "text/plain": `${k}` });
      });
      const expected = ["status", "execute_input", "display_data", "stream", "execute_result", "status"];
      assert.deepEqual(
        (await kernel.order()).slice(before),
        ids.flatMap((id) => expected.map((type) => [type, id])),
      );
    });
  });

  describe("an interrupt", () => {
    it("stops a synchronous loop", async () => {
      const ids = await kernel.send(["console.log('loop'); while (true);", "console.log('queued')"]);
      await kernel.waitForText("loop");
      await kernel.interrupt();
      const [loop, queued] = await kernel.finish(ids);
      assert.equal(failed(loop as Result).ename, "KeyboardInterrupt");
      assert.equal(loop?.reply.status, "error");
      assert.equal(queued?.reply.status, "aborted");
      assert.equal(printed(await kernel.execute("console.log('alive')")), "alive\n");
    });

    it("stops waiting for an asynchronous cell", async () => {
      const ids = await kernel.send(["console.log('wait'); await new Promise(() => {});", "1"]);
      await kernel.waitForText("wait");
      await kernel.interrupt();
      const [wait, queued] = await kernel.finish(ids);
      assert.equal(failed(wait as Result).ename, "KeyboardInterrupt");
      assert.equal(queued?.reply.status, "aborted");
    });

    it("lets work that listens end by itself and keep what it has, and runs none of the next cells", async () => {
      const work = `
        const { interruptible } = require(${lab("interrupt")});
        const steps: number = await interruptible(async (signal: AbortSignal) => {
          console.log("working");
          let steps = 0;
          for (; !signal.aborted && steps < 2000; steps++) await new Promise((next) => setTimeout(next, 10));
          return steps;
        });`;
      const ids = await kernel.send([work, "console.log('queued')"]);
      await kernel.waitForText("working");
      await kernel.interrupt();
      const [worked, queued] = await kernel.finish(ids);
      assert.equal(worked?.reply.status, "ok");
      assert.equal(queued?.reply.status, "aborted");
      const steps = Number(printed(await kernel.execute("console.log(steps)")));
      assert.ok(steps > 0 && steps < 2000, `${steps} steps`);
    });

    it("does not ask twice", async () => {
      const deaf = `require(${lab("interrupt")}).onInterrupt(() => console.log("told"));\nawait new Promise(() => {});`;
      const ids = await kernel.send([`console.log("deaf");\n${deaf}`]);
      await kernel.waitForText("deaf");
      await kernel.interrupt();
      await kernel.waitForText("told");
      const start = performance.now();
      await kernel.interrupt();
      const [result] = await kernel.finish(ids);
      assert.equal(failed(result as Result).ename, "KeyboardInterrupt");
      assert.ok(performance.now() - start < 2000);
    });

    it("may come as a message", async () => {
      const ids = await kernel.send(["console.log('message'); await new Promise(() => {});"]);
      await kernel.waitForText("message");
      const answer = await kernel.request("interrupt_request", {}, "control");
      assert.deepEqual([answer.replyType, answer.reply.status], ["interrupt_reply", "ok"]);
      const [result] = await kernel.finish(ids);
      assert.equal(failed(result as Result).ename, "KeyboardInterrupt");
    });
  });

  describe("display and progress", () => {
    it("shows several formats in one message, with metadata", async () => {
      const result = await kernel.execute(
        `require(${lab("display")}).display({ "application/json": { a: [1] }, "text/plain": "a" }, { metadata: { "application/json": { expanded: true } } });`,
      );
      assert.deepEqual(ofType(result, "display_data"), [
        {
          data: { "application/json": { a: [1] }, "text/plain": "a" },
          metadata: { "application/json": { expanded: true } },
          transient: {},
        },
      ]);
    });

    it("draws a bar at most five times a second, in place, and leaves one line", async () => {
      const result = await kernel.execute(`
        const bar = require(${lab("progress")}).progress("Drawing <states>", 200);
        for (let k = 1; k <= 200; k++) {
          await new Promise((next) => setTimeout(next, 5));
          bar.update(k, "loss 0.5");
        }
        bar.stop();`);
      const first = ofType(result, "display_data");
      const updates = ofType(result, "update_display_data");
      assert.equal(first.length, 1);
      assert.ok(updates.length >= 2 && updates.length <= 8, `${updates.length} updates`);
      const ids = new Set([...first, ...updates].map(({ transient }) => transient.display_id));
      assert.equal(ids.size, 1);
      assert.match(first[0].data["text/plain"], /^Drawing <states>: \d+ %, [\d.]+\/s, \d+\.\d s left, loss 0\.5$/);
      assert.match(first[0].data["text/html"], /Drawing &lt;states&gt; <progress max="200" value="\d+"/);
      const { data } = updates.at(-1);
      assert.match(data["text/plain"], /^Drawing <states>: 200 in \d+\.\d s, [\d.]+\/s, loss 0\.5$/);
      assert.equal(data["text/html"], `<div>${data["text/plain"].replace("<states>", "&lt;states&gt;")}</div>`);
    });

    it("draws from a synchronous loop as well", async () => {
      const result = await kernel.execute(`
        const sync = require(${lab("progress")}).progress("Busy", 3);
        for (let k = 1; k <= 3; k++) { const end = Date.now() + 250; while (Date.now() < end); sync.update(k); }
        sync.stop();`);
      assert.equal(ofType(result, "update_display_data").length, 3);
    });
  });

  describe("other requests", () => {
    it("tells about the kernel", async () => {
      const { reply, replyType } = await kernel.request("kernel_info_request");
      assert.equal(replyType, "kernel_info_reply");
      assert.equal(reply.status, "ok");
      assert.equal(reply.protocol_version, "5.3");
      assert.equal(reply.implementation, "tslab");
      const { name, version, file_extension, mimetype } = reply.language_info;
      assert.deepEqual([name, file_extension, mimetype], ["typescript", ".ts", "text/typescript"]);
      assert.match(version, /^5\./);
      assert.match(reply.banner, /TypeScript 5\..* Node v/);
    });

    it("completes names of earlier cells, behind an emoji too", async () => {
      await kernel.execute("const subcarriers = 256;");
      for (const code of ["subcar", "'📶'; subcar"]) {
        const cursor_pos = [...code].length;
        const { reply } = await kernel.request("complete_request", { code, cursor_pos });
        assert.equal(reply.status, "ok");
        assert.equal(reply.matches[0], "subcarriers");
        assert.deepEqual([reply.cursor_start, reply.cursor_end], [cursor_pos - 6, cursor_pos]);
      }
    });

    it("inspects a name", async () => {
      await kernel.execute("function rate(subcarrier: number): string { return String(subcarrier); }");
      const { reply } = await kernel.request("inspect_request", { code: "rate(1)", cursor_pos: 2, detail_level: 0 });
      assert.equal(reply.found, true);
      assert.match(reply.data["text/plain"], /rate\(subcarrier: number\): string/);
      const nothing = await kernel.request("inspect_request", { code: "   ", cursor_pos: 1, detail_level: 0 });
      assert.deepEqual([nothing.reply.status, nothing.reply.found], ["ok", false]);
    });

    it("tells whether a cell is complete", async () => {
      const status = async (code: string) => (await kernel.request("is_complete_request", { code })).reply.status;
      assert.equal(await status("const x = 1;"), "complete");
      assert.equal(await status("function f() {"), "incomplete");
    });

    it("has no history, and says so", async () => {
      const { reply } = await kernel.request("history_request", { hist_access_type: "tail", n: 10 });
      assert.deepEqual(reply, { status: "ok", history: [] });
    });

    it("ignores a request that it does not know", async () => {
      const answer = await kernel.tell("unheard_of_request", {});
      assert.deepEqual(
        answer.map(({ content }) => content.execution_state),
        ["busy", "idle"],
      );
    });

    it("is answered beside an asynchronous cell, which stays busy", async () => {
      const ids = await kernel.send(["console.log('beside'); await new Promise((next) => setTimeout(next, 1000));"]);
      await kernel.waitForText("beside");
      await kernel.request("complete_request", { code: "Mat", cursor_pos: 3 });
      const [result] = await kernel.finish(ids);
      assert.deepEqual(
        ofType(result as Result, "status").map(({ execution_state }) => execution_state),
        ["busy", "busy", "idle"],
      );
    });
  });
});
