import { run } from "./command.mjs";
import { npmPackages } from "./packages.mjs";
import { inRoot } from "./paths.mjs";
import { contents } from "./runner.mjs";

const sources = ["tsconfig.json", "package-lock.json", "src", "test", "bench", "docs/examples"];

/** The TypeScript sources compiled into `build/`. The compiler is named in full: `node_modules/.bin/tsc` is tslab's older one. */
export const build = {
  name: "Build",
  after: [npmPackages.name],
  inputs: () => [contents(...sources.map((name) => inRoot(name)))],
  outputs: () => [inRoot("build/.tsbuildinfo")],
  run: async () => {
    await run(process.execPath, [inRoot("node_modules/typescript/bin/tsc"), "--project", inRoot("tsconfig.json")], {
      log: "build",
    });
  },
};
