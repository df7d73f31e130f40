import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import { missing, PYTHON, ROOT } from "./session";

describe("the kernel under jupyter_kernel_test", { skip: missing("jupyter_kernel_test") }, () => {
  it("passes all of it but the pager, history and clear_output, for the reasons given in kernel_test.py", () => {
    const { status, stderr } = spawnSync(PYTHON, [join(ROOT, "test/kernel/kernel_test.py")], {
      cwd: ROOT,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    const skipped = [...stderr.matchAll(/^ *(test_\w+) .* skipped /gm)].map(([, name]) => name);
    assert.deepEqual([...new Set(skipped)].sort(), ["test_clear_output", "test_history", "test_pager"]);
  });
});
