// Runs the tests in build/test with Node's runner. `npm test -- optimal` runs the files whose path has "optimal" in it;
// options (`--test-name-pattern=…`) go to Node.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { inRoot, root } from "./setup/paths.mjs";

const options = process.argv.slice(2).filter((argument) => argument.startsWith("-"));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));

// By their sources, since build/ may still hold a test whose source is gone.
const files = fs
  .readdirSync(inRoot("test"), { recursive: true })
  .map((file) => path.join("test", file).replaceAll(path.sep, "/"))
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .map((file) => `build/${file.replace(/\.ts$/, ".js")}`)
  .sort();

if (files.length === 0) {
  console.error(
    wanted.length > 0 ? `No test file has ${wanted.join(" or ")} in its path.` : "There are no test files.",
  );
  process.exit(1);
}

// At most 4 at once: each may load TensorFlow, which uses every core by itself.
const concurrency = Math.min(os.availableParallelism(), 4);
const runner = ["--enable-source-maps", "--test", "--test-reporter=spec", `--test-concurrency=${concurrency}`];
spawn(process.execPath, [...runner, ...options, ...files], { cwd: root, stdio: "inherit" }).on("exit", (code) => {
  process.exitCode = code ?? 1;
});
