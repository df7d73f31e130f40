"""Recomputes what `dios cost --json` printed, from the sampled quantities and the scenario alone, and compares.

Reads {"cost": ..., "scenario": ...} from standard input: the output of `dios cost --json` and of `dios scenario --json`.
Prints how many numbers agree; fails at the first that differs by more than 1e-6. Uses the standard library only.
"""

import itertools
import json
import math
import sys

given = json.load(sys.stdin)
cost, scenario = given["cost"], given["scenario"]
application, device, edge, cloud, radio, wired, prices = (
    scenario[group] for group in ("application", "device", "edge", "cloud", "radio", "wired", "prices")
)
tasks, transfers = cost["subTasks"], cost["transfers"]
T = len(tasks)
SITES = ("local", "edge", "cloud")
agreed = 0


def check(what, printed, expected):
    global agreed
    if isinstance(expected, float):
        same = math.isclose(printed, expected, rel_tol=1e-6, abs_tol=1e-6)
    else:
        same = printed == expected
    if not same:
        sys.exit(f"{what}: printed {printed}, recomputed {expected}")
    agreed += 1


# The graph: k chains beside one another (a single one for topology chain), numbered level by level.
k = {"branches": application["branches"], "chain": 1}[application["topology"]]
edges = [(t - k, t) for t in range(k, T)]
edges += [("device", t) for t in range(k)] + [(t, "device") for t in range(T - k, T)]
check("sub-tasks", T, application["subTasks"])
check("transfers", [(d["from"], d["to"]) for d in transfers], edges)

# The radio.
if "linkBudget" in radio:
    sys.exit("no link budget here")
snr = 10 ** (radio["meanSnrDb"] / 10)
spacing = radio["bandwidthHz"] / radio["subcarriers"]


def rate_of(task):
    n, gains = task["subcarriers"], task["gains"]
    if radio["fading"] == "flat":
        return n * spacing * max(math.log2(1 + snr * gains[0]), 0.1523)
    return sum(spacing * math.log2(1 + snr * gains[subcarrier // 12]) for subcarrier in range(n))


# What each sub-task takes and costs at each site.
seconds, terms = [], []
for t, task in enumerate(tasks):
    name = f"sub-task {t}"
    check(f"{name} number", task["subTask"], t)
    for field, least, most in (
        ("cyclesPerByte", *application["cyclesPerByte"]),
        ("subcarriers", *radio["subcarriersGranted"]),
        ("cores", *edge["coresGranted"]),
    ):
        check(f"{name} {field} in its range", least <= task[field] <= most, True)
    inputs = float(sum(d["bytes"] for d in transfers if d["to"] == t))
    cycles = task["cyclesPerByte"] * inputs
    check(f"{name} inputBytes", task["inputBytes"], inputs)
    check(f"{name} workloadCycles", task["workloadCycles"], cycles)
    check(f"{name} rate", task["rateBitPerS"], rate_of(task))
    n, m = task["subcarriers"] / radio["subcarriers"], task["cores"] / edge["cores"]
    took = (cycles / device["clockHz"], cycles / (task["cores"] * edge["coreHz"]), cycles / cloud["clockHz"])
    joules = device["capacitance"] * device["clockHz"] ** 2 * cycles
    seconds.append(took)
    terms.append(
        (
            {"perSecond": took[0], "localPerJoule": joules},
            {"perSecond": took[1], "edgePerSecond": m * took[1], "edgePerGrant": m, "radioPerGrant": n},
            {"perSecond": took[2], "cloudPerSecond": took[2], "radioPerGrant": n},
        )
    )


def transfer_of(link, plan):
    """Seconds of a transfer, and the quantity that each price is paid for."""
    d = transfers[link]
    ends = {0 if d["from"] == "device" else plan[d["from"]], 0 if d["to"] == "device" else plan[d["to"]]}
    grant = tasks[d["from"] if d["to"] == "device" else d["to"]]
    on_radio = 8 * d["bytes"] / rate_of(grant) if len(ends) == 2 and 0 in ends else 0.0
    on_wire = cost["wiredDelayS"] + 8 * d["bytes"] / wired["rateBitPerS"] if len(ends) == 2 and 2 in ends else 0.0
    share = grant["subcarriers"] / radio["subcarriers"]
    quantities = {"perSecond": on_radio + on_wire, "radioPerSecond": share * on_radio, "wiredPerSecond": on_wire}
    return on_radio + on_wire, quantities


def priced(quantities):
    return {price: prices[price] * float(quantity) for price, quantity in quantities.items()}


def total_of(plan):
    executions = sum(sum(priced(terms[t][plan[t]]).values()) for t in range(T))
    return executions + sum(sum(priced(transfer_of(link, plan)[1]).values()) for link in range(len(transfers)))


def schedule_of(plan):
    """Starts, finishes and the time of the last output: the device runs one sub-task at a time."""
    start, finish, free, end = [0.0] * T, [0.0] * T, 0.0, 0.0
    for t in range(T):
        ready = [
            (0.0 if d["from"] == "device" else finish[d["from"]]) + transfer_of(link, plan)[0]
            for link, d in enumerate(transfers)
            if d["to"] == t
        ]
        start[t] = max(ready + [free if plan[t] == 0 else 0.0])
        finish[t] = start[t] + seconds[t][plan[t]]
        if plan[t] == 0:
            free = finish[t]
        outputs = [transfer_of(link, plan)[0] for link, d in enumerate(transfers) if d["from"] == t and d["to"] == "device"]
        end = max([end, finish[t]] + [finish[t] + output for output in outputs])
    return start, finish, end


def check_terms(what, printed, quantities):
    expected = priced(quantities)
    for price in prices:
        check(f"{what} {price}", printed.get(price, 0.0), expected.get(price, 0.0))
    check(f"{what}: prices known", set(printed) <= set(prices), True)


plan = cost["decisions"]
start, finish, end = schedule_of(plan)
for t, task in enumerate(tasks):
    check(f"sub-task {t} site", task["site"], SITES[plan[t]])
    check(f"sub-task {t} executionS", task["executionS"], seconds[t][plan[t]])
    check(f"sub-task {t} startS", task["startS"], start[t])
    check(f"sub-task {t} finishS", task["finishS"], finish[t])
    check_terms(f"sub-task {t}", task["cost"], terms[t][plan[t]])
for link, d in enumerate(transfers):
    took, quantities = transfer_of(link, plan)
    check(f"transfer {link} from", d["fromSite"], "local" if d["from"] == "device" else SITES[plan[d["from"]]])
    check(f"transfer {link} to", d["toSite"], "local" if d["to"] == "device" else SITES[plan[d["to"]]])
    check(f"transfer {link} grant", d["grantOf"], d["from"] if d["to"] == "device" else d["to"])
    check(f"transfer {link} seconds", d["transferS"], took)
    check_terms(f"transfer {link}", d["cost"], quantities)
check("cost", cost["cost"], total_of(plan))
check("execution time", cost["executionTimeS"], end)
check("wired delay in its range", wired["delayS"][0] - 1e-6 <= cost["wiredDelayS"] <= wired["delayS"][1] + 1e-6, True)

# The optimum, by trying all plans.
best = min(itertools.product(range(3), repeat=T), key=total_of)
check("optimal decisions", cost["optimal"]["decisions"], list(best))
check("optimal cost", cost["optimal"]["cost"], total_of(best))
check("optimal execution time", cost["optimal"]["executionTimeS"], schedule_of(best)[2])
print(agreed)
