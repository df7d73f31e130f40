import fs from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/**
 * Takes the lock file, which holds our process number, and resolves to a function that gives it back. Waits while a living
 * process has it, after one call of `onWait(pid)`; takes it over from a dead one.
 */
export async function takeLock(file, onWait) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  let told = false;
  for (;;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => fs.rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = holderOf(file);
    if (holder !== undefined && !isAlive(holder)) {
      setAside(file, holder);
    } else if (holder !== undefined && !told) {
      told = true;
      onWait(holder);
    }
    await pause(told ? 200 : 10);
  }
}

/** The process number in the lock, or undefined when the lock has just gone or is just being written. */
function holderOf(file) {
  try {
    return Number(fs.readFileSync(file, "utf8")) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Removes a dead holder's lock. Renaming first lets only one of several waiters do it; a lock taken meanwhile is put back. */
function setAside(file, holder) {
  const aside = `${file}.${process.pid}`;
  try {
    fs.renameSync(file, aside);
    if (holderOf(aside) === holder) fs.rmSync(aside);
    else fs.renameSync(aside, file);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}
