import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test, { before } from "node:test";
import { loadScenario } from "../../src/scenario/load";
import { ROOT } from "../../src/version";
import { temporaryFolder } from "../support";

const folder = temporaryFolder();
const site = path.join(folder, "site");
const read = (page: string) => fs.readFileSync(path.join(site, page), "utf8");

before(() => {
  execFileSync(process.execPath, [path.join(ROOT, "scripts/docs.mjs"), "--out", site], { stdio: "pipe" });
});

/** What the link checker says of a folder, a line a problem. */
function problems(of: string): string[] {
  const { stderr } = spawnSync(process.execPath, [path.join(ROOT, "scripts/docs/links.mjs"), of], { encoding: "utf8" });
  return stderr.split("\n").filter((line) => line !== "");
}

test("every link of the site leads to a file and a place in it, and nothing is loaded from elsewhere", () => {
  assert.deepEqual(problems(site), []);
});

test("the link checker finds broken links, places, loads from elsewhere and absolute paths", () => {
  const broken = path.join(folder, "broken");
  fs.mkdirSync(broken);
  fs.writeFileSync(
    path.join(broken, "page.html"),
    `<h1 id="here">x</h1><a href="#here">1</a><a href="page.html#here">2</a><a href="https://doi.org/10.1">3</a>
     <a href="none.html">4</a><a href="#nowhere">5</a><img src="https://doi.org/x.png"><a href="/page.html">6</a>
     <a href="https://example.com/">7</a><a href="../outside.html">8</a><script src="//cdn/x.js"></script>
     <img srcset="none.png 2x">`,
  );
  fs.writeFileSync(
    path.join(broken, "style.css"),
    `a { background: url("none.woff2") } b { background: url(page.html) }`,
  );
  assert.deepEqual(problems(broken), [
    "page.html: none.html leads to no file.",
    "page.html: #nowhere leads to no place in its file.",
    "page.html: https://doi.org/x.png is loaded from elsewhere.",
    "page.html: /page.html is absolute.",
    "page.html: https://example.com/ leads to a host that is not listed.",
    "page.html: ../outside.html leads to no file.",
    "page.html: //cdn/x.js is loaded from elsewhere.",
    "page.html: none.png leads to no file.",
    "style.css: none.woff2 leads to no file.",
  ]);
});

test("a folder with other files in it is not emptied for the site", () => {
  const other = path.join(folder, "other");
  fs.mkdirSync(other);
  fs.writeFileSync(path.join(other, "thesis.tex"), "");
  const { status, stderr } = spawnSync(process.execPath, [path.join(ROOT, "scripts/docs.mjs"), "--out", other], {
    encoding: "utf8",
  });
  assert.equal(status, 2);
  assert.match(stderr, /^--out is .*, which holds other files; allowed: .*\.\n$/);
  assert.deepEqual(fs.readdirSync(other), ["thesis.tex"]);
});

test("every notebook is a page with its figures, each with a text in its place", () => {
  const notebooks = fs.readdirSync(path.join(ROOT, "notebooks")).filter((name) => /^\d\d-.*\.ipynb$/.test(name));
  assert.ok(notebooks.length >= 21);
  for (const name of notebooks) {
    const { cells } = JSON.parse(fs.readFileSync(path.join(ROOT, "notebooks", name), "utf8"));
    const outputs = cells.flatMap((cell: { outputs?: { data?: object }[] }) => cell.outputs ?? []);
    const figures = outputs.filter((output: { data?: object }) => output.data && "image/svg+xml" in output.data);
    const pictures = read(`notebooks/${name.replace(".ipynb", ".html")}`).match(/<img src="[^"]+\.svg" alt="[^"]+"/g);
    assert.equal(pictures?.length ?? 0, figures.length, name);
  }
});

test("mathematics is set when the site is built", () => {
  const page = read("notebooks/01-cost-model.html");
  assert.match(page, /class="katex"/);
  assert.doesNotMatch(page.replace(/<annotation[\s\S]*?<\/annotation>/g, ""), /\\frac/);
});

test("the page about the paper has our numbers from figures/paper-table.csv and the parameters of the preset", () => {
  const page = read("paper.html");
  const rows = fs.readFileSync(path.join(ROOT, "figures/paper-table.csv"), "utf8").trim().split("\n").slice(1);
  assert.equal(rows.length, 15);
  for (const row of rows) {
    const [, , published, measured, low, high] = row.split(",").map(Number) as [0, 0, number, number, number, number];
    const cells = `>${published.toFixed(2)}</td>\n<td style="text-align:right">${measured.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]</td>`;
    assert.ok(page.includes(cells), row);
  }
  assert.ok(page.includes(`${loadScenario("paper").device.clockHz} Hz`));
  assert.doesNotMatch(page, /<!-- (ours|value)/);
});

test("the reference has every name that the library exports, in the section of its folder", () => {
  const index = read("modules/dios-lab.html");
  const exported = Object.keys(require(path.join(ROOT, "build/src/index.js")) as object);
  for (const name of exported) assert.match(index, new RegExp(`/dios-lab\\.${name}\\.html"`), name);
  assert.match(read("functions/dios-lab.costTables.html"), /href="\.\.\/source\/src\/mec\/tables\.ts\.html#L\d+"/);
});

test("the listing of a source has all of its lines", () => {
  const lines = fs.readFileSync(path.join(ROOT, "src/mec/tables.ts"), "utf8").trimEnd().split("\n").length;
  assert.equal(read("source/src/mec/tables.ts.html").match(/<span class="line" id="L\d+">/g)?.length, lines);
});
