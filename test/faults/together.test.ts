import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import seedrandom from "seedrandom";
import { temporaryFolder } from "../support";
import { assertSame, CALIBRATE, type Command, contents, dios, finish, wait } from "./processes";

const folder = temporaryFolder();
const space = path.join(folder, "space.json");
fs.writeFileSync(
  space,
  JSON.stringify({ space: { width: [8, 16] }, options: { epochs: 8, batch: 64, demonstrations: 500 } }),
);

const COMMANDS: Record<string, Command> = {
  generate: dios("generate", "--count", "60000", "--csv"),
  train: dios("train", "--count", "3000", "--name", "net", "--hidden", "48", "--epochs", "10"),
  sweep: dios("sweep", space, "--count", "500", "--workers", "2"),
  calibrate: CALIBRATE,
};

describe("two runs of a command at once in one folder both end well, and leave the bytes of one", () => {
  for (const [name, command] of Object.entries(COMMANDS)) {
    test(name, async () => {
      const whole = path.join(folder, `whole ${name}`);
      const started = performance.now();
      await finish(command, whole);
      const duration = performance.now() - started;
      const expected = contents(whole);
      const random = seedrandom.alea(`together/${name}`);
      for (const [time, share] of [0, 0.5 * random(), 0.9 * random()].entries()) {
        const out = path.join(folder, `${name} ${time}`);
        const late = async () => {
          await wait(share * duration);
          await finish(command, out);
        };
        await Promise.all([finish(command, out), late()]);
        assertSame(out, expected);
      }
    });
  }
});
