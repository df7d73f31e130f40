import fs from "node:fs";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { ROOT } from "../../src/version";
import { notebookOf } from "../kernel/session";
import { until } from "./browser";
import type { Server } from "./server";

/** Copies one of notebooks/ into the server's folder, as it is before it runs. */
export function copyNotebook(server: Server, name: string): void {
  const notebook = JSON.parse(fs.readFileSync(path.join(ROOT, "notebooks", name), "utf8"));
  for (const cell of notebook.cells) {
    if (cell.cell_type === "code") Object.assign(cell, { outputs: [], execution_count: null });
  }
  fs.writeFileSync(path.join(server.folder, name), JSON.stringify(notebook));
}

/** Makes a notebook of code cells in the server's folder. */
export function writeNotebook(server: Server, name: string, cells: readonly string[]): void {
  fs.writeFileSync(path.join(server.folder, name), notebookOf(cells.map((source) => source.trim())));
}

/** Opens a notebook of the server's folder, in JupyterLab or in the classic Notebook, and waits for its kernel. */
export async function openNotebook(page: Page, server: Server, name: string, app = "lab/tree"): Promise<void> {
  // `reset`: alone, without the notebooks that were open before.
  await page.goto(`${server.address}/${app}/${name}?reset&token=${server.token}`);
  await ready(page, server, name);
}

interface Session {
  path: string;
  kernel: { execution_state: string; connections: number };
}

/** Waits until the notebook is drawn and its kernel, connected to it, waits for work. */
async function ready(page: Page, server: Server, name: string): Promise<void> {
  await page.locator(".jp-Notebook .jp-CodeCell").first().waitFor({ timeout: 60_000 });
  const kernelOf = async () => {
    const answer = await fetch(`${server.address}/api/sessions?token=${server.token}`);
    return ((await answer.json()) as Session[]).find((session) => session.path === name)?.kernel;
  };
  await until(kernelOf, (kernel) => kernel?.execution_state === "idle" && kernel.connections > 0, 60);
  await kernelIdle(page, 60);
}

/** Reloads the page as a user does, after saving. */
export async function saveAndReload(page: Page, server: Server, name: string): Promise<void> {
  const saved = page.waitForResponse(
    (response) => response.request().method() === "PUT" && response.url().includes("/api/contents/") && response.ok(),
  );
  await page.locator(".jp-Notebook").click({ position: { x: 3, y: 3 } });
  await page.keyboard.press("Control+s");
  await saved;
  await page.reload();
  await ready(page, server, name);
}

/** Run > Run All Cells, without waiting for them. */
export async function runAll(page: Page): Promise<void> {
  await page.locator(".lm-MenuBar-item", { hasText: /^Run$/ }).click();
  await page.locator(".lm-Menu-item", { hasText: /^Run All Cells/ }).click();
}

/** Waits until every code cell has run; fails when it takes longer. */
export async function allRan(page: Page, seconds: number): Promise<void> {
  await until(
    () => page.locator(".jp-CodeCell .jp-InputPrompt").allTextContents(),
    (prompts) => prompts.length > 0 && prompts.every((prompt) => /^\[\d+\]:/.test(prompt)),
    seconds,
  );
  await kernelIdle(page, 10);
}

async function kernelIdle(page: Page, seconds: number): Promise<void> {
  await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor({ timeout: 1000 * seconds });
}

/** Code cell number k, from 0. */
export const cell = (page: Page, k: number): Locator => page.locator(".jp-CodeCell").nth(k);

/** The control with this label that is to be seen; there may be others behind other tabs. */
export function control(where: Page | Locator, label: string): Locator {
  const page = "page" in where ? where.page() : where;
  const has = page.locator(":scope > .widget-label", { hasText: exactly(label) });
  return where.locator(".jupyter-widgets", { has }).filter({ visible: true });
}

