// Loaded into a command before its own code (node --require). When the command ends it says on file descriptor 3 what the assertions of
// commands.ts need: the most memory it held, and what was added to the objects that all others inherit from.
import fs from "node:fs";

const SHARED = { Object, Array, Function, String, Number };

const namesOf = () =>
  Object.entries(SHARED).flatMap(([name, { prototype }]) =>
    Reflect.ownKeys(prototype).map((key) => `${name}.prototype.${String(key)}`),
  );

const before = new Set(namesOf());

process.on("exit", () => {
  const status = fs.existsSync("/proc/self/status") ? fs.readFileSync("/proc/self/status", "utf8") : "";
  const peakMB = Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  fs.writeSync(3, JSON.stringify({ peakMB, added: namesOf().filter((name) => !before.has(name)) }));
});
