import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import katex from "@vscode/markdown-it-katex";
import {
  Application,
  Comment,
  CommentTag,
  Converter,
  DocumentReflection,
  JSX,
  KindRouter,
  PageEvent,
  PageKind,
  ReflectionKind,
  RendererEvent,
  Slugger,
} from "typedoc";
import { inRoot } from "../setup/paths.mjs";
import { isListed } from "./pages.mjs";

const require = createRequire(import.meta.url);

/** The folders of src in the order of the data: the sections of the API reference. */
const SECTIONS = {
  scenario: "Scenario",
  mec: "Model",
  optimal: "Optimum",
  demonstrations: "Demonstrations",
  learning: "Learning",
  schemes: "Schemes",
  evaluation: "Evaluation",
  "multi-user": "Many users",
  calibration: "Calibration",
  explorer: "Explorer",
  figures: "Figures",
  lab: "Lab",
};
const OTHER = "Other";

/**
 * Makes the site with TypeDoc: the Markdown pages (see writePages), the reference of what src/index.ts exports, and the listings of
 * the sources. Throws an Error where TypeDoc warns: a link to nothing, a type that is described nowhere, mathematics that does not parse.
 */
export async function buildSite([start, ...documents], staging, out) {
  const app = await Application.bootstrapWithPlugins({
    name: "DIOS Lab",
    entryPoints: [inRoot("src/index.ts")],
    tsconfig: inRoot("tsconfig.json"),
    // The build has checked the types.
    skipErrorChecking: true,
    plugin: ["typedoc-plugin-missing-exports"],
    placeInternalsInOwningModule: true,
    excludeExternals: true,
    readme: start,
    projectDocuments: documents,
    router: "site",
    cleanOutputDir: true,
    disableGit: true,
    sourceLinkTemplate: "source:{path}#L{line}",
    basePath: inRoot("."),
    displayBasePath: inRoot("."),
    markdownLinkExternal: false,
    markdownItLoader: (markdown) => markdown.use(katex.default, { throwOnError: true }),
    customCss: inRoot("scripts/docs/site.css"),
    hideGenerator: true,
    navigationLinks: { Start: "site:index.html", Paper: "site:paper.html", API: "site:modules/dios-lab.html" },
    navigation: { includeCategories: true, includeGroups: false, includeFolders: false },
    categorizeByGroup: false,
    categoryOrder: ["Guide", "Notebooks", "Reference", ...Object.values(SECTIONS), OTHER],
    sort: ["kind", "alphabetical-ignoring-documents"],
    headings: { readme: false, document: false },
    highlightLanguages: ["typescript", "bash", "json", "yaml", "python", "latex"],
    searchInComments: true,
    searchInDocuments: true,
    includeHierarchySummary: false,
    visibilityFilters: {},
    suppressCommentWarningsInDeclarationFiles: true,
    treatWarningsAsErrors: true,
    validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true, notDocumented: false },
    logLevel: "Warn",
  });
  sortIntoSections(app);
  app.renderer.defineRouter("site", siteRouter(staging));
  app.renderer.on(PageEvent.END, finishPage);
  app.renderer.hooks.on("head.end", (context) =>
    JSX.createElement("link", { rel: "stylesheet", href: context.relativeURL("assets/katex/katex.min.css") }),
  );
  app.renderer.on(RendererEvent.END, () => copyKatex(path.join(out, "assets/katex")));

  const project = await app.convert();
  if (!project) throw new Error("TypeDoc could not read the sources.");
  app.validate(project);
  await app.generateDocs(project, out);
  const { errorCount, warningCount } = app.logger;
  if (errorCount + warningCount > 0) throw new Error(`TypeDoc has ${errorCount} errors and ${warningCount} warnings.`);
}

