import { execFileSync } from "node:child_process";
import path from "node:path";
import test from "node:test";
import { ROOT } from "../../src/version";

test("the WebAssembly in src/learning/wasm is what its AssemblyScript compiles to", () => {
  execFileSync(process.execPath, [path.join(ROOT, "scripts/assembly.mjs"), "--check"]);
});
