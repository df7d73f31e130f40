"""Takes out of notebooks what changes with every run and says nothing: times of execution, papermill's notes, the state and the
names of widgets. Cells, outputs, counts and tags stay. `.venv/bin/python scripts/clean-notebooks.py [file...]`; without files,
those in notebooks/. In Python because its JSON is what Jupyter writes, to the last digit."""

import json
import os
import sys
from pathlib import Path

WIDGET = "application/vnd.jupyter.widget-view+json"


def clean(notebook):
    keep(notebook["metadata"], "kernelspec", "language_info")
    for cell in notebook["cells"]:
        keep(cell["metadata"], "tags")
        if cell["metadata"].get("tags") == []:
            del cell["metadata"]["tags"]
        for output in cell.get("outputs", []):
            # A widget lives as long as its kernel. The picture or the text beside it stays.
            if len(output.get("data", {})) > 1:
                output["data"].pop(WIDGET, None)


def keep(metadata, *names):
    for name in set(metadata) - set(names):
        del metadata[name]


for file in [Path(name) for name in sys.argv[1:]] or sorted(Path(__file__).parent.parent.glob("notebooks/*.ipynb")):
    before = file.read_text(encoding="utf-8")
    notebook = json.loads(before)
    clean(notebook)
    after = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if after != before:
        aside = file.with_name(file.name + ".tmp")
        aside.write_text(after, encoding="utf-8", newline="\n")
        os.replace(aside, file)
        print(f"cleaned {file}")
