import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { missing } from "../kernel/session";
import { noBrowser, pictured, startBrowser, until, type Watch, watch } from "./browser";
import {
  allRan,
  barHeights,
  button,
  cell,
  clickBar,
  clickMiddle,
  comms,
  control,
  copyNotebook,
  curvePoints,
  drag,
  endsOf,
  figure,
  grab,
  openNotebook,
  runAll,
  saveAndReload,
  textOf,
  valueIn,
  writeNotebook,
} from "./notebook";
import { measureRedraws, report } from "./redraws";
import { type Server, startServer } from "./server";
import { WIDGETS } from "./widgets-notebook";

const skip = noBrowser() || missing("jupyterlab");
if (skip) console.log(`The notebooks are not tried in a browser: ${skip}`);

describe("notebooks in a browser", { skip }, () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let watched: Watch;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startBrowser()]);
  });
  after(async () => {
    await Promise.all([browser?.close(), server?.stop()]);
  });

  async function newPage(): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
    watched = watch(context);
    page = await context.newPage();
  }

  /** A test in the page, or what comes before tests, with a picture when it fails. */
  const inPage = (title: string, step: () => Promise<void>) => it(title, () => pictured(page, title, step));

  const beforeAll = (title: string, step: () => Promise<void>) => before(() => pictured(page, title, step));

  describe("JupyterLab", () => {
    before(newPage);
    after(() => page?.context().close());

    inPage("runs notebook 5 from top to bottom and draws its figure with Plotly", async () => {
      copyNotebook(server, "05-figure-4-cost.ipynb");
      await openNotebook(page, server, "05-figure-4-cost.ipynb");
      await runAll(page);
      await allRan(page, 180);
      assert.equal(await page.locator(".jp-Notebook .js-plotly-plot").count(), 1);
      assert.equal((await barHeights(page)).length, 9, "a bar for each scheme");
    });

    describe("with widgets", () => {
      beforeAll("widgets", async () => {
        writeNotebook(server, "widgets.ipynb", Object.values(WIDGETS));
        await openNotebook(page, server, "widgets.ipynb");
        await runAll(page);
      });

      const cellOf = (name: keyof typeof WIDGETS) => cell(page, Object.keys(WIDGETS).indexOf(name));

      inPage("a button stops a loop in a cell that awaits, and the cells behind it run", async () => {
        const turns = cellOf("loop").locator(".widget-label");
        await until(
          () => textOf(turns),
          (text) => Number(text) > 2,
        );
        await button(page, "Stop").click();
        await allRan(page, 30);
        assert.match(await textOf(cellOf("loop").locator(".jp-OutputArea")), /stopped after \d+ turns/);
      });

      inPage("a slider that is dragged changes the bars of the figure", async () => {
        await shows(cellOf("figure"), 20);
        await drag(page, control(page, "Level"), 0.75);
        const level = await valueIn(control(page, "Level"));
        assert.ok(level >= 73 && level <= 77, `dragged to 75, the slider shows ${level}`);
        await shows(cellOf("figure"), level);
      });

      inPage("redraws come while the slider is dragged, one for each move", async () => {
        const widgets = await comms(page);
        const times = await measureRedraws(
          page,
          figure(cellOf("figure"), 0),
          () => grab(page, control(page, "Level")),
          20,
        );
        report("slider to redrawn figure, small notebook in JupyterLab", times);
        assert.equal(times.length, 20);
        assert.deepEqual(await comms(page), widgets, "widgets that moves leave behind");
      });

      inPage("a click on a bar reaches TypeScript", async () => {
        const level = await valueIn(control(page, "Level"));
        await clickBar(page, cellOf("figure"), 0);
        const said = cellOf("figure").locator(".widget-label", { hasText: "clicked" });
        await until(
          () => textOf(said),
          (text) => text === `clicked level at ${level}`,
        );
      });

      inPage("moves faster than their callback are coalesced, and the last value wins", async () => {
        const fast = control(page, "Fast");
        const to = await grab(page, fast);
        for (let k = 1; k <= 40; k++) await page.mouse.move(...to(0.2 + k / 100));
        await page.mouse.up();
        const value = await valueIn(fast);
        const seen = await until(
          async () => (await textOf(cellOf("coalesced").locator(".widget-label", { hasText: "seen" }))).split(" "),
          (words) => words.at(-1) === String(value),
        );
        assert.ok(seen.length - 1 < 20, `for 40 moves the callback ran ${seen.length - 1} times`);
      });

      inPage("interact shows the figure of the new value, an error in its place, and the figure again", async () => {
        const [share, where] = [control(page, "Share"), cellOf("interact")];
        const valueAt = async (place: number) => {
          await drag(page, share, place);
          return await valueIn(share);
        };
        await shows(where, await valueAt(0.5));
        const refused = await valueAt(0.95);
        await where.getByText(`RangeError: ${refused} is too much`).first().waitFor();
        const allowed = await valueAt(0.3);
        await shows(where, allowed);
        await where.locator(".jp-OutputArea").getByText("RangeError").first().waitFor({ state: "detached" });
        await where.locator("input[type=checkbox]").click();
        await shows(where, 100 - allowed);
      });

      inPage("an error in a listener is shown below the cell that made the control", async () => {
        await drag(page, control(page, "Bad"), 0.6);
        await cellOf("error")
          .getByText(/RangeError: bad value \d+/)
          .first()
          .waitFor();
      });

      inPage("a reload of the page keeps values and figures, and they go on living", async () => {
        await drag(page, control(page, "Level"), 0.4);
        const level = await valueIn(control(page, "Level"));
        await shows(cellOf("figure"), level);
        const widgets = await comms(page);
        await saveAndReload(page, server, "widgets.ipynb");
        await shows(cellOf("figure"), level);
        assert.equal(await valueIn(control(page, "Level")), level);
        assert.equal(await cellOf("figure").locator(".widget-label", { hasText: "clicked" }).count(), 1);
        assert.deepEqual(await comms(page), widgets);
        await drag(page, control(page, "Level"), 0.9);
        await shows(cellOf("figure"), await valueIn(control(page, "Level")));
      });

      inPage("closing a widget removes it from the page and from the kernel", async () => {
        const id = await textOf(cellOf("closed").locator(".jp-OutputArea-output pre"));
        assert.ok((await comms(page)).includes(id));
        await button(page, "Close").click();
        await control(page, "Gone").waitFor({ state: "detached" });
        assert.ok(!(await comms(page)).includes(id));
      });
    });

    describe("with the cost model explorer", () => {
      beforeAll("notebook 8", async () => {
        copyNotebook(server, "08-cost-model-explorer.ipynb");
        await openNotebook(page, server, "08-cost-model-explorer.ipynb");
        await runAll(page);
        await allRan(page, 180);
      });

      const explorer = () => cell(page, 2);
      const costs = () => figure(explorer(), 1);
      const snr = () => control(explorer(), "Mean SNR (dB)");

      inPage("a slider changes the costs, the graph and what is said of them", async () => {
        const seen = async () => [
          String(await barHeights(costs())),
          await figure(explorer(), 0).innerHTML(),
          await textOf(explorer().getByText("The optimum:")),
        ];
        await snr().scrollIntoViewIfNeeded();
        const before = await seen();
        await drag(page, snr(), 0.95);
        assert.ok((await valueIn(snr())) > 20);
        await until(seen, (now) => now.every((part, k) => part !== before[k]));
      });

      inPage("the costs are redrawn while it is dragged", async () => {
        const times = await measureRedraws(page, costs(), () => grab(page, snr()), 20);
        report("slider to redrawn costs, notebook 8 in JupyterLab", times);
      });

      inPage("a click on the map moves the sliders there", async () => {
        const map = figure(explorer(), 4);
        // Where the map says that the sliders stand; drawn anew, Plotly would forget which cell the mouse is over.
        const mark = () => map.locator(".scatterlayer .point").first().getAttribute("transform");
        const before = await mark();
        await drag(page, snr(), 0.1);
        await until(mark, (place) => place !== before);
        await clickMiddle(page, map.locator(".heatmaplayer image").first());
        // The middle of -20 to 30 dB, to within a cell of the map.
        await until(
          () => valueIn(snr()),
          (value) => Math.abs(value - 5) < 3,
        );
        await explorer().locator(".lm-TabBar-tab", { hasText: "Work" }).click();
        const data = control(explorer(), "Data (KB)");
        const [low, high] = (await endsOf(data)) as [number, number];
        assert.ok(Math.abs(Math.log10(await valueIn(data)) - (low + high) / 2) < 0.1 * (high - low));
      });
    });

    describe("with the training explorer", () => {
      const name = "09-training-explorer.ipynb";
      beforeAll("notebook 9", async () => {
        copyNotebook(server, name);
        await openNotebook(page, server, name);
        await runAll(page);
        await allRan(page, 180);
      });

      const explorer = () => page.locator(".jp-CodeCell").last();
      const curves = () => figure(explorer(), 0);
      const said = (text: RegExp) => explorer().locator(".widget-label", { hasText: text });

      inPage("Start trains and the curves grow; Stop stops, and the run is kept", async () => {
        // A large network that learns slowly: it must not be done before a click on Stop, now or after Resume.
        await drag(page, control(explorer(), "Hidden layers"), 1);
        await drag(page, control(explorer(), "Width"), 1);
        await drag(page, control(explorer(), "Learning rate"), 0.05);
        await drag(page, control(explorer(), "Epochs, at most"), 1);
        await button(explorer(), "Start").click();
        const first = await until(
          () => curvePoints(curves()),
          (points) => points >= 2,
          60,
        );
        await until(
          () => curvePoints(curves()),
          (points) => points > first,
          60,
        );
        await button(explorer(), "Stop").click();
        await said(/^run-1: \d+ of 60 epochs, stopped/).waitFor();
        await explorer().locator(".lm-TabBar-tab", { hasText: "Compare" }).click();
        await explorer()
          .locator("td", { hasText: /^run-1$/ })
          .waitFor();
        await explorer().locator(".lm-TabBar-tab", { hasText: "Train" }).click();
      });

      inPage("a reload of the page keeps what the explorer shows, and Resume goes on with the run", async () => {
        const shown = await textOf(said(/^run-1: /));
        const points = await curvePoints(curves());
        await saveAndReload(page, server, name);
        await explorer().scrollIntoViewIfNeeded();
        await until(
          () => curvePoints(curves()),
          (now) => now === points,
        );
        assert.equal(await textOf(said(/^run-1: /)), shown);
        assert.equal(await valueIn(control(explorer(), "Epochs, at most")), 60);
        await button(explorer(), "Resume").click();
        await until(
          () => curvePoints(curves()),
          (now) => now > points,
          60,
        );
        await button(explorer(), "Stop").click();
        await said(/^run-1: \d+ of 60 epochs, stopped/).waitFor();
      });
    });

    it("asks nothing of other machines, and nothing fails in the page", () => {
      assert.deepEqual(watched.outside, []);
      assert.deepEqual(watched.errors, []);
    });
  });

  describe("the classic Notebook", () => {
    before(newPage);
    after(() => page?.context().close());

    inPage("runs a notebook with widgets", async () => {
      const { imports, figure } = WIDGETS;
      writeNotebook(server, "classic.ipynb", [imports, figure]);
      await openNotebook(page, server, "classic.ipynb", "notebooks");
      await runAll(page);
      await allRan(page, 60);
      await drag(page, control(page, "Level"), 0.75);
      const level = await valueIn(control(page, "Level"));
      await shows(page, level);
    });

    it("asks nothing of other machines", () => assert.deepEqual(watched.outside, []));
  });
});

/** Waits until the figure of WIDGETS shows this level: its bars are the level and what is left to 100. */
const shows = (where: Page | Locator, level: number) =>
  until(
    async () => {
      const [first = 0, second = 0] = await barHeights(where);
      return Math.round((100 * first) / (first + second));
    },
    (shown) => shown === level,
    10,
  );
