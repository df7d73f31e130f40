// Checks the links of a site in a folder, without a network: `node scripts/docs/links.mjs docs/site` prints those that are broken.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import zlib from "node:zlib";
import { Parser } from "htmlparser2";

/** Where links may lead out of the site. Nothing is ever loaded from there. */
const HOSTS = [
  "arxiv.org",
  "distributed.dask.org",
  "doi.org",
  "docs.dask.org",
  "github.com",
  "jobqueue.dask.org",
  "kubernetes.dask.org",
  "users.ugent.be",
  "wfcommons.org",
];

/** Every link that leads to no file or to no place in it, and whatever a page would load from elsewhere; one sentence each. */
export function problemsOf(folder) {
  const files = fs.readdirSync(folder, { recursive: true }).map((name) => name.replaceAll(path.sep, "/"));
  const pages = new Map(files.filter((name) => /\.(html|svg)$/.test(name)).map((name) => [name, read(folder, name)]));
  const links = [...pages].flatMap(([page, { links }]) => links.map((link) => ({ page, ...link })));
  for (const name of files.filter((name) => name.endsWith(".css"))) links.push(...linksOfStyle(folder, name));
  if (pages.has("index.html")) links.push(...linksOfNavigation(folder));
  return links.flatMap(({ page, href, loads }) => {
    const problem = problemOf(href, loads, page, folder, pages);
    return problem ? [`${page}: ${href} ${problem}.`] : [];
  });
}

function problemOf(href, loads, page, folder, pages) {
  if (href.startsWith("data:")) return undefined;
  if (/^([a-z][a-z+.-]*:|\/\/)/i.test(href)) {
    if (loads) return "is loaded from elsewhere";
    const url = URL.canParse(href) ? new URL(href) : undefined;
    return url?.protocol === "https:" && HOSTS.includes(url.hostname)
      ? undefined
      : "leads to a host that is not listed";
  }
  if (href.startsWith("/")) return "is absolute";
  const [file, fragment] = href.split("#").map(decodeURIComponent);
  const target = file === "" ? page : path.posix.join(path.posix.dirname(page), file);
  const found = path.join(folder, target);
  if (target.startsWith("..") || !fs.existsSync(found) || !fs.statSync(found).isFile()) return "leads to no file";
  if (fragment && !pages.get(target)?.ids.has(fragment)) return "leads to no place in its file";
  return undefined;
}

/** The links of a page and the names of its places. */
function read(folder, name) {
  const ids = new Set();
  const links = [];
  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        if (attributes.id) ids.add(attributes.id);
        for (const key of ["href", "src", "xlink:href", "poster", "data"]) {
          if (attributes[key]) links.push({ href: attributes[key], loads: tag !== "a" });
        }
        for (const part of attributes.srcset?.split(",") ?? [])
          links.push({ href: part.trim().split(/\s/)[0], loads: true });
      },
    },
    { xmlMode: name.endsWith(".svg") },
  );
  parser.end(fs.readFileSync(path.join(folder, name), "utf8"));
  return { ids, links };
}

function linksOfStyle(folder, page) {
  const css = fs.readFileSync(path.join(folder, page), "utf8");
  return [...css.matchAll(/url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)/g)].map(([, url, imported]) => ({
    page,
    href: url ?? imported,
    loads: true,
  }));
}

/** TypeDoc's navigation is drawn by its script, from compressed JSON. */
function linksOfNavigation(folder) {
  const script = fs.readFileSync(path.join(folder, "assets/navigation.js"), "utf8");
  const data = /"([A-Za-z0-9+/=]{20,})"/.exec(script)[1];
  const links = [];
  const walk = (items) => {
    for (const { path: href, children } of items) {
      if (href) links.push({ page: "index.html", href, loads: false });
      if (children) walk(children);
    }
  };
  walk(JSON.parse(zlib.inflateSync(Buffer.from(data, "base64")).toString("utf8")));
  return links;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const problems = problemsOf(path.resolve(process.argv[2]));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