export const button = (where: Page | Locator, label: string): Locator =>
  where.locator("button.jupyter-button", { hasText: exactly(label) });

/** The number that a slider shows. */
export const valueIn = async (slider: Locator): Promise<number> =>
  Number(await textOf(slider.locator(".widget-readout")));

/** The text of an element, in view or not: JupyterLab does not lay out what is out of view. */
export const textOf = async (element: Locator): Promise<string> => (await element.textContent())?.trim() ?? "";

/** The ends of a slider; of a logarithmic one, their exponents of 10. */
export const endsOf = (slider: Locator): Promise<number[]> =>
  slider
    .locator(".noUi-handle")
    .evaluate((handle: Element) => ["aria-valuemin", "aria-valuemax"].map((end) => Number(handle.getAttribute(end))));

const exactly = (text: string) => new RegExp(`^\\s*${text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`);

/** Moves a slider with the mouse to a share of its length, from 0 to 1, and lets go there. */
export async function drag(page: Page, slider: Locator, share: number): Promise<void> {
  const to = await grab(page, slider);
  await page.mouse.move(...to(share), { steps: 5 });
  await page.mouse.up();
}

/** Presses the mouse on a slider's handle. Returns where the mouse has to go for a share of its length. */
export async function grab(page: Page, slider: Locator): Promise<(share: number) => [number, number]> {
  await slider.scrollIntoViewIfNeeded();
  const handle = await boxOf(slider.locator(".noUi-handle").first());
  const track = await boxOf(slider.locator(".noUi-base"));
  const y = handle.y + handle.height / 2;
  await page.mouse.move(handle.x + handle.width / 2, y);
  await page.mouse.down();
  return (share) => [track.x + share * track.width, y];
}

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  if (!box) throw new Error(`${locator} is not to be seen`);
  return box;
}

/** What the tests need of an SVG element; the types of the browser are not those of this program. */
interface Drawn {
  getBBox(): { height: number };
}

/** Heights of the bars that Plotly has drawn, in pixels, in the order of its traces. */
export const barHeights = (where: Page | Locator): Promise<number[]> =>
  where.locator(".barlayer .point path").evaluateAll((paths: Drawn[]) => paths.map((path) => path.getBBox().height));

/** Figure number k that Plotly has drawn, from 0. */
export const figure = (where: Page | Locator, k: number): Locator => where.locator(".js-plotly-plot").nth(k);

/** Clicks the middle of a bar, by its number. */
export async function clickBar(page: Page, where: Page | Locator, k: number): Promise<void> {
  await clickMiddle(page, where.locator(".barlayer .point path").nth(k));
}

/** Clicks the middle of something that Plotly has drawn, once it says beside the mouse what is there. */
export async function clickMiddle(page: Page, drawn: Locator): Promise<void> {
  await drawn.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await boxOf(drawn);
  let nudge = 0;
  await until(
    async () => {
      nudge = 1 - nudge;
      await page.mouse.move(x + width / 2 + nudge, y + height / 2);
      return page.locator(".hoverlayer .hovertext").count();
    },
    (labels) => labels > 0,
    10,
  );
  await page.mouse.down();
  await page.mouse.up();
}

/** Number of points of the longest curve in a figure. */
export const curvePoints = (figure: Locator): Promise<number> =>
  figure
    .locator(".scatterlayer .js-line")
    .evaluateAll((lines: Element[]) =>
      Math.max(0, ...lines.map((line) => line.getAttribute("d")?.split(/[ML]/).length ?? 0)),
    );

interface Element {
  getAttribute(name: string): string | null;
}

/** The widgets that live in the kernel, as it tells JupyterLab (`--expose-app-in-browser`). */
export const comms = async (page: Page): Promise<string[]> => {
  const { content } = await page.evaluate<{ content: { comms: object } }>(
    `jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestCommInfo({ target_name: "jupyter.widget" })`,
  );
  return Object.keys(content.comms).sort();
};
