import fs from "node:fs";
import path from "node:path";

/** The folder of the clone (or of the installed package): the parent of `build/`. */
export const ROOT = path.resolve(__dirname, "..", "..");

/** Whether this is the npm package in another project, and not the clone. */
export const INSTALLED = path.basename(path.dirname(ROOT)) === "node_modules";

const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));

/** The version of this software, as stored with every data set, model and figure. */
export const VERSION: string = manifest.version;

/** The npm packages that the clone has and an installed library comes without, with the version that each is used in. */
export const OPTIONAL_PACKAGES: Readonly<Record<string, string>> = manifest.devDependencies;
