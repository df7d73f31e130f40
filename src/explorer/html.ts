import fs from "node:fs";
import path from "node:path";
import type { Model } from "../learning/model";
import type { Scenario } from "../scenario/scenario";
import { ROOT } from "../version";
import type { PageData } from "./page/data";

const FOLDER = path.join(ROOT, "src", "explorer", "page");

/** What the page is to be about. */
export interface ExplorerOptions {
  readonly scenario: Scenario;
  readonly scenarioHash: string;
  readonly version: string;
  /** Of the states shown at first. */
  readonly seed: number;
  /** Decides as DIOS. */
  readonly model: Model;
}

/**
 * The explorer as one HTML file that needs no other: style, script, Plotly, font and model are in it, and its content security policy
 * lets it load nothing. The same options give the same bytes.
 */
export function explorerHtml(options: ExplorerOptions): string {
  const parts: Record<string, string> = {
    '<link rel="stylesheet" href="page.css">': `<style>\n${style()}</style>`,
    '<script type="application/json" id="data">{}</script>': `<script type="application/json" id="data">${json(dataOf(options))}</script>`,
    '<script src="plotly.min.js"></script>': script(
      fs.readFileSync(require.resolve("plotly.js/plotly.min.js"), "utf8"),
    ),
    '<script src="main.js"></script>': script(explorerScript()),
  };
  let html = fs.readFileSync(path.join(FOLDER, "page.html"), "utf8");
  for (const [place, content] of Object.entries(parts)) {
    if (!html.includes(place)) throw new Error(`page.html has no ${place}`);
    html = html.replace(place, () => content);
  }
  return html;
}

/** The page's script with all that it imports from this lab, for browsers; it leaves `dios` as a global name. */
export function explorerScript(): string {
  // Loaded here, because nothing else needs it.
  const { buildSync }: typeof import("esbuild") = require("esbuild");
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: [path.join(FOLDER, "main.ts")],
    bundle: true,
    platform: "browser",
    format: "iife",
    globalName: "dios",
    target: "es2022",
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]?.text as string;
}

function dataOf({ scenario, scenarioHash, version, seed, model }: ExplorerOptions): PageData {
  const { network, options, statistics, trainedOn, history, bestEpoch } = model;
  const { buffer, byteOffset, byteLength } = network.parameters;
  return {
    scenario,
    scenarioHash,
    version,
    seed,
    model: {
      sizes: network.sizes,
      parameters: Buffer.from(buffer, byteOffset, byteLength).toString("base64"),
      statistics,
      head: options.head,
      demonstrations: trainedOn.count,
      accuracy: history[bestEpoch - 1]?.validationAccuracy ?? 0,
    },
  };
}

/** The page's style, with the font of the figures. */
function style(): string {
  const faces = ["400", "700"].map((weight) => {
    const file = require.resolve(`@fontsource/tinos/files/tinos-latin-${weight}-normal.woff`);
    const data = fs.readFileSync(file).toString("base64");
    return `@font-face{font-family:Tinos;font-weight:${weight};src:url(data:font/woff;base64,${data}) format("woff")}\n`;
  });
  return faces.join("") + fs.readFileSync(path.join(FOLDER, "page.css"), "utf8");
}

/** Text in a script must not look like the end of it, or like a comment. */
function script(text: string): string {
  return `<script>\n${text.replace(/<(?=\/script|!--)/gi, "\\x3c")}\n</script>`;
}

function json(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
