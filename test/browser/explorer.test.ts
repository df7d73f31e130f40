import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { ROOT } from "../../src/version";
import { temporaryFolder } from "../support";
import { noBrowser, pictured, startBrowser, until, type Watch, watch } from "./browser";
import { barHeights, clickMiddle, textOf } from "./notebook";
import { measureRedraws, report } from "./redraws";

const skip = noBrowser();
if (skip) console.log(`The explorer's HTML file is not tried in a browser: ${skip}`);

/** Longer than the 300 ms within which a second click is half of a double click to Plotly, and tells of no mark. */
const PLOTLY_DOUBLE_CLICK_MS = 400;

describe("the explorer's HTML file, opened without a network", { skip }, () => {
  const folder = temporaryFolder();
  let browser: Browser;
  let page: Page;
  let watched: Watch;

  before(async () => {
    const file = path.join(folder, "explorer.html");
    const { status, stderr } = spawnSync(
      process.execPath,
      [path.join(ROOT, "build/src/cli/main.js"), "explorer", "--quick", "--out", file],
      { encoding: "utf8", env: { ...process.env, DIOS_OUT: folder } },
    );
    assert.equal(status, 0, stderr);
    browser = await startBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 }, offline: true });
    watched = watch(context);
    page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
  });
  after(() => browser?.close());

  const inPage = (title: string, step: () => Promise<void>) => it(title, () => pictured(page, title, step));

  const costOf = async (scheme: string) =>
    Number(await page.locator(`#schemes tr[data-scheme=${scheme}] [data-cost]`).getAttribute("data-cost"));
  const decisionsOf = async (scheme: string) =>
    (await page.locator(`#schemes tr[data-scheme=${scheme}] [data-decisions]`).getAttribute("data-decisions"))?.split(
      ",",
    );
  const snr = () => page.locator("#slider-meanSnrDb");

  inPage("shows the decisions of the optimum and of DIOS, and no scheme below the optimum", async () => {
    for (const scheme of ["OOS", "DIOS"]) {
      const decisions = (await decisionsOf(scheme)) ?? [];
      assert.equal(decisions.length, 6);
      for (const decision of decisions) assert.match(decision, /^[012]$/);
    }
    const optimum = await costOf("OOS");
    for (const scheme of ["DIOS", "GOS", "ROS", "LOS", "EOS", "COS"])
      assert.ok((await costOf(scheme)) >= optimum, scheme);
    assert.deepEqual(await decisionsOf("LOS"), ["0", "0", "0", "0", "0", "0"]);
  });

  inPage("measures how long a decision of DIOS takes", async () => {
    const latency = page.locator("#latency tr[data-method=dios] [data-milliseconds]");
    await latency.waitFor();
    const milliseconds = Number(await latency.getAttribute("data-milliseconds"));
    assert.ok(milliseconds > 0 && milliseconds < 100, `${milliseconds} ms`);
    await page.locator("#measure:enabled").waitFor();
  });

  inPage("a slider that is dragged changes costs, bars and the optimum's text", async () => {
    const seen = async () => [
      await costOf("OOS"),
      String(await barHeights(page.locator("#cost-parts"))),
      await textOf(page.locator("#summary")),
    ];
    const before = await seen();
    await dragRange(0.95);
    await until(seen, (now) => now.every((part, k) => part !== before[k]));
  });

  inPage("the costs are redrawn while it is dragged", async () => {
    const times = await measureRedraws(page, page.locator("#cost-parts"), grabRange, 20);
    report("slider to redrawn costs, explorer.html", times);
  });

  inPage("a click on the map moves the sliders there, and the address remembers it through a reload", async () => {
    await dragRange(0.1);
    await page.locator("#map-progress").waitFor({ state: "hidden", timeout: 120_000 });
    const value = () => page.locator("#number-meanSnrDb").inputValue();
    await clickMiddle(page, page.locator("#share-map .heatmaplayer image").first());
    // The middle of -20 to 30 dB, to within a cell of the map.
    await until(value, (text) => Math.abs(Number(text) - 5) < 4);
    const moved = await value();
    // The address changes after the costs.
    await until(
      async () => page.url(),
      (address) => address.includes(`meanSnrDb=${moved}`),
    );
    const cost = await costOf("OOS");
    await page.reload();
    await until(
      () => costOf("OOS"),
      (now) => now === cost,
    );
    assert.equal(await value(), moved);
  });

  inPage("a click on a map that was drawn anew under the mouse counts too", async () => {
    const turned = () => page.locator("[data-parameter=meanSnrDb][data-changed]").count();
    // Without the mouse, which stays where it is.
    const reset = async () => {
      await page.evaluate("document.getElementById('reset').click()");
      assert.equal(await turned(), 0);
    };
    await reset();
    await clickMiddle(page, page.locator("#share-map .heatmaplayer image").first());
    await until(turned, (count) => count === 1);
    await reset();
    await page.locator("#map-progress").waitFor({ state: "hidden", timeout: 120_000 });
    // As a drawing leaves it that comes between the last move of the mouse and the click.
    await page.evaluate("document.getElementById('share-map')._hoverdata = undefined");
    await page.waitForTimeout(PLOTLY_DOUBLE_CLICK_MS);
    await page.mouse.down();
    await page.mouse.up();
    await until(turned, (count) => count === 1);
  });

  it("asks for nothing but the file, and nothing fails in it", () => {
    assert.deepEqual(watched.errors, []);
    const others = watched.requests.filter((address) => !/^(data|blob):/.test(address));
    for (const address of others) assert.match(address, /^file:.*\/explorer\.html(#.*)?$/);
  });

  /** Presses the mouse on the slider's thumb. Returns where it has to go for a share of the slider's length. */
  async function grabRange(): Promise<(share: number) => [number, number]> {
    await snr().scrollIntoViewIfNeeded();
    const box = await snr().boundingBox();
    assert.ok(box);
    const [min, max, now] = await snr().evaluate((input: Range) => [input.min, input.max, input.value].map(Number));
    const thumb = 16;
    const to = (share: number): [number, number] => [
      box.x + thumb / 2 + share * (box.width - thumb),
      box.y + box.height / 2,
    ];
    await page.mouse.move(...to(((now as number) - (min as number)) / ((max as number) - (min as number))));
    await page.mouse.down();
    return to;
  }

  async function dragRange(share: number): Promise<void> {
    const to = await grabRange();
    await page.mouse.move(...to(share), { steps: 5 });
    await page.mouse.up();
  }
});

/** What the test needs of a range input; the types of the browser are not those of this program. */
interface Range {
  min: string;
  max: string;
  value: string;
}
