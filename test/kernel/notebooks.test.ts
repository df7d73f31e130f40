import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { missing, notebookOf, PYTHON } from "./session";

describe("tools that run notebooks", { skip: missing("nbconvert") }, () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "dios-kernel-"));
    notebook("good", "const x: number = 6;", "console.log(x * 7)");
    notebook("throws", "console.log('before')", "throw new RangeError('bad seed 7')", "console.log('after')");
    notebook("mistyped", "const x: number = 'six';");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function notebook(name: string, ...cells: string[]): void {
    writeFileSync(join(folder, `${name}.ipynb`), notebookOf(cells));
  }

  function python(...args: string[]): { status: number | null; text: string } {
    const { status, stdout, stderr } = spawnSync(PYTHON, ["-m", ...args], { cwd: folder, encoding: "utf8" });
    return { status, text: stdout + stderr };
  }

  const nbconvert = (name: string) =>
    python("nbconvert", "--to", "notebook", "--execute", "--output", `${name}-out`, `${name}.ipynb`);

  it("nbconvert executes a notebook, with counts", () => {
    const { status, text } = nbconvert("good");
    assert.equal(status, 0, text);
    const { cells } = JSON.parse(readFileSync(join(folder, "good-out.ipynb"), "utf8"));
    assert.equal([cells[1].outputs[0].text].flat().join(""), "42\n");
    assert.deepEqual([cells[0].execution_count, cells[1].execution_count], [1, 2]);
  });

  it("nbconvert stops at a cell that throws, with the cause and its line", () => {
    const { status, text } = nbconvert("throws");
    assert.notEqual(status, 0);
    assert.match(text, /RangeError: bad seed 7/);
    assert.match(text, /In\[2\]:1:7/);
    assert.doesNotMatch(text, /node_modules\/tslab/);
  });

  it("nbconvert stops at a cell that does not compile", () => {
    const { status, text } = nbconvert("mistyped");
    assert.notEqual(status, 0);
    assert.match(text, /TypeScriptError: Type 'string' is not assignable to type 'number'\./);
  });

  it("nbclient raises the error of the cell, and keeps it in the notebook", () => {
    const script = `
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

notebook = nbformat.read("throws.ipynb", as_version=4)
try:
    NotebookClient(notebook).execute()
except CellExecutionError as error:
    print(error.ename, "|", error.evalue)
print([[output.output_type for output in cell.outputs] for cell in notebook.cells])
`;
    writeFileSync(join(folder, "client.py"), script);
    const { stdout, stderr } = spawnSync(PYTHON, ["client.py"], { cwd: folder, encoding: "utf8" });
    assert.equal(stdout, "RangeError | bad seed 7\n[['stream'], ['error'], []]\n", stderr);
  });

  it("nbmake fails a notebook that throws and passes one that does not", { skip: missing("nbmake") }, () => {
    const good = python("pytest", "-q", "--nbmake", "good.ipynb");
    assert.equal(good.status, 0, good.text);
    const bad = python("pytest", "-q", "--nbmake", "throws.ipynb");
    assert.equal(bad.status, 1, bad.text);
    assert.match(bad.text, /bad seed 7/);
  });
});
