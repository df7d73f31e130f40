"""Prints the seconds from the start of the kernel to the first figure that a notebook shows.

    python first_figure.py NOTEBOOK

Runs in the lab's own environment.
"""

import sys
import time
from pathlib import Path

import nbformat
from jupyter_client.manager import start_new_kernel

FIGURES = ("application/vnd.plotly.v1+json", "image/png", "image/svg+xml")

notebook = nbformat.read(sys.argv[1], 4)
start = time.perf_counter()
manager, client = start_new_kernel(kernel_name=notebook.metadata.kernelspec.name, cwd=Path(sys.argv[1]).parent)


class Figure(Exception):
    pass


def watch(message):
    if message["msg_type"] == "error":
        sys.exit("\n".join(message["content"]["traceback"]))
    if any(kind in message["content"].get("data", {}) for kind in FIGURES):
        raise Figure


try:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            client.execute_interactive(cell.source, output_hook=watch)
except Figure:
    print(time.perf_counter() - start)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
