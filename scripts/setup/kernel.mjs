import fs from "node:fs";
import path from "node:path";
import { npmPackages } from "./packages.mjs";
import { inRoot, kernelFile, launcher, packageLink, root, venv, windows } from "./paths.mjs";
import { pythonPackages, sitePackages } from "./python.mjs";
import { contents } from "./runner.mjs";

const pageConfig = path.join(venv, "etc/jupyter/labconfig/page_config.json");

const translator = inRoot("scripts/setup/papermill_typescript.py");

/** The TypeScript kernel in the Python environment, and the link by which notebooks import this package by its name. */
export const kernel = {
  name: "Jupyter kernel",
  after: [npmPackages.name, pythonPackages.name],
  inputs: () => [process.execPath, root, contents(translator)],
  outputs: () => [kernelFile, pageConfig, packageLink, path.join(sitePackages(), path.basename(translator))],
  run: async () => {
    fs.rmSync(packageLink, { recursive: true, force: true });
    fs.symlinkSync(windows ? root : "..", packageLink, windows ? "junction" : "dir");
    writeJson(kernelFile, {
      display_name: "TypeScript",
      language: "typescript",
      argv: [process.execPath, launcher, "--config-path", "{connection_file}"],
      interrupt_mode: "signal",
    });
    // JupyterLab asks its makers' site for news and updates unless this is off.
    writeJson(pageConfig, { disabledExtensions: { "@jupyterlab/apputils-extension:announcements": true } });
    teachPapermill();
  },
};

/** Papermill looks for parameters in languages that it was taught; it finds a package by its entry point. */
function teachPapermill() {
  const name = path.basename(translator, ".py");
  const information = path.join(sitePackages(), `${name}-1.dist-info`);
  fs.mkdirSync(information, { recursive: true });
  fs.writeFileSync(path.join(information, "METADATA"), `Metadata-Version: 2.1\nName: ${name}\nVersion: 1\n`);
  fs.writeFileSync(path.join(information, "entry_points.txt"), `[papermill.engine]\ntypescript = ${name}:Engine\n`);
  fs.copyFileSync(translator, path.join(sitePackages(), path.basename(translator)));
}

function writeJson(file, value) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
