import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "../../src/version";
import { missing, PYTHON } from "../kernel/session";
import { temporaryFolder } from "../support";

const FOLDER = path.join(ROOT, "notebooks");
const names = fs.readdirSync(FOLDER).filter((name) => name.endsWith(".ipynb"));
const read = (file: string) => JSON.parse(fs.readFileSync(file, "utf8"));

const KERNELSPEC = { display_name: "TypeScript", language: "typescript", name: "tslab" };

describe("what is committed of a notebook", () => {
  for (const name of names) {
    const { metadata, cells, nbformat, nbformat_minor } = read(path.join(FOLDER, name));

    it(`${name} says its kernel and language, and nothing else`, () => {
      assert.deepEqual([nbformat, nbformat_minor], [4, 5]);
      assert.deepEqual(Object.keys(metadata).sort(), ["kernelspec", "language_info"]);
      assert.deepEqual(metadata.kernelspec, KERNELSPEC);
      assert.equal(metadata.language_info.name, "typescript");
    });

    it(`${name} has cells with names that stay, and no metadata but the tag of its parameters`, () => {
      const ids: string[] = cells.map(({ id }: { id: string }) => id);
      assert.equal(new Set(ids).size, ids.length);
      for (const id of ids) assert.match(id, new RegExp(`^${name.slice(0, 2)}-[a-z0-9-]+$`));
      for (const { id, metadata } of cells) {
        assert.deepEqual(metadata, id.endsWith("-parameters") ? { tags: ["parameters"] } : {}, id);
      }
    });

    it(`${name} has outputs that last: none is alive in a kernel`, () => {
      for (const { outputs = [] } of cells) {
        for (const { metadata, data, transient } of outputs) {
          assert.deepEqual([metadata ?? {}, transient], [{}, undefined]);
          assert.equal(data?.["application/vnd.jupyter.widget-view+json"], undefined);
        }
      }
    });
  }
});

describe("scripts/clean-notebooks.py", { skip: missing() }, () => {
  const clean = (...files: string[]) => {
    const script = path.join(ROOT, "scripts", "clean-notebooks.py");
    const { status, stdout, stderr } = spawnSync(PYTHON, [script, ...files], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return stdout;
  };

  it("finds nothing to do in the committed notebooks", () => {
    const folder = temporaryFolder();
    const copies = names.map((name) => path.join(folder, name));
    names.forEach((name, k) => {
      fs.copyFileSync(path.join(FOLDER, name), copies[k] as string);
    });
    assert.equal(clean(...copies), "");
  });

  it("brings a notebook that ran and was saved with widgets back to what is worth keeping", () => {
    const file = path.join(temporaryFolder(), "ran.ipynb");
    const view = { "application/vnd.jupyter.widget-view+json": { model_id: "4f" } };
    const cell = (outputs: object[], metadata: object) => ({
      cell_type: "code",
      execution_count: 1,
      id: "a",
      metadata,
      outputs,
      source: ["1"],
    });
    const result = (data: object) => ({ data, metadata: {}, output_type: "display_data" });
    const notebook = (cells: object[], more: object = {}) => ({
      cells,
      metadata: { kernelspec: KERNELSPEC, ...more },
      nbformat: 4,
      nbformat_minor: 5,
    });
    const ran = notebook(
      [
        cell([result({ ...view, "text/plain": ["a slider"] })], {
          execution: { "iopub.status.busy": "2026-11-24T08:30:27.675000Z" },
          papermill: { duration: 2 },
          tags: ["parameters"],
        }),
        cell([result(view)], { tags: [] }),
      ],
      { papermill: { duration: 3 }, widgets: { state: {} } },
    );
    fs.writeFileSync(file, JSON.stringify(ran));
    assert.match(clean(file), /^cleaned .*ran\.ipynb\n$/);
    assert.deepEqual(
      read(file),
      notebook([cell([result({ "text/plain": ["a slider"] })], { tags: ["parameters"] }), cell([result(view)], {})]),
    );
    assert.equal(clean(file), "");
  });
});

describe("nbdime", { skip: missing("nbdime") || process.platform === "win32" }, () => {
  const venv = path.dirname(PYTHON);

  /** Two versions of notebook 1: another seed, and what a run leaves behind. */
  function versions(folder: string): [string, string] {
    const [before, after] = [path.join(folder, "before.ipynb"), path.join(folder, "after.ipynb")];
    fs.copyFileSync(path.join(FOLDER, "01-cost-model.ipynb"), before);
    const notebook = read(before);
    for (const cell of notebook.cells) {
      cell.metadata.execution = { "iopub.status.busy": "2026-11-24T08:30:27.675000Z" };
      cell.source = cell.source.map((line: string) => line.replace("let seed = 1;", "let seed = 2;"));
    }
    fs.writeFileSync(after, JSON.stringify(notebook));
    return [before, after];
  }

  const changed = (text: string) => text.split("\n").filter((line) => /^[-+](?![-+])/.test(line));

  it("shows the changed line of a cell, and not the metadata of runs", () => {
    const options = ["--ignore-metadata", "--no-color", ...versions(temporaryFolder())];
    const { stdout, stderr } = spawnSync(path.join(venv, "nbdiff"), options, { encoding: "utf8" });
    assert.deepEqual(changed(stdout), ["-let seed = 1;", "+let seed = 2;"], stdout + stderr);
  });

  it("does so in `git diff`, set up as environment.md says", () => {
    const folder = temporaryFolder();
    const [before, after] = versions(folder);
    const git = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync("git", args, { cwd: folder, encoding: "utf8" });
      assert.equal(status, 0, stderr);
      return stdout;
    };
    git("init", "--quiet");
    git("config", "diff.notebooks.command", `"${venv}/git-nbdiffdriver" diff --ignore-metadata --no-color`);
    fs.writeFileSync(path.join(folder, ".git/info/attributes"), "*.ipynb diff=notebooks\n");
    git("add", "before.ipynb");
    fs.renameSync(after, before);
    const shown = git("diff");
    assert.deepEqual(changed(shown), ["-let seed = 1;", "+let seed = 2;"], shown);
  });
});
