import { npm } from "./command.mjs";
import { inRoot } from "./paths.mjs";
import { contents } from "./runner.mjs";

/** The npm packages of package-lock.json. Install scripts are left out: the only one needed is TensorFlow's, a step of its own. */
export const npmPackages = {
  name: "npm packages",
  inputs: () => [contents(inRoot("package-lock.json"))],
  outputs: () => [inRoot("node_modules/.package-lock.json")],
  run: async () => {
    await npm(["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"], {
      log: "npm",
    });
  },
};
