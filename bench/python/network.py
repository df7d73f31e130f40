"""A network as ../latency.ts and ../training.ts write it for the peers."""

import numpy as np


def layers(folder, sizes):
    """Of each layer the kernel [inputs x units] and the bias."""
    parameters, at, found = np.fromfile(folder / "parameters", np.float32), 0, []
    for inputs, units in zip(sizes, sizes[1:]):
        kernel = parameters[at : at + inputs * units].reshape(inputs, units)
        at += inputs * units
        found.append((kernel, parameters[at : at + units]))
        at += units
    return found
