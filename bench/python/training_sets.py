"""What ../training.ts has written for the peers of training: data and initial weights, raw, and their shapes in about.json."""

import json
import sys
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
about = json.loads((folder / "about.json").read_text())
sizes, batch, epochs = about["sizes"], about["batch"], about["epochs"]
tasks = sizes[-1] // 3


def load(name):
    """Features [rows x columns], decisions [rows x T] and targets [rows x 3T], one at each decision."""
    features = np.fromfile(folder / f"{name}.features", np.float32).reshape(-1, sizes[0])
    decisions = np.fromfile(folder / f"{name}.decisions", np.uint8).reshape(-1, tasks)
    targets = np.eye(3, dtype=np.float32)[decisions].reshape(len(decisions), -1)
    return features, decisions, targets


def layers():
    """The initial weights: of each layer the kernel [inputs x units] and the bias."""
    parameters, at, found = np.fromfile(folder / "parameters", np.float32), 0, []
    for inputs, units in zip(sizes, sizes[1:]):
        kernel = parameters[at : at + inputs * units].reshape(inputs, units)
        at += inputs * units
        found.append((kernel, parameters[at : at + units]))
        at += units
    return found
