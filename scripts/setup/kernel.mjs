import fs from "node:fs";
import path from "node:path";
import { npmPackages } from "./packages.mjs";
import { kernelFile, launcher, packageLink, root, venv, windows } from "./paths.mjs";
import { pythonPackages } from "./python.mjs";

const pageConfig = path.join(venv, "etc/jupyter/labconfig/page_config.json");

/** The TypeScript kernel in the Python environment, and the link by which notebooks import this package by its name. */
export const kernel = {
  name: "Jupyter kernel",
  after: [npmPackages.name, pythonPackages.name],
  inputs: () => [process.execPath, root],
  outputs: () => [kernelFile, pageConfig, packageLink],
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
  },
};

function writeJson(file, value) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
