import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { ROOT } from "../../src/version";
import { temporaryFolder } from "../support";

const folder = temporaryFolder();

/** `dios` with these words, working into a folder of its own below the test's. */
function start(out: string, ...words: string[]): ChildProcess & { said: () => string } {
  const program = path.join(ROOT, "build/src/cli/main.js");
  const child = spawn(process.execPath, [program, ...words, "--out", path.join(folder, out)], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return Object.assign(child, { said: () => said });
}

/** Its exit code and what it said, once it has ended. */
async function end(child: ReturnType<typeof start>): Promise<[code: number | null, said: string]> {
  const [code] = await once(child, "close");
  return [code, child.said()];
}

/** The files below a folder whose name ends like this. */
function files(out: string, suffix = ""): string[] {
  const all = fs.existsSync(path.join(folder, out)) ? fs.readdirSync(path.join(folder, out), { recursive: true }) : [];
  return (all as string[]).filter((file) => file.endsWith(suffix)).map((file) => path.join(folder, out, file));
}

/** Waits until something holds; a command that ended before would never bring it about. */
async function until(child: ReturnType<typeof start>, holds: () => boolean): Promise<void> {
  while (!holds()) {
    assert.equal(child.exitCode, null, "the command ended too soon");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Sends Ctrl-C, and checks how a command has to end then. */
async function interrupt(child: ReturnType<typeof start>, sentence: RegExp): Promise<void> {
  const ended = end(child);
  child.kill("SIGINT");
  const [code, said] = await ended;
  assert.equal(code, 130, said);
  const lines = said.trimEnd().split("\n");
  assert.match(lines.at(-1) as string, sentence);
  assert.doesNotMatch(said, /^ +at /m);
  // The last line of the bar says how far it came.
  assert.match(lines.at(-2) as string, / of [\d,]+ .*in [\d.]+ (s|min)/);
}

async function finish(out: string, ...words: string[]): Promise<void> {
  const [code, said] = await end(start(out, ...words));
  assert.equal(code, 0, said);
}

test("Ctrl-C stops dios generate with code 130 and a sentence, and nothing is left of the set", async () => {
  const child = start("generated", "generate", "--count", "50000000");
  await until(child, () => files("generated", ".tmp").length > 0);
  await interrupt(
    child,
    /^generation of the train demonstrations was interrupted; nothing of them was kept, run it again\.$/,
  );
  assert.deepEqual(files("generated", ".arrow"), []);
  assert.deepEqual(files("generated", ".tmp"), []);
});

test("Ctrl-C while dios generate writes CSV leaves the Arrow file and no half CSV", async () => {
  const words = ["generate", "--quick", "--csv", "--count", "200000"];
  const child = start("csv", ...words);
  await until(
    child,
    () => files("csv", "train.csv").length > 0 || files("csv", ".tmp").some((file) => file.includes(".csv")),
  );
  await interrupt(child, /^writing train\.csv was interrupted; nothing of it was kept, run it again\.$/);
  assert.equal(files("csv", ".csv").length + files("csv", ".tmp").length, 0);
  assert.equal(files("csv", "train.arrow").length, 1);
});

test("Ctrl-C stops dios train, and a rerun goes on to the bytes of an undisturbed one", async () => {
  const words = ["train", "--quick", "--count", "2000", "--name", "net", "--hidden", "64", "--epochs", "40"];
  await finish("undisturbed", ...words);
  const child = start("disturbed", ...words);
  await until(child, () => files("disturbed", ".checkpoint").length > 0);
  await interrupt(child, /^training of net was interrupted; run it again to resume from its last whole epoch\.$/);
  const again = start("disturbed", ...words);
  const [code, said] = await end(again);
  assert.equal(code, 0, said);
  assert.match(said, /Training net: 40 \(\d+ before\) in/);
  for (const file of ["weights.bin", "dios.json"]) {
    const [[one], [other]] = [files("undisturbed", file), files("disturbed", file)];
    assert.ok(fs.readFileSync(one as string).equals(fs.readFileSync(other as string)), file);
  }
  assert.deepEqual(files("disturbed", ".checkpoint"), []);
});

fs.writeFileSync(
  path.join(folder, "space.json"),
  JSON.stringify({
    space: { width: [8, 16], learningRate: { low: 0.001, high: 0.01, scale: "log" } },
    trials: 6,
    options: { epochs: 25, batch: 64, demonstrations: 1000 },
  }),
);

test("dios sweep goes on after kill -9 and after Ctrl-C, to the bytes of an undisturbed one", async () => {
  const words = ["sweep", "space.json", "--quick", "--count", "1000", "--workers", "2"];
  await finish("whole", ...words);
  assert.equal(files("whole", "run.json").length, 6);
  assert.deepEqual(
    files("whole", "")
      .flatMap((file) => (path.basename(file).startsWith("sweep-") ? path.extname(file) : []))
      .sort(),
    [".csv", ".pdf", ".png", ".svg"],
  );
  const killed = start("parts", ...words);
  await until(killed, () => files("parts", path.join("1", "checkpoint")).length > 0);
  killed.kill("SIGKILL");
  await end(killed);
  const child = start("parts", ...words);
  // The killed one may have begun as many as there are workers.
  await until(child, () => files("parts", path.join("4", "checkpoint")).length > 0);
  await interrupt(
    child,
    /^sweep space was interrupted; run it again to resume from the last whole epoch of each of its trials\.$/,
  );
  await finish("parts", ...words);
  const contents = (out: string) =>
    [...files(out, "run.json"), ...files(out, "checkpoint"), ...files(out, "sweep-space.csv")]
      .sort()
      .map((file) => fs.readFileSync(file).toString("base64"));
  assert.deepEqual(contents("parts"), contents("whole"));
});
