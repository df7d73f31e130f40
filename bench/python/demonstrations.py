"""The peers of the demonstrations: the same pipeline from seed to file (states, cost tables, optimal decisions, features, Arrow) in
NumPy and numba, for a scenario of independent branches.

    python demonstrations.py FILE

FILE is a data set of `dios generate`. Each solver first has to find its decisions and costs in FILE's states, bit for bit. Then
reads requests from standard input; see conversation.py.
"""

import json
import os
import sys
import tempfile
import time
from types import SimpleNamespace

import numba
import numpy as np
import pyarrow as pa
import pyarrow.feather as feather

from conversation import answer_requests

GRID = 2.0**30
LOWEST_EFFICIENCY = 0.1523
DEVICE = -1


class Graph:
    """Independent chains, numbered level by level; dependencies between sub-tasks, then from the device, then to it."""

    def __init__(self, tasks, branches):
        self.tasks, self.branches = tasks, branches
        edges = [(task - branches, task) for task in range(branches, tasks)]
        edges += [(DEVICE, task) for task in range(branches)]
        edges += [(task, DEVICE) for task in range(tasks - branches, tasks)]
        self.source, self.target = np.array(edges).T
        self.inner = tasks - branches
        self.grantee = np.where(self.target == DEVICE, self.source, self.target)
        # Each sub-task has one input: the dependency that leads to it.
        self.input = np.array([int(np.flatnonzero(self.target == task)[0]) for task in range(tasks)])


def sample(scenario, graph, count, rng):
    """States as a structure of arrays, float32 where real, as they are stored."""
    application, radio = scenario["application"], scenario["radio"]
    links, tasks = len(graph.source), graph.tasks
    return SimpleNamespace(
        data_bytes=rng.uniform(*application["dataBytes"], (count, links)).astype(np.float32),
        cycles_per_byte=rng.uniform(*application["cyclesPerByte"], (count, tasks)).astype(np.float32),
        subcarriers=rng.integers(*radio["subcarriersGranted"], (count, tasks), np.uint16, endpoint=True),
        cores=rng.integers(*scenario["edge"]["coresGranted"], (count, tasks), np.uint16, endpoint=True),
        gains=rng.exponential(1, (count, tasks)).astype(np.float32),
        wired_delay_s=rng.uniform(*scenario["wired"]["delayS"], count).astype(np.float32),
    )


def rates_of(scenario, states):
    """[count x T] bit/s in flat fading."""
    radio = scenario["radio"]
    snr = 10 ** (radio["meanSnrDb"] / 10)
    efficiency = np.maximum(np.log2(1 + snr * states.gains.astype(np.float64)), LOWEST_EFFICIENCY)
    return states.subcarriers * (radio["bandwidthHz"] / radio["subcarriers"]) * efficiency


def exact(values):
    """Rounded to 2^-30, in place, so that sums are exact in any order."""
    values *= GRID
    values += 0.5
    np.floor(values, out=values)
    values /= GRID
    return values


def cost_tables(scenario, graph, states, rates):
    """Execution [count x T x 3], radio [count x E], wired [count x E]."""
    device, edge, prices = scenario["device"], scenario["edge"], scenario["prices"]
    core_share = states.cores / edge["cores"]
    band_share = states.subcarriers / scenario["radio"]["subcarriers"]
    band_price = prices["radioPerGrant"] * band_share
    data_bytes = states.data_bytes.astype(np.float64)
    cycles = states.cycles_per_byte * data_bytes[:, graph.input]
    joules_per_second = device["capacitance"] * device["clockHz"] ** 3
    execution = np.empty((*cycles.shape, 3))
    execution[..., 0] = (prices["perSecond"] + prices["localPerJoule"] * joules_per_second) * (cycles / device["clockHz"])
    execution[..., 1] = (
        (prices["perSecond"] + prices["edgePerSecond"] * core_share) * (cycles / (states.cores * float(edge["coreHz"])))
        + prices["edgePerGrant"] * core_share
        + band_price
    )
    execution[..., 2] = (prices["perSecond"] + prices["cloudPerSecond"]) * (
        cycles / scenario["cloud"]["clockHz"]
    ) + band_price
    bits = 8 * data_bytes
    radio = (prices["perSecond"] + prices["radioPerSecond"] * band_share[:, graph.grantee]) * (
        bits / rates[:, graph.grantee]
    )
    wired = (prices["perSecond"] + prices["wiredPerSecond"]) * (
        states.wired_delay_s[:, None].astype(np.float64) + bits / scenario["wired"]["rateBitPerS"]
    )
    return exact(execution), exact(radio), exact(wired)


