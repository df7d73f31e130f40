"""Decisions of a network for standardised features in NumPy, ONNX Runtime and PyTorch.

    python latency.py FOLDER THREADS

FOLDER has features and weights, raw, and the sizes of the layers in sizes.json (written by ../latency.ts). THREADS is how many a
library gets, 0 its own choice. Reads requests from standard input; see conversation.py.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from conversation import answer_requests
from network import layers

folder, threads = Path(sys.argv[1]), int(sys.argv[2])
sizes = json.loads((folder / "sizes.json").read_text())
tasks = sizes[-1] // 3
features = np.fromfile(folder / "features", np.float32).reshape(-1, sizes[0])


def numpy_forward():
    *hidden, (last_kernel, last_bias) = layers(folder, sizes)

    def forward(rows):
        for kernel, bias in hidden:
            rows = rows @ kernel
            rows += bias
            np.maximum(rows, 0, out=rows)
        return rows @ last_kernel + last_bias

    return forward


def onnx_forward():
    nodes, constants, signal = [], [], "features"
    for index, (kernel, bias) in enumerate(layers(folder, sizes)):
        constants += [numpy_helper.from_array(kernel, f"kernel{index}"), numpy_helper.from_array(bias, f"bias{index}")]
        nodes.append(helper.make_node("Gemm", [signal, f"kernel{index}", f"bias{index}"], [f"sums{index}"]))
        signal = f"sums{index}"
        if index < len(sizes) - 2:
            nodes.append(helper.make_node("Relu", [signal], [f"rectified{index}"]))
            signal = f"rectified{index}"
    value = lambda name, units: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", units])
    graph = helper.make_graph(nodes, "network", [value("features", sizes[0])], [value(signal, sizes[-1])], constants)
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda rows: session.run(None, {"features": rows})[0]


def torch_forward():
    if threads:
        torch.set_num_threads(threads)
    modules = []
    for kernel, bias in layers(folder, sizes):
        layer = torch.nn.Linear(*kernel.shape)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(kernel.T.copy()))
            layer.bias.copy_(torch.from_numpy(bias.copy()))
        modules += [layer, torch.nn.ReLU()]
    model = torch.nn.Sequential(*modules[:-1]).eval()
    model = torch.jit.freeze(torch.jit.trace(model, torch.from_numpy(features[:1])))

    @torch.inference_mode()
    def forward(rows):
        return model(torch.from_numpy(rows)).numpy()

    return forward


forwards = {"NumPy": numpy_forward(), "ONNX Runtime": onnx_forward(), "PyTorch jit": torch_forward()}


def outputs(peer, rows):
    """Sums of the last layer, one row at a time."""
    return np.concatenate([forwards[peer](features[k : k + 1]) for k in range(rows)]).ravel().tolist()


def decide(forward, rows):
    return forward(rows).reshape(-1, tasks, 3).argmax(2)


def latencies(peer, calls):
    """Microseconds of decisions for one row at a time."""
    forward, times = forwards[peer], []
    for call in range(calls):
        row = features[call % len(features)][None]
        start = time.perf_counter_ns()
        decide(forward, row)
        times.append((time.perf_counter_ns() - start) / 1000)
    return times


def batch_seconds(peer):
    """Seconds for the decisions of all rows at once."""
    start = time.perf_counter()
    decide(forwards[peer], features)
    return time.perf_counter() - start


answer_requests(names=lambda: list(forwards), outputs=outputs, latencies=latencies, batch_seconds=batch_seconds)
