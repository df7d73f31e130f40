import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { ROOT } from "../../src/version";

/** What the tests leave behind: pictures of failures, and measurements. Git ignores it. */
export const LEFT_BEHIND = path.join(ROOT, ".setup", "browser-tests");

interface Found {
  executable?: string;
  environment?: Record<string, string>;
  missing?: string;
}

/** What the set-up found: a browser's executable with the environment it needs, or the reason why there is none. */
function found(): Found {
  const file = path.join(ROOT, ".setup", "browser.json");
  if (!fs.existsSync(file))
    return { missing: "no browser was looked for: `npm test` or `node scripts/setup.mjs --test` does." };
  return JSON.parse(fs.readFileSync(file, "utf8"));
}

/** The reason to skip the tests that need a browser, or false where there is one. */
export const noBrowser = (): string | false => found().missing ?? false;

/** A headless Chromium that reaches nothing but this machine. */
export async function startBrowser(): Promise<Browser> {
  const { executable, environment } = found();
  return chromium.launch({
    executablePath: executable as string,
    env: { ...process.env, ...environment } as Record<string, string>,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
}

/** What pages did. */
export interface Watch {
  /** Addresses of all requests. */
  readonly requests: string[];
  /** Addresses of requests that would leave this machine. */
  readonly outside: string[];
  /** Errors on the console and exceptions that nobody caught. */
  readonly errors: string[];
}

/** Watches all pages of a context from now on. */
export function watch(context: BrowserContext): Watch {
  const requests: string[] = [];
  const outside: string[] = [];
  const errors: string[] = [];
  const seen = (address: string) => {
    requests.push(address);
    const { protocol, hostname } = new URL(address);
    if (!["data:", "blob:", "file:"].includes(protocol) && hostname !== "127.0.0.1") outside.push(address);
  };
  context.on("request", (request) => seen(request.url()));
  context.on("page", (page) => page.on("websocket", (socket) => seen(socket.url())));
  context.on("console", (message) => {
    if (message.type() === "error") errors.push(`${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => errors.push(String(error.error().stack)));
  return { requests, outside, errors };
}

/** Runs a step of a test; when it fails, leaves a picture of the page and says where. */
export async function pictured(page: Page, title: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    const file = path.join(LEFT_BEHIND, "failures", `${title.replaceAll(/[^a-z0-9]+/gi, "-")}.png`);
    await page.screenshot({ path: file }).then(
      () => console.error(`Picture of the failure: ${file}`),
      () => console.error("The page gave no picture of the failure."),
    );
    throw error;
  }
}

/** Resolves to the first value of `read` that `enough` accepts; fails with the last one after `seconds`. */
export async function until<T>(read: () => Promise<T>, enough: (value: T) => boolean, seconds = 30): Promise<T> {
  const deadline = performance.now() + 1000 * seconds;
  for (;;) {
    const value = await read();
    if (enough(value)) return value;
    if (performance.now() > deadline) assert.fail(`after ${seconds} s still ${JSON.stringify(value)}: ${enough}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