def features_of(states, rates):
    """[count x (E + 4T + 1)] float32."""
    log10 = lambda values: np.log10(np.maximum(values, 1))
    columns = [log10(states.data_bytes), log10(states.cycles_per_byte), log10(rates)]
    columns += [states.subcarriers, states.cores, states.wired_delay_s[:, None]]
    return np.concatenate([np.asarray(column, np.float32) for column in columns], axis=1)


class NumpyExhaustive:
    """All 3^T plans as one matrix product: each row of `plans` says which entries of the tables a plan adds up."""

    name = "NumPy, exhaustive"

    def __init__(self, graph):
        self.sites = np.indices((3,) * graph.tasks).reshape(graph.tasks, -1).astype(np.uint8)
        sites = np.vstack([self.sites, np.zeros_like(self.sites[:1])])  # the device, at index -1, is local
        source, target = sites[graph.source], sites[graph.target]
        execution = [self.sites == site for site in range(3)]
        self.plans = np.vstack(
            [
                np.stack(execution, axis=1).reshape(3 * graph.tasks, -1),
                (source != target) & ((source == 0) | (target == 0)),
                (source != target) & ((source == 2) | (target == 2)),
            ]
        ).astype(np.float64)

    def solve(self, execution, radio, wired):
        count = len(execution)
        decisions = np.empty((count, len(self.sites)), np.uint8)
        costs = np.empty(count)
        for at in range(0, count, 1000):
            rows = slice(at, min(at + 1000, count))
            tables = np.concatenate([execution[rows].reshape(rows.stop - at, -1), radio[rows], wired[rows]], axis=1)
            totals = tables @ self.plans
            best = totals.argmin(axis=1)
            decisions[rows] = self.sites[:, best].T
            costs[rows] = totals[np.arange(len(best)), best]
        return decisions, costs


class NumpyDynamicProgramming:
    """From the last level of the branches to the first, all states and branches at once."""

    name = "NumPy, dynamic programming"

    def __init__(self, graph):
        self.graph = graph

    def solve(self, execution, radio, wired):
        graph, count = self.graph, len(execution)
        width, levels = graph.branches, graph.tasks // graph.branches
        first_output = graph.inner + width
        below = np.zeros((count, width, 3))
        below[..., 1] = radio[:, first_output:]
        below[..., 2] = radio[:, first_output:] + wired[:, first_output:]
        choices = []
        for level in range(levels - 1, 0, -1):
            here = below + execution[:, level * width : (level + 1) * width]
            links = slice((level - 1) * width, level * width)
            r, w = radio[:, links], wired[:, links]
            local, edge, cloud = here[..., 0], here[..., 1], here[..., 2]
            # [site before][site here]
            options = [
                [local, edge + r, cloud + (r + w)],
                [local + r, edge, cloud + w],
                [local + (r + w), edge + w, cloud],
            ]
            below = np.empty_like(here)
            choice = np.empty(here.shape, np.uint8)
            for before, (a, b, c) in enumerate(options):
                below[..., before] = np.minimum(np.minimum(a, b), c)
                choice[..., before] = np.where((a <= b) & (a <= c), 0, np.where(b <= c, 1, 2))
            choices.append(choice)
        here = below + execution[:, :width]
        r, w = radio[:, graph.inner : first_output], wired[:, graph.inner : first_output]
        here[..., 1] += r
        here[..., 2] += r + w
        site = here.argmin(axis=2)
        decisions = np.empty((count, graph.tasks), np.uint8)
        decisions[:, :width] = site
        for level, choice in enumerate(reversed(choices), start=1):
            site = np.take_along_axis(choice, site[..., None], axis=2)[..., 0].astype(np.intp)
            decisions[:, level * width : (level + 1) * width] = site
        return decisions, here.min(axis=2).sum(axis=1)


