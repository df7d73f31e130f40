import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { inRoot, root } from "../setup/paths.mjs";
import { notebookToMarkdown } from "./notebook.mjs";

const require = createRequire(import.meta.url);

/** The pages that are Markdown in the clone, in the order of the navigation; the first is the start page. */
const GUIDE = {
  "docs/index.md": "index.md",
  "docs/paper.md": "paper.md",
  "docs/scenario.md": "scenario.md",
  "docs/extend.md": "extend.md",
  "docs/clusters.md": "clusters.md",
  "environment.md": "environment.md",
  "bench/RESULTS.md": "measurements.md",
};

/**
 * Writes all pages of the site but the API's as Markdown into a folder: includes are filled in, and links lead to pages of the site where there
 * is one, to the reference (for src/index.ts) or the listing of a source (source:src/…), else to the file itself. Throws an Error that names a page and the file that it names and that is not there.
 *
 * Returns the files in the order of the navigation.
 */
export function writePages(folder) {
  fs.mkdirSync(path.join(folder, "notebooks"));
  const notebooks = fs.readdirSync(inRoot("notebooks")).filter((name) => /^\d\d-.*\.ipynb$/.test(name));
  const pages = { ...GUIDE };
  for (const name of notebooks.sort()) pages[`notebooks/${name}`] = `notebooks/${name.replace(".ipynb", ".md")}`;
  return Object.entries(pages).map(([source, page]) => {
    const isNotebook = source.endsWith(".ipynb");
    const file = path.join(folder, page);
    const markdown = isNotebook
      ? `${notebookToMarkdown(inRoot(source), path.dirname(file))}\n[The notebook as a file](${path.basename(source)}#file)\n`
      : fillIn(fs.readFileSync(inRoot(source), "utf8"), source);
    checkNames(markdown, source);
    const title = /^# (.+)$/m.exec(markdown)[1].replaceAll("`", "");
    const about = `---\ntitle: ${JSON.stringify(title)}\ncategory: ${isNotebook ? "Notebooks" : "Guide"}\n---\n\n`;
    const text = outsideCode(markdown, (prose) => withLinks(prose, source, page, pages, folder));
    fs.writeFileSync(file, page === "index.md" ? text : about + text);
    return file;
  });
}

/** Fills in what a page takes from the lab at build time: comments of the form <!-- name argument -->. */
function fillIn(markdown, page) {
  return markdown.replace(/<!-- (ours|value|parameters|code) ?(.*?) -->/g, (_, name, argument) => {
    const text = FILLS[name](argument);
    if (text === undefined) throw new Error(`${page} asks for ${name} ${argument}, which there is not.`);
    return text;
  });
}

const FILLS = {
  /** Our number beside a published one, such as `cost reduction GOS`, with its 95 % interval. */
  ours(argument) {
    const [, ...rows] = fs.readFileSync(inRoot("figures/paper-table.csv"), "utf8").trim().split("\n");
    const row = rows.map((line) => line.split(",")).find(([metric, scheme]) => `${metric} ${scheme}` === argument);
    if (!row) return undefined;
    const [measured, low, high] = row.slice(3, 6).map((text) => Number(text).toFixed(2));
    return `${measured} [${low}, ${high}]`;
  },
  /** The value of a parameter in the preset paper, with its unit. */
  value(argument) {
    const found = paperParameters().find(({ parameter }) => parameter === argument);
    return found && `${found.value.replaceAll(",", ", ")}${found.unit === "1" ? "" : ` ${found.unit}`}`;
  },
  /** All parameters with what is allowed. */
  parameters() {
    const { scenarioSchema } = require(inRoot("build/src/scenario/scenario.js"));
    const values = new Map(paperParameters().map(({ parameter, value }) => [parameter, value]));
    return table(
      ["parameter", "preset `paper`", "unit", "allowed", "meaning"],
      collect(scenarioSchema.properties, "").map(({ name, unit, allowed, meaning }) => [
        `\`${name}\``,
        values.get(name)?.replaceAll(",", ", ") ?? "",
        unit,
        allowed,
        meaning,
      ]),
    );
  },
  /** A file of the clone, with its name above. */
  code: (argument) => `\`${argument}\`\n\n\`\`\`ts\n${fs.readFileSync(inRoot(argument), "utf8").trimEnd()}\n\`\`\``,
};

function paperParameters() {
  const { loadScenario, parametersOf } = require(inRoot("build/src/index.js"));
  return parametersOf(loadScenario("paper"));
}

function collect(properties, prefix) {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = prefix + key;
    if (schema.properties) return collect(schema.properties, `${name}.`);
    return schema.unit ? [{ name, unit: schema.unit, allowed: allowed(schema), meaning: schema.description }] : [];
  });
}

function allowed(schema) {
  if (schema.anyOf) return schema.anyOf.map((literal) => literal.const).join(", ");
  const item = schema.type === "array" ? [schema.items].flat()[0] : schema;
  const range = item.minimum === undefined ? "" : `${item.minimum} to ${item.maximum ?? "any"}`;
  return range.replace(String(Number.MAX_SAFE_INTEGER), "2^53 - 1");
}

function table(header, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A file or folder of the clone that a page names in code, such as `src/mec/tables.ts`, has to be there. */
function checkNames(markdown, page) {
  for (const [, name] of markdown.matchAll(/`((?:src|test|bench|scripts|docs|notebooks)\/[\w./-]+)`/g)) {
    if (!fs.existsSync(inRoot(name))) throw new Error(`${page} names ${name}, which there is not.`);
  }
}

/** Applies `change` to the prose of Markdown, and leaves code blocks and spans as they are. */
function outsideCode(markdown, change) {
  const code = /(^(`{3,})[^\n]*\n[\s\S]*?\n\2$|(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\3(?!`))/m;
  let rest = markdown;
  let text = "";
  for (let match = code.exec(rest); match; match = code.exec(rest)) {
    text += change(rest.slice(0, match.index)) + match[0];
    rest = rest.slice(match.index + match[0].length);
  }
  return text + change(rest);
}

function withLinks(prose, source, page, pages, folder) {
  const target = (href) => linkTarget(href, source, page, pages, folder);
  return prose
    .replace(/\]\(([^()\s]+)\)/g, (_, href) => `](${target(href)})`)
    .replace(/(\s(?:src|href)=")([^"]+)"/g, (_, start, href) => `${start}${target(href)}"`);
}

/** Where a link of a page leads to in the site. */
function linkTarget(href, source, page, pages, folder) {
  if (/^([a-z]+:|#)/.test(href)) return href;
  const [file, fragment] = href.split("#");
  const named = path.relative(root, path.resolve(path.dirname(inRoot(source)), file)).replaceAll(path.sep, "/");
  const here = path.dirname(path.join(folder, page));
  const relative = (to) => path.relative(here, to).replaceAll(path.sep, "/");
  if (fs.existsSync(path.join(here, file)) && !fs.existsSync(inRoot(named))) return href;
  if (!fs.existsSync(inRoot(named))) throw new Error(`${source} links to ${href}, which there is not.`);
  if (pages[named] && fragment !== "file") {
    return relative(path.join(folder, pages[named])) + (fragment ? `#${fragment}` : "");
  }
  if (named === "src/index.ts") return "site:modules/dios-lab.html";
  if (isListed(named)) return `source:${named}`;
  return relative(inRoot(named));
}

/** Whether the site has the listing of a file of the clone. */
export const isListed = (name) => /^(src|docs\/examples)\/.*\.(ts|json)$/.test(name);
