import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { missing, Session } from "./session";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function endsWithin(pid: number, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (isAlive(pid) && Date.now() < deadline) await new Promise((next) => setTimeout(next, 50));
  return !isAlive(pid);
}

describe("the kernel's process", { skip: missing() }, () => {
  it("ends at a shutdown, whatever a cell left running", async (t) => {
    const kernel = await Session.start();
    t.after(() => kernel.close());
    await kernel.execute("setInterval(() => {}, 1000);");
    const { reply, code, seconds } = await kernel.shutdown();
    assert.deepEqual(reply, { status: "ok", restart: false });
    assert.equal(code, 0);
    assert.ok(seconds < 2, `${seconds} s`);
    assert.ok(!isAlive(kernel.pid));
  });

  it("starts anew at a restart", async (t) => {
    const kernel = await Session.start();
    t.after(() => kernel.close());
    await kernel.execute("const gone = 1;");
    await kernel.restart();
    const { reply } = await kernel.execute("gone");
    assert.equal(reply.evalue, "Cannot find name 'gone'.");
    assert.equal(reply.execution_count, 1);
  });

  for (const [state, cell] of [
    ["waits", "console.log('orphan');"],
    ["computes", "console.log('orphan'); while (true);"],
  ] as const) {
    it(`ends with the process that started it, while it ${state}`, async () => {
      const kernel = await Session.start();
      await kernel.send([cell]);
      await kernel.waitForText("orphan");
      kernel.orphan();
      assert.ok(await endsWithin(kernel.pid, 5000));
    });
  }
});
