"""Executes a notebook in its own folder and prints it with its outputs as JSON; exits with 1 when a cell fails."""

import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

notebook = nbformat.read(sys.argv[1], as_version=4)
for cell in notebook.cells:
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
client = NotebookClient(notebook, timeout=600, kernel_name="tslab", resources={"metadata": {"path": sys.argv[2]}})
try:
    client.execute()
except CellExecutionError as error:
    sys.exit(str(error))
print(nbformat.writes(notebook))
