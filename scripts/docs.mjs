// Builds the documentation into docs/site: `npm run docs`. `--out folder` puts it elsewhere. Needs no network.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { problemsOf } from "./docs/links.mjs";
import { writePages } from "./docs/pages.mjs";
import { buildSite } from "./docs/site.mjs";
import { inRoot } from "./setup/paths.mjs";

const { values } = parseArgs({ options: { out: { type: "string", default: inRoot("docs/site") } } });
const out = path.resolve(values.out);
// The folder is emptied first, so it has to be new or an earlier site.
if (fs.existsSync(out) && fs.readdirSync(out).length > 0 && !fs.existsSync(path.join(out, "assets/navigation.js"))) {
  console.error(
    `--out is ${values.out}, which holds other files; allowed: a new folder, an empty one or an earlier site.`,
  );
  process.exit(2);
}
const staging = fs.mkdtempSync(path.join(os.tmpdir(), "dios-docs-"));
try {
  await buildSite(writePages(staging), staging, out);
  const problems = problemsOf(out);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) throw new Error(`${problems.length} links are broken or lead out.`);
  console.log(`The documentation is in ${path.join(path.relative(process.cwd(), out), "index.html")}.`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  fs.rmSync(staging, { recursive: true, force: true });
}
