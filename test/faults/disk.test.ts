import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, describe, test } from "node:test";
import { temporaryFolder } from "../support";
import { assertSame, CALIBRATE, type Command, contents, dios, finish, start } from "./processes";

const folder = temporaryFolder();
const disk = path.join(folder, "disk");
const SPACE_KB = 24 * 1024;

/** Mounts a small disk; the reason when that is not allowed. */
function mounted(): string | undefined {
  fs.mkdirSync(disk);
  const { status, error, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${SPACE_KB}k`, "tmpfs", disk]);
  return status === 0 ? undefined : `no disk can be mounted here: ${error?.message ?? String(stderr).trim()}`;
}

const reason = mounted();

/** Runs `work` while another program's file takes all space of the disk but so many kilobytes. */
async function withSpace(freeKB: number, work: () => Promise<void>): Promise<void> {
  const ballast = path.join(disk, "ballast");
  const { bavail, bsize } = fs.statfsSync(disk);
  fs.writeFileSync(ballast, Buffer.alloc(bavail * bsize - 1024 * freeKB));
  try {
    await work();
  } finally {
    fs.rmSync(ballast);
  }
}

function file(name: string, content: string): string {
  fs.writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
}

const space = file(
  "space.json",
  JSON.stringify({ space: { width: [8, 16] }, options: { epochs: 3, batch: 64, demonstrations: 500 } }),
);
const graph = file("graph.dot", "digraph { a -> b; b -> c }");
const out = path.join(disk, "out");

interface Case {
  readonly name: string;
  readonly command: Command;
  /** What is there before, by another command. */
  readonly before?: Command;
  /** Kilobytes that are free: they are not enough at different places. */
  readonly freeKB: readonly number[];
}

const EVALUATE = dios("evaluate", "--count", "300");
const NET = ["--count", "500", "--name", "net", "--hidden", "256,256", "--epochs"];

const CASES: readonly Case[] = [
  { name: "generate", command: dios("generate", "--count", "3000"), freeKB: [0, 100, 900] },
  { name: "generate --csv", command: dios("generate", "--count", "3000", "--csv"), freeKB: [0, 2000] },
  // A model and a checkpoint that are replaced; the data sets are there.
  { name: "train", command: dios("train", ...NET, "3"), before: dios("train", ...NET, "2"), freeKB: [0, 200, 1500] },
  {
    name: "sweep in one process",
    command: dios("sweep", space, "--count", "500", "--workers", "1"),
    freeKB: [0, 680, 900],
  },
  { name: "sweep on two workers", command: dios("sweep", space, "--count", "500", "--workers", "2"), freeKB: [0, 680] },
  { name: "calibrate", command: CALIBRATE, freeKB: [0, 8] },
  { name: "import", command: dios("import", graph, "--out", path.join(out, "graph.json")), freeKB: [0] },
  { name: "optimal --lp", command: dios("optimal", "--count", "1", "--lp", path.join(out, "one.lp")), freeKB: [0] },
  { name: "evaluate", command: EVALUATE, before: EVALUATE, freeKB: [0] },
  { name: "figures", command: dios("figures", "--count", "300"), before: EVALUATE, freeKB: [16, 60] },
];

const made = new Map<Command, string>();

/** The folder that a command makes where there is space. */
async function madeBy(command: Command): Promise<string> {
  const place = made.get(command) ?? path.join(folder, `before-${made.size}`);
  if (!made.has(command)) await finish(command, place);
  made.set(command, place);
  return place;
}

/** That a command says on its last line why it cannot write, and nothing of a stack. */
async function refused(command: Command, why: string): Promise<void> {
  const { code, stderr } = await start(command, out).ended;
  assert.equal(code, 2, stderr);
  const last = stderr.trimEnd().split("\n").at(-1) as string;
  assert.ok(last.startsWith("cannot write ") && last.includes(out) && last.endsWith(`: ${why}.`), stderr);
  assert.doesNotMatch(stderr, /^ +at /m);
}

const SEPARATE = "DIOS_TEST_NAMESPACE";

if (reason !== undefined && process.env[SEPARATE] === undefined && process.platform === "linux") {
  const words = ["--user", "--map-root-user", "--mount", process.execPath, "--test", __filename];
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const probe = spawnSync("unshare", [...words.slice(0, 3), "true"]);
  test("a full and a read-only disk, in a namespace of their own", { skip: probe.status !== 0 && reason }, () => {
    const { status, stdout } = spawnSync("unshare", words, { env: { ...environment, [SEPARATE]: "1" } });
    assert.equal(status, 0, String(stdout));
  });
} else {
  describe("what is written to a disk that is full or read-only", { skip: reason ?? false }, () => {
    after(() => execFileSync("umount", [disk]));
    for (const [index, { name, command, before, freeKB }] of CASES.entries()) {
      test(`${name} says that the disk is full, spoils nothing, and ends well once there is space`, async () => {
        const start = before && (await madeBy(before));
        const old = start ? contents(start) : new Map<string, Buffer>();
        const reset = () => {
          fs.rmSync(out, { recursive: true, force: true });
          if (start) fs.cpSync(start, out, { recursive: true });
        };
        for (const free of freeKB) {
          reset();
          await withSpace(free, () => refused(command, "the disk is full"));
          // What was there is whole, and nothing half is beside it.
          const now = contents(out);
          for (const [file, bytes] of old) assert.ok(now.get(file)?.equals(bytes), `${file} is lost`);
          assert.deepEqual(
            [...now.keys()].filter((file) => file.endsWith(".tmp")),
            [],
          );
        }
        await finish(command, out);
        const found = contents(out);
        const whole = path.join(folder, `whole-${index}`);
        if (start) fs.cpSync(start, whole, { recursive: true });
        await finish(command.map((word) => word.replace(out, whole)) as unknown as Command, whole);
        assertSame(whole, found);

        reset();
        execFileSync("mount", ["-o", "remount,bind,ro", disk]);
        try {
          await refused(command, "the file system is read-only");
          assert.deepEqual([...contents(out).keys()], [...old.keys()]);
        } finally {
          execFileSync("mount", ["-o", "remount,bind,rw", disk]);
        }
        fs.rmSync(out, { recursive: true, force: true });
      });
    }
  });
}
