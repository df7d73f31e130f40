import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "../../src/version";
import { missing, notebookOf, PYTHON } from "../kernel/session";
import { temporaryFolder } from "../support";

const FOLDER = path.join(ROOT, "notebooks");

interface Cell {
  cell_type: string;
  metadata: { tags?: string[] };
  source: string | string[];
  outputs: { text?: string | string[]; data?: { "text/plain": string | string[] } }[];
}

const cellsOf = (file: string): Cell[] => JSON.parse(fs.readFileSync(file, "utf8")).cells;
const textOf = (text: string | string[] = "") => [text].flat().join("");

/** Runs papermill in the notebooks' folder, as a user does. */
function papermill(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(path.join(path.dirname(PYTHON), "papermill"), args, {
    cwd: FOLDER,
    encoding: "utf8",
    env: { ...process.env, DIOS_QUICK: "1" },
  });
  return { status, text: stdout + stderr };
}

describe("papermill", { skip: missing("papermill") }, () => {
  /** A notebook with these cells, of which the first holds the parameters; below notebooks/ nothing is written. */
  function notebook(...cells: string[]): string {
    const file = path.join(temporaryFolder(), "notebook.ipynb");
    fs.writeFileSync(file, notebookOf(cells, ["parameters"]));
    return file;
  }

  const outputOf = (file: string) => file.replace(/\.ipynb$/, "-out.ipynb");

  it("sets parameters of every type to their values", () => {
    const values = {
      whole: 7,
      negative: -3,
      tiny: 1.5e-9,
      text: 'it\'s "quoted", on `two`\nlines with \\ and ${',
      unicode: "größer ≥ 🚀",
      yes: true,
      no: false,
      nothing: null,
      list: [1, 2.5, "three", [4]],
      dict: { name: "paper", "a key": { deep: [true, null] } },
    };
    const names = Object.keys(values);
    const file = notebook(
      names.map((name) => `let ${name}: unknown;`).join("\n"),
      `console.log(JSON.stringify({ ${names.join(", ")} }));`,
    );
    const { status, text } = papermill(file, outputOf(file), "--parameters_yaml", JSON.stringify(values));
    assert.equal(status, 0, text);
    assert.deepEqual(JSON.parse(textOf(cellsOf(outputOf(file))[2]?.outputs[0]?.text)), values);
  });

  it("is told by the compiler of a value of the wrong type, a parameter that is none, and a constant", () => {
    const file = notebook("let seed = 1;\nconst fixed = 1;", "console.log(seed);");
    const failure = (name: string, value: string) => {
      const { status, text } = papermill(file, outputOf(file), "-p", name, value);
      assert.equal(status, 1);
      return text;
    };
    assert.match(failure("seed", "many"), /Type 'string' is not assignable to type 'number'\./);
    assert.match(failure("sed", "2"), /Cannot find name 'sed'/);
    assert.match(failure("fixed", "2"), /Cannot assign to 'fixed' because it is a constant\./);
  });

  it("lists a notebook's parameters with type, value and meaning", () => {
    const file = notebook(
      'let preset = "paper"; // which\nlet count: number | undefined; // how many; all unless given',
    );
    const { text } = papermill("--help-notebook", file);
    assert.match(text, /preset: Unknown type \(default "paper"\)\s+which\n/);
    assert.match(text, /count: number \| undefined \(default undefined\)\s+how many; all unless given\n/);
  });

  it("runs notebook 1 with another seed, and it prints the state of that seed", () => {
    const file = path.join(temporaryFolder(), "out.ipynb");
    const { status, text } = papermill("01-cost-model.ipynb", file, "-p", "seed", "7");
    assert.equal(status, 0, text);
    const { stdout } = spawnSync(
      process.execPath,
      [path.join(ROOT, "build/src/cli/main.js"), "cost", "--seed=7", "--index=3", "--decisions=0,1,2,0,1,2"],
      { encoding: "utf8" },
    );
    const printed = cellsOf(file).flatMap(({ outputs = [] }) => outputs.map(({ text }) => textOf(text)));
    assert.ok(stdout.length > 1000);
    assert.ok(printed.includes(stdout), "the notebook does not print what `dios cost --seed 7` prints");
  });
});

describe("the notebooks' parameters", () => {
  for (const name of fs.readdirSync(FOLDER).filter((name) => name.endsWith(".ipynb"))) {
    it(`${name} declares them in its first cell of code, with let`, () => {
      const [first, ...others] = cellsOf(path.join(FOLDER, name)).filter(({ cell_type }) => cell_type === "code");
      assert.deepEqual(first?.metadata.tags, ["parameters"]);
      for (const line of textOf(first?.source).split("\n"))
        assert.match(line, /^let \w+(: [^=;]+)?( = .+)?;( \/\/ .+)?$/);
      const declared = [...textOf(first?.source).matchAll(/^let (\w+)/gm)].map(([, parameter]) => parameter);
      const used = others.map(({ source }) => textOf(source)).join("\n");
      for (const parameter of declared) assert.match(used, new RegExp(`\\b${parameter}\\b`));
    });
  }
});
