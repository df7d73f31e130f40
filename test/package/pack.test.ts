import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import type { Application } from "../../src/mec/application";
import type { Tables } from "../../src/mec/tables";
import { ROOT, VERSION } from "../../src/version";
import { naiveOptimum, temporaryFolder } from "../support";
import { packageFolders, serveRegistry } from "./registry";

const project = temporaryFolder();
const packed = temporaryFolder();
const cache = temporaryFolder();

/** What only notebooks, figures and TensorFlow need. */
const NOTEBOOK_PACKAGES = ["tslab", "@tensorflow", "danfojs-node", "plotly.js", "pdf-lib", "@fontsource"];

/** What npm prints, in a folder; with a cache of its own and without the user's settings. */
function npm(folder: string, ...words: string[]): Promise<{ stdout: string }> {
  const npmItself = process.env.npm_execpath;
  const [command, first] = npmItself?.endsWith(".js") ? [process.execPath, [npmItself]] : ["npm", []];
  const env = {
    ...process.env,
    npm_config_cache: cache,
    npm_config_userconfig: path.join(cache, "npmrc"),
    NO_PROXY: "*",
  };
  return promisify(execFile)(command, [...first, ...words, "--no-audit", "--no-fund", "--no-update-notifier"], {
    cwd: folder,
    env,
    shell: process.platform === "win32",
  });
}

/** What the command line of the installed package does in the project. */
function dios(...words: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const { DIOS_OUT: _out, DIOS_KALEIDO: _kaleido, ...env } = process.env;
  const program = path.join(project, "node_modules/dios-lab/build/src/cli/main.js");
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words], { cwd: project, env }, (error, stdout, stderr) =>
      resolve({ status: error ? (error.code as number) : 0, stdout, stderr }),
    );
  });
}

describe("the npm package", () => {
  let files: string[];
  let bytes: number;
  let registry: Awaited<ReturnType<typeof serveRegistry>>;

  before(async () => {
    const { stdout } = await npm(ROOT, "pack", "--json", "--ignore-scripts", "--pack-destination", packed);
    // npm 12 gives an object with a member for each package, those before it a list.
    const [report] = Object.values(JSON.parse(stdout) as Record<string, never>) as unknown as [
      { filename: string; unpackedSize: number; files: { path: string }[] },
    ];
    files = report.files.map((file) => file.path);
    bytes = report.unpackedSize;
    fs.cpSync(path.join(ROOT, "test/package/project"), project, { recursive: true });
    registry = await serveRegistry(path.join(ROOT, "node_modules"));
    await npm(project, "install", "--registry", registry.url, path.join(packed, report.filename));
  });
  after(() => registry?.close());

  it("holds the compiled library with its types and nothing of tests, notebooks or source maps", () => {
    assert.ok(files.includes("build/src/index.js") && files.includes("build/src/index.d.ts"));
    assert.ok(files.includes("build/src/scenario/presets/paper.json"));
    const others = files.filter((file) => !/^build\/src\/(?!kernel\/).*\.(js|d\.ts|json)$/.test(file));
    assert.deepEqual(others.sort(), ["LICENSE", "README.md", "package.json", "scripts/dios_dask.py"]);
    assert.ok(bytes < 4e6, `${bytes} bytes`);
  });

  it("brings few packages into an empty project, and none that only notebooks need", () => {
    const modules = path.join(project, "node_modules");
    for (const name of NOTEBOOK_PACKAGES) assert.ok(!fs.existsSync(path.join(modules, name)), name);
    const installed = packageFolders(modules);
    assert.ok(installed.length >= 9 && installed.length < 50, `${installed.length} packages`);
    const size = fs
      .readdirSync(modules, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, { parentPath, name }) => sum + fs.statSync(path.join(parentPath, name)).size, 0);
    assert.ok(size < 60e6, `${size} bytes`);
  });

  it("gives a strict TypeScript program demonstrations, a network that imitates them and an evaluation", async () => {
    const run = (...words: string[]) =>
      promisify(execFile)(process.execPath, words, { cwd: project, maxBuffer: 1e8 }).catch((error) =>
        assert.fail(`${error.message}\n${error.stdout}`),
      );
    await run(path.join(ROOT, "node_modules/typescript/bin/tsc"), "--project", project);
    const { stdout, stderr } = await run("main.js");
    assert.equal(stderr, "");
    const { version, application, tables, results } = JSON.parse(stdout) as {
      version: string;
      application: Application;
      tables: Tables;
      results: { scheme: string; accuracy: number; cost: number }[];
    };
    assert.equal(version, VERSION);
    const [oos, dios, ros] = results;
    const count = tables.execution.length / (3 * application.subTasks);
    let sum = 0;
    for (let k = 0; k < count; k++) sum += naiveOptimum(application, tables, k).cost;
    assert.ok(oos && Math.abs(oos.cost - sum / count) < 1e-9, `${oos?.cost} against ${sum / count}`);
    assert.equal(oos.accuracy, 1);
    assert.ok(dios && dios.accuracy > 0.8, `${dios?.accuracy}`);
    assert.ok(ros && ros.accuracy < 0.4 && oos.cost < dios.cost && dios.cost < ros.cost);
  });

  it("has a command line that keeps what it makes in the current folder", async () => {
    const { status, stdout, stderr } = await dios(
      "train",
      "--quick",
      "--count",
      "500",
      "--epochs",
      "1",
      "--name",
      "mine",
    );
    assert.deepEqual([status, /epoch 1/.test(stdout)], [0, true], stderr);
    const [experiment] = fs.readdirSync(path.join(project, "data"));
    assert.ok(fs.existsSync(path.join(project, "data", experiment as string, "mine", "dios.json")));
  });

  it("says in one sentence which package is to be installed for figures, or that the clone is needed", async () => {
    assert.deepEqual(await dios("figures", "--quick"), {
      status: 2,
      stdout: "",
      stderr: "the npm package pdf-lib is not installed; run npm install pdf-lib@1.17.1.\n",
    });
    const explorer = await dios("explorer", "--quick");
    assert.deepEqual([explorer.status, explorer.stdout], [2, ""]);
    assert.match(explorer.stderr, /^explorer .* clone of the lab .*\.\n$/);
  });
});
