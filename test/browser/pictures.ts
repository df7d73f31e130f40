/**
 * Takes the pictures of the README: `node build/test/browser/pictures.js` writes figures/lab-cost-explorer.png, with the data and the
 * model of this clone (made where they are missing), and figures/lab-training-explorer.png, with data of its own.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { ROOT } from "../../src/version";
import { startBrowser } from "./browser";
import { allRan, button, cell, control, copyNotebook, drag, openNotebook, runAll, writeNotebook } from "./notebook";
import { type Server, startServer } from "./server";

async function main(): Promise<void> {
  const out = fs.mkdtempSync(path.join(os.tmpdir(), "dios-pictures-"));
  const [server, browser] = await Promise.all([startServer({}), startBrowser()]);
  try {
    const page = await (await browser.newContext()).newPage();
    await costExplorer(page, server);
    await trainingExplorer(page, server, out);
  } finally {
    await browser.close();
    await server.stop();
    fs.rmSync(out, { recursive: true, force: true });
  }
}

async function costExplorer(page: Page, server: Server): Promise<void> {
  const name = "08-cost-model-explorer.ipynb";
  copyNotebook(server, name);
  await page.setViewportSize({ width: 1360, height: 1000 });
  await openNotebook(page, server, name);
  await runAll(page);
  await allRan(page, 900);
  const explorer = cell(page, 2);
  await drag(page, control(explorer, "Mean SNR (dB)"), 0.62);
  await take(page, explorer, "lab-cost-explorer", 1102);
}

async function trainingExplorer(page: Page, server: Server, out: string): Promise<void> {
  const name = "training-explorer.ipynb";
  writeNotebook(server, name, [
    `
import { demonstrationsOf, openExperiment, trainingExplorer } from "dios-lab";
const experiment = openExperiment({ count: 20_000, out: ${JSON.stringify(out)} });
for (const split of ["train", "validation"] as const) await demonstrationsOf(experiment, split);`,
    "const explorer = await trainingExplorer(experiment);",
  ]);
  await openNotebook(page, server, name);
  await runAll(page);
  await allRan(page, 300);
  const explorer = cell(page, 1);
  await button(explorer, "Start").click();
  await explorer.locator(".widget-label", { hasText: /^run-1: \d+ of \d+ epochs, done/ }).waitFor({ timeout: 600_000 });
  await take(page, explorer, "lab-training-explorer", 960);
}

/** Writes what JupyterLab shows at this height, with the cell at the top and the list of files put away. */
async function take(page: Page, shown: Locator, name: string, height: number): Promise<void> {
  await page.setViewportSize({ width: 1360, height });
  await page.keyboard.press("Control+b");
  await shown.evaluate((element: { scrollIntoView(): void }) => element.scrollIntoView());
  await page.mouse.move(5, 5);
  await page.waitForTimeout(2000);
  await page.screenshot({ path: path.join(ROOT, "figures", `${name}.png`) });
}

void main();