/** Gives each export the section of its folder, and says of types that have no exported name that it is so. */
function sortIntoSections(app) {
  const exported = new Set();
  const moduleOf = (project) => project.getChildrenByKind(ReflectionKind.Module)[0];
  // Before and after the plugin that adds the types.
  app.converter.on(
    Converter.EVENT_RESOLVE_BEGIN,
    ({ project }) => {
      const api = moduleOf(project);
      api.name = "dios-lab";
      putInto(api, "Reference");
      for (const item of api.children) exported.add(item);
    },
    2e9,
  );
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const item of moduleOf(project).children) {
      const [, folder] = /\/src\/([^/]+)\//.exec(item.sources[0].fullFileName) ?? [];
      putInto(item, SECTIONS[folder] ?? OTHER);
      if (!exported.has(item)) {
        item.comment.summary.push({
          kind: "text",
          text: "\n\n*Named here only; `dios-lab` does not export this name.*",
        });
      }
    }
  });
}

function putInto(item, category) {
  item.comment ??= new Comment();
  item.comment.blockTags.push(new CommentTag("@category", [{ kind: "text", text: category }]));
}

/** Pages have the names of their files; each source gets a page of its own, outside of navigation and search. */
function siteRouter(staging) {
  return class extends KindRouter {
    listings = new Set();

    buildPages(project) {
      const pages = super.buildPages(project);
      for (const name of listedFiles()) {
        const language = name.endsWith(".json") ? "json" : "ts";
        const text = `\`\`\`\`${language}\n${fs.readFileSync(inRoot(name), "utf8").trimEnd()}\n\`\`\`\``;
        const model = new DocumentReflection(name, project, [{ kind: "code", text }], {});
        const url = `source/${name}.html`;
        this.fullUrls.set(model, url);
        this.sluggers.set(model, new Slugger(this.sluggerConfiguration));
        this.listings.add(model);
        pages.push({ kind: PageKind.Document, model, url });
      }
      return pages;
    }

    getIdealBaseName(reflection) {
      if (!reflection.isDocument()) return super.getIdealBaseName(reflection);
      const file = reflection.project.files.getReflectionPath(reflection);
      return path.relative(staging, file).replaceAll(path.sep, "/").replace(/\.md$/, "");
    }

    getLinkTargets() {
      return super.getLinkTargets().filter((target) => !this.listings.has(target));
    }
  };
}

function listedFiles() {
  return ["src", "docs/examples"].flatMap((folder) =>
    fs
      .readdirSync(inRoot(folder), { recursive: true })
      .map((name) => `${folder}/${name.replaceAll(path.sep, "/")}`)
      .filter(isListed),
  );
}

/** Makes links to sources and to the site's own pages relative, and gives the lines of a listing their names. */
function finishPage(page) {
  const base = "../".repeat(page.url.split("/").length - 1);
  if (page.url.startsWith("source/")) page.contents = numberLines(page.contents);
  page.contents = page.contents
    // What is inherited from the language has its source elsewhere.
    .replace(/<a href="source:node_modules[^>]*>(.*?)<\/a>/g, "$1")
    .replace(/href="source:([^"#]+)(#L\d+)?"/g, (_, name, line = "") => `href="${base}source/${name}.html${line}"`)
    .replace(/href="site:([^"]+)"/g, (_, url) => `href="${base}${url}"`);
}

function numberLines(html) {
  return html.replace(/(<pre><code[^>]*>)([\s\S]*?)(<\/code>)/, (_, start, code, end) => {
    const lines = code
      .trimEnd()
      .split(/<br\s*\/?>|\n/)
      .map((line, i) => `<span class="line" id="L${i + 1}">${line}</span>`);
    return `${start}${lines.join("\n")}${end}`;
  });
}

/** The style sheet and the fonts, of which all browsers take the woff2. */
function copyKatex(folder) {
  const source = path.dirname(require.resolve("katex/dist/katex.min.css"));
  fs.mkdirSync(path.join(folder, "fonts"), { recursive: true });
  const css = fs.readFileSync(path.join(source, "katex.min.css"), "utf8");
  fs.writeFileSync(path.join(folder, "katex.min.css"), css.replace(/,url\([^)]+\) format\("(woff|truetype)"\)/g, ""));
  for (const name of fs.readdirSync(path.join(source, "fonts"))) {
    if (name.endsWith(".woff2")) fs.copyFileSync(path.join(source, "fonts", name), path.join(folder, "fonts", name));
  }
}
