import fs from "node:fs";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { LEFT_BEHIND, until } from "./browser";

/** Runs in the page: keeps in `redraws` how long each move of the mouse took to be seen in the figure. */
const recordRedraws = new Function(
  "plot",
  `let movedAt;
   globalThis.redraws = [];
   addEventListener("pointermove", () => { movedAt ??= performance.now(); }, true);
   new MutationObserver(() => {
     if (movedAt === undefined) return;
     const from = movedAt;
     movedAt = undefined;
     requestAnimationFrame(() => requestAnimationFrame(() => redraws.push(performance.now() - from)));
   }).observe(plot, { subtree: true, childList: true, attributes: true });`,
) as (plot: unknown) => void;

/** Presses the mouse on a slider's handle; returns where the mouse has to go for a share of its length. */
type Grab = () => Promise<(share: number) => [number, number]>;

/**
 * Drags a slider in `moves` steps to the right and back, each after the redraw of the one before. Resolves to the milliseconds
 * from each move of the mouse, as the page sees it, to the frame after the change of the figure.
 */
export async function measureRedraws(page: Page, figure: Locator, slider: Grab, moves: number): Promise<number[]> {
  await figure.evaluate(recordRedraws);
  const redraws = () => page.evaluate<number[]>("globalThis.redraws");
  const to = await slider();
  // Getting to the handle has moved the mouse, and pressing it has moved nothing.
  await page.mouse.move(...to(0.2));
  await until(redraws, ({ length }) => length > 0);
  const before = (await redraws()).length;
  for (let k = 1; k <= moves; k++) {
    await page.mouse.move(...to(0.2 + 0.6 * (k / moves)));
    await until(redraws, ({ length }) => length === before + k);
  }
  await page.mouse.up();
  return (await redraws()).slice(before);
}

/** Prints the median and the spread of times in milliseconds, and keeps them in a file beside the pictures of failures. */
export function report(what: string, times: readonly number[]): void {
  const sorted = [...times].sort((a, b) => a - b).map(Math.round);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] as number;
  const line = `${what}: median ${at(0.5)} ms, 90 % below ${at(0.9)} ms, ${at(0)} to ${at(1)} ms, ${times.length} moves`;
  console.log(line);
  fs.mkdirSync(LEFT_BEHIND, { recursive: true });
  fs.appendFileSync(path.join(LEFT_BEHIND, "redraws.txt"), `${new Date().toISOString()} ${line}\n`);
}
