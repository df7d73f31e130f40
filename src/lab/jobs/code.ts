import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** What this program is, to twelve digits: two of them that differ in a line of code differ in it. */
export function codeDigest(): string {
  const folder = path.resolve(__dirname, "..", "..");
  const hash = createHash("sha256");
  const files = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
  for (const file of files.map((name) => name.replaceAll(path.sep, "/")).sort()) {
    hash.update(`${file}\0`).update(fs.readFileSync(path.join(folder, file)));
  }
  return hash.digest("hex").slice(0, 12);
}
