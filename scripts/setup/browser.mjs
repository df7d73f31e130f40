import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import zlib from "node:zlib";
import { npm, run } from "./command.mjs";
import { Failure } from "./failure.mjs";
import { browserFile, inRoot, setupFolder, windows } from "./paths.mjs";
import { contents } from "./runner.mjs";

const folder = path.join(setupFolder, "browser");
const lock = ["package.json", "package-lock.json"].map((name) => inRoot("test/browser", name));

/**
 * A browser for the tests: the system's, else the one in the npm package @sparticuz/chromium. `.setup/browser.json` says
 * which, with the environment it needs, or why there is none: then its tests are skipped, and the next set-up tries again.
 */
export const browserForTests = {
  name: "Browser for the tests",
  inputs: () => [...systemBrowsers(), contents(...lock)],
  outputs: () => [readBrowser().executable ?? "none"],
  run: async () => {
    const found = await firstThatRuns(systemBrowsers()).catch(missing);
    fs.writeFileSync(browserFile, JSON.stringify(found));
    return found.missing ? `none, so their tests are skipped. ${found.missing}` : found.executable;
  },
};

const missing = (error) => ({ missing: [error.message, ...(error.lines ?? []).slice(0, 1), error.remedy].join(" ") });

function readBrowser() {
  return fs.existsSync(browserFile) ? JSON.parse(fs.readFileSync(browserFile, "utf8")) : {};
}

/** Chromium or Chrome where the systems put them; DIOS_CHROMIUM alone when it is set. */
function systemBrowsers() {
  const { DIOS_CHROMIUM, PATH = "", LOCALAPPDATA, ProgramFiles } = process.env;
  if (DIOS_CHROMIUM) return [DIOS_CHROMIUM];
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const places = windows
    ? [LOCALAPPDATA, ProgramFiles, process.env["ProgramFiles(x86)"]]
        .filter(Boolean)
        .flatMap((place) => [
          path.join(place, "Google/Chrome/Application/chrome.exe"),
          path.join(place, "Microsoft/Edge/Application/msedge.exe"),
        ])
    : [
        ...PATH.split(path.delimiter).flatMap((place) => names.map((name) => path.join(place, name))),
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
      ];
  return places.filter((place) => fs.existsSync(place));
}

async function firstThatRuns([executable, ...others]) {
  if (!executable) return install();
  // Ubuntu's chromium-browser only says that it is a snap. On Windows the question would open a window.
  const runs = windows || (await run(executable, ["--version"], { log: "browser" }).then(Boolean, () => false));
  return runs ? { executable, environment: {} } : firstThatRuns(others);
}

/** Unpacks the browser that @sparticuz/chromium carries, with the libraries and fonts that a bare system lacks. */
async function install() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Failure("No Chromium or Chrome was found.", {
      remedy: "Install one, or name its executable in DIOS_CHROMIUM.",
    });
  }
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  for (const file of lock) fs.copyFileSync(file, path.join(folder, path.basename(file)));
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"];
  await npm(["ci", ...options], { log: "browser", cwd: folder, what: "installing @sparticuz/chromium" });

  const packed = path.join(folder, "node_modules/@sparticuz/chromium/bin");
  const executable = path.join(folder, "chromium");
  const { extract } = createRequire(`${folder}/`)("tar-fs");
  const unpack = (name, target) =>
    pipeline(fs.createReadStream(path.join(packed, name)), zlib.createBrotliDecompress(), target);
  await unpack("al2023.tar.br", extract(folder, { chown: false })); // lib/
  await unpack("fonts.tar.br", extract(folder, { chown: false })); // fonts/
  const fonts = path.join(folder, "fonts.conf");
  fs.writeFileSync(
    fonts,
    `<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>${folder}/fonts</dir></fontconfig>`,
  );
  await unpack("chromium.br", fs.createWriteStream(executable, { mode: 0o755 }));
  fs.rmSync(path.join(folder, "node_modules"), { recursive: true });

  const environment = { LD_LIBRARY_PATH: path.join(folder, "lib"), FONTCONFIG_FILE: fonts };
  await run(executable, ["--version"], { log: "browser", env: environment, what: "starting @sparticuz/chromium" });
  return { executable, environment };
}
