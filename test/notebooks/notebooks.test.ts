import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { ROOT } from "../../src/version";

const FOLDER = path.join(ROOT, "notebooks");
const PYTHON = path.join(
  ROOT,
  ".venv",
  ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]),
);

interface Output {
  output_type: string;
  data?: Record<string, unknown>;
  text?: string | string[];
}

interface Cell {
  cell_type: string;
  execution_count: number | null;
  source: string | string[];
  outputs: Output[];
}

const notebooks = fs.readdirSync(FOLDER).filter((name) => name.endsWith(".ipynb"));

/** Data and figures of the quick runs; shared, as the notebooks share what they make. */
const out = fs.mkdtempSync(path.join(os.tmpdir(), "dios-notebooks-"));
test.after(() => fs.rmSync(out, { recursive: true }));

function execute(name: string): Cell[] {
  const { status, stdout, stderr } = spawnSync(
    PYTHON,
    [path.join(ROOT, "test", "notebooks", "execute.py"), path.join(FOLDER, name), FOLDER],
    { encoding: "utf8", env: { ...process.env, DIOS_QUICK: "1", DIOS_OUT: out }, maxBuffer: 1 << 28 },
  );
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout).cells;
}

/** The notebook as it is committed. */
function committed(name: string): Cell[] {
  return JSON.parse(fs.readFileSync(path.join(FOLDER, name), "utf8")).cells;
}

function codeCells(cells: Cell[]): Cell[] {
  return cells.filter(({ cell_type }) => cell_type === "code");
}

function outputsOf(cells: Cell[]): Output[] {
  return codeCells(cells).flatMap(({ outputs }) => outputs);
}

/** Figures among the outputs: Plotly for JupyterLab and SVG for the rest, in one output. */
function figuresIn(cells: Cell[]): Output[] {
  return outputsOf(cells).filter(({ data }) => data?.["application/vnd.plotly.v1+json"]);
}

/** Widgets that show figures: alive in JupyterLab, a picture for the rest. Only the picture is committed. */
function widgetsIn(cells: Cell[]): Output[] {
  return outputsOf(cells).filter(({ data }) => data?.["image/svg+xml"] && !data["application/vnd.plotly.v1+json"]);
}

function tablesIn(cells: Cell[]): string[] {
  return outputsOf(cells)
    .map(({ data }) => String(data?.["text/html"] ?? ""))
    .filter((html) => html.startsWith("<table>"));
}

function resultsIn(cells: Cell[]): string[] {
  return outputsOf(cells)
    .filter(({ output_type }) => output_type === "execute_result")
    .map(({ data }) => String(data?.["text/plain"]));
}

/** Figures, tables and widgets with figures that each notebook shows. */
const SHOWS: Record<string, { figures: number; tables: number; widgets?: number }> = {
  "01-cost-model.ipynb": { figures: 2, tables: 2 },
  "02-demonstrations.ipynb": { figures: 1, tables: 2 },
  "03-training.ipynb": { figures: 1, tables: 1 },
  "04-figure-3-accuracy.ipynb": { figures: 1, tables: 1 },
  "05-figure-4-cost.ipynb": { figures: 1, tables: 1 },
  "06-figure-5-execution-time.ipynb": { figures: 1, tables: 1 },
  "07-paper-table.ipynb": { figures: 2, tables: 2 },
  "08-cost-model-explorer.ipynb": { figures: 0, tables: 0, widgets: 2 },
  "09-training-explorer.ipynb": { figures: 2, tables: 2, widgets: 1 },
  "10-scaling.ipynb": { figures: 9, tables: 3 },
  "11-table-1-measured.ipynb": { figures: 1, tables: 3 },
  "12-compression.ipynb": { figures: 3, tables: 4 },
  "13-transfer.ipynb": { figures: 2, tables: 3 },
  "14-beyond-behavioural-cloning.ipynb": { figures: 3, tables: 5 },
  "15-many-users.ipynb": { figures: 3, tables: 5 },
  "16-calibration.ipynb": { figures: 1, tables: 3 },
  "17-what-the-paper-leaves-open.ipynb": { figures: 5, tables: 1 },
  "18-applications.ipynb": { figures: 5, tables: 2 },
  "19-real-radio.ipynb": { figures: 2, tables: 2 },
  "20-any-size.ipynb": { figures: 4, tables: 0 },
  "21-energy-and-deadlines.ipynb": { figures: 2, tables: 4 },
  "22-beyond-one-machine.ipynb": { figures: 2, tables: 3 },
};

test("every notebook is in the table of what notebooks show", () => {
  assert.deepEqual(notebooks.sort(), Object.keys(SHOWS));
});

for (const [name, { figures, tables, widgets = 0 }] of Object.entries(SHOWS)) {
  test(`${name} runs from top to bottom and shows its figures and tables`, () => {
    const cells = execute(name);
    assert.equal(figuresIn(cells).length, figures);
    assert.equal(tablesIn(cells).length, tables);
    assert.equal(widgetsIn(cells).length, widgets);
    for (const { data } of widgetsIn(cells)) assert.ok(data?.["application/vnd.jupyter.widget-view+json"]);
    for (const { data } of [...figuresIn(cells), ...widgetsIn(cells)])
      assert.match(String(data?.["image/svg+xml"]), /^<svg[\s\S]*<\/svg>\s*$/);
    for (const html of tablesIn(cells)) assert.doesNotMatch(html, /NaN|undefined|Infinity/);
    if (name.startsWith("02")) {
      assert.match(resultsIn(cells)[0] as string, /train: 10000, validation: 2000, test: 2000/);
      assert.equal(resultsIn(cells).at(-1), "0", "states in which elimination and exhaustive search disagree");
    }
  });

  test(`${name} is committed as it ran, with its outputs`, () => {
    const cells = codeCells(committed(name));
    assert.deepEqual(
      cells.map(({ execution_count }) => execution_count),
      cells.map((_, i) => i + 1),
    );
    assert.equal(figuresIn(cells).length, figures);
    assert.equal(tablesIn(cells).length, tables);
    assert.equal(widgetsIn(cells).length, widgets);
    for (const { output_type, text } of outputsOf(cells)) {
      assert.notEqual(output_type, "error");
      assert.doesNotMatch(String(text ?? ""), /Warning/);
    }
    assert.doesNotMatch(
      JSON.stringify(cells),
      new RegExp(`${os.homedir()}/|/work/`),
      "a path of the machine it ran on",
    );
  });
}

test("the quick notebooks share what they make: one set of demonstrations and one model of each kind", () => {
  const folders = fs.readdirSync(path.join(out, "data")).filter((name) => name.includes("count-10000"));
  assert.equal(folders.length, 1);
  const made = fs.readdirSync(path.join(out, "data", folders[0] as string));
  for (const name of ["train.arrow", "validation.arrow", "test.arrow", "dios", "sos", "dros", "dios-literal"]) {
    assert.ok(made.includes(name), name);
  }
});
