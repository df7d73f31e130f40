import fs from "node:fs";
import path from "node:path";

/** The folder of the clone (or of the installed package): the parent of `build/`. */
export const ROOT = path.resolve(__dirname, "..", "..");

/** The version of this software, as stored with every data set, model and figure. */
export const VERSION: string = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")).version;