@numba.njit(cache=False)
def exhaustive_search(execution, radio, wired, source, target, decisions, costs):
    """All 3^T plans of each state in lexicographic order; of equal ones the first wins."""
    count, tasks, _ = execution.shape
    links = len(source)
    plan = np.zeros(tasks + 1, np.int64)  # the device, at index -1, is local
    for k in range(count):
        best = np.inf
        plan[:] = 0
        for _ in range(3**tasks):
            total = 0.0
            for task in range(tasks):
                total += execution[k, task, plan[task]]
            for link in range(links):
                a, b = plan[source[link]], plan[target[link]]
                if a != b:
                    if a == 0 or b == 0:
                        total += radio[k, link]
                    if a == 2 or b == 2:
                        total += wired[k, link]
            if total < best:
                best = total
                for task in range(tasks):
                    decisions[k, task] = plan[task]
            task = tasks - 1
            while task >= 0 and plan[task] == 2:
                plan[task] = 0
                task -= 1
            if task >= 0:
                plan[task] += 1
        costs[k] = best


class NumbaExhaustive:
    name = "numba, exhaustive"

    def __init__(self, graph):
        # The device's -1 as the index of the last entry of a plan: numba need not look for negative ones.
        self.source = np.where(graph.source == DEVICE, graph.tasks, graph.source)
        self.target = np.where(graph.target == DEVICE, graph.tasks, graph.target)

    def solve(self, execution, radio, wired):
        decisions = np.empty(execution.shape[:2], np.uint8)
        costs = np.empty(len(execution))
        exhaustive_search(execution, radio, wired, self.source, self.target, decisions, costs)
        return decisions, costs


def store(file, states, features, decisions, costs):
    def column(values):
        flat = pa.array(values.reshape(-1))
        return flat if values.ndim == 1 else pa.FixedSizeListArray.from_arrays(flat, values.shape[1])

    columns = {**vars(states), "features": features, "decisions": decisions, "cost": costs}
    table = pa.table({name: column(values) for name, values in columns.items()})
    feather.write_feather(table, file, compression="uncompressed", chunksize=10_000)


def load(file):
    """Scenario, states, decisions and costs of a data set of `dios generate`."""
    table = feather.read_table(file)
    scenario = json.loads(table.schema.metadata[b"dios.scenario"])

    def column(name):
        array = table[name].combine_chunks()
        if pa.types.is_fixed_size_list(array.type):
            return array.flatten().to_numpy().reshape(len(array), array.type.list_size)
        return array.to_numpy()

    names = ["data_bytes", "cycles_per_byte", "subcarriers", "cores", "gains", "wired_delay_s"]
    states = SimpleNamespace(**{name: column(name) for name in names})
    return scenario, states, column("features"), column("decisions"), column("cost")


def main(file):
    scenario, states, features, decisions, costs = load(file)
    application = scenario["application"]
    assert application["topology"] == "branches" and scenario["radio"]["fading"] == "flat", "a peer of this scenario is not written"
    graph = Graph(application["subTasks"], application["branches"])
    solvers = [peer(graph) for peer in (NumpyExhaustive, NumpyDynamicProgramming, NumbaExhaustive)]

    rates = rates_of(scenario, states)
    tables = cost_tables(scenario, graph, states, rates)
    np.testing.assert_allclose(features_of(states, rates), features, rtol=1e-6)
    for solver in solvers:
        found, totals = solver.solve(*tables)
        np.testing.assert_array_equal(found, decisions, err_msg=solver.name)
        np.testing.assert_array_equal(totals, costs, err_msg=solver.name)

    def timings(run, count):
        """Seconds of each pipeline for so many states of the scenario, and of its solver alone."""
        found = []
        with tempfile.TemporaryDirectory() as folder:
            for solver in solvers:
                start = time.perf_counter()
                states = sample(scenario, graph, count, np.random.default_rng(run))
                rates = rates_of(scenario, states)
                tables = cost_tables(scenario, graph, states, rates)
                solving = time.perf_counter()
                decisions, costs = solver.solve(*tables)
                solved = time.perf_counter()
                store(os.path.join(folder, "peer.arrow"), states, features_of(states, rates), decisions, costs)
                end = time.perf_counter()
                found.append({"name": solver.name, "seed to file": end - start, "optimum": solved - solving})
        return found

    answer_requests(timings=timings)


if __name__ == "__main__":
    main(sys.argv[1])
