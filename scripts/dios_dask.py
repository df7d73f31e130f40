"""Does jobs of dios-lab on a Dask cluster.

Run by the lab (src/lab/jobs/dask.ts) as `python dios_dask.py ADDRESS`: a first line on standard input says what is common to all jobs, each
further one is a job; standard output gives their answers, in the form of src/lab/jobs/protocol.ts. The same file goes to the workers,
where `perform` asks the lab's own command line, `dios worker`, to do a job.

On a worker DIOS_LAB names the folder of the lab (default: the same as here), DIOS_NODE the program node, DIOS_THREADS the cores that
a job may use (default: 1), and DIOS_SHARED=0 says that results are to come by content although the worker sees the folder they go
to: in a network file system a file may be seen late.
"""

import collections
import contextlib
import hashlib
import importlib
import json
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading

import distributed

# ---------------------------------------------------------------- on the workers

# The processes that wait for a job. A worker that is sent this file again keeps them.
_idle = globals().get("_idle") or queue.LifoQueue()


class WrongVersion(Exception):
    """A worker (first argument: its address) has another lab than the one that asks (second: what is wrong with it)."""


def perform(job, common):
    """Does a job on this worker: (answer, [bytes of each of its files]). A job that cannot be done raises."""
    process = _take(common) or _start(common, distributed.get_worker())
    request = {"id": 0, "job": job}
    # What lies in the folder of the one who asks, and only there, shows that this worker has the same file system.
    if os.environ.get("DIOS_SHARED") != "0" and os.path.exists(common["marker"]):
        request["out"] = common["out"]
    try:
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        answer = {"share": 0}
        while "share" in answer:
            answer = json.loads(process.stdout.readline())
        contents = [process.stdout.read(size) for _, size in answer.get("files", [])]
        if [len(content) for content in contents] != [size for _, size in answer.get("files", [])]:
            raise EOFError
    except (ValueError, EOFError, BrokenPipeError) as error:
        raise RuntimeError(f"its process on the worker ended with {process.wait()}: {_last_words(process)}") from error
    _idle.put(process)
    if "error" in answer and not answer["input"]:
        raise RuntimeError(answer["error"])
    return answer, contents


def first_look(common, dask_worker):
    """Raises when this worker cannot do jobs; else there is a process ready for the first one."""
    _idle.put(_take(common) or _start(common, dask_worker))


def _take(common):
    """A process that waits, if there is one with the right code: the lab may have been changed since it was started."""
    while True:
        try:
            process = _idle.get_nowait()
        except queue.Empty:
            return None
        if process.code == common["code"]:
            return process
        process.stdin.close()


def _start(common, worker):
    lab = pathlib.Path(os.environ.get("DIOS_LAB", common["lab"]))
    program = lab / "build" / "src" / "cli" / "main.js"
    if not program.exists():
        raise WrongVersion(worker.address, f"there is no dios-lab in {lab} (DIOS_LAB on a worker names its folder)")
    scratch = worker.local_directory
    words = tempfile.TemporaryFile()
    process = subprocess.Popen(
        [os.environ.get("DIOS_NODE", "node"), str(program), "worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=words,
        env={"DIOS_THREADS": "1", **os.environ, "TMPDIR": scratch, "TEMP": scratch},
        cwd=scratch,
    )
    process.words = words
    process.code = common["code"]
    try:
        own = json.loads(process.stdout.readline())
    except ValueError:
        raise RuntimeError(f"dios-lab in {lab} did not start: {_last_words(process)}") from None
    if (own["version"], own["code"]) != (common["version"], common["code"]):
        process.stdin.close()
        has = f"it has dios-lab {own['version']} with code {own['code']}"
        raise WrongVersion(worker.address, f"{has}; allowed: {common['version']} with code {common['code']}")
    return process


def _last_words(process):
    process.words.seek(0)
    lines = process.words.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


# ---------------------------------------------------------------- where the lab is run

# How often a job is begun that raises.
TRIES = 3

GONE = "the scheduler is gone"


def main(address):
    common = json.loads(sys.stdin.readline())
    try:
        client = distributed.Client(address, set_as_default=False, name="dios-lab")
    except (OSError, ValueError, TypeError, ImportError) as error:
        say({"fatal": f"dask is {address}, where no scheduler answers: {in_a_line(error)}; allowed: the address of one that does"})
        return
    try:
        with client:
            fatal = do_jobs(client, uploaded(client), common)
    except distributed.comm.CommClosedError:
        # What was under way has noticed it before the client did.
        fatal = GONE
    if fatal:
        say({"fatal": f"{fatal} (Dask scheduler {address})"})


def do_jobs(client, module, common):
    """Answers the jobs that come on standard input until it ends. Returns why that cannot go on, if so."""
    events = queue.SimpleQueue()
    threading.Thread(target=read_jobs, args=[events], daemon=True).start()
    refused = set()
    waiting = collections.deque()  # (identifier, job)
    running = {}  # identifier: (job, future, the workers that may do it or None for all)
    begun = collections.Counter()

    def refuse(worker, reason):
        if worker not in refused:
            refused.add(worker)
            say({"notice": f"the Dask worker {worker} is not used: {reason}."})

    def workers():
        return client.scheduler_info()["workers"]

    def submit_waiting():
        # More results at once than keep the cluster busy might not fit into its memory.
        now = workers()
        most = 2 * max(4, sum(worker["nthreads"] for worker in now.values()))
        # As long as no worker is refused, one that joins later is used too.
        allowed = set(now) - refused if refused else None
        while waiting and len(running) < most and allowed != set():
            identifier, job = waiting.popleft()
            chosen = {} if allowed is None else {"workers": list(allowed), "allow_other_workers": False}
            future = client.submit(module.perform, job, common, pure=False, **chosen)
            running[identifier] = (job, future, allowed)
            future.add_done_callback(lambda _, identifier=identifier: events.put(("ended", identifier)))

    def finish(identifier):
        job, future, _ = running.pop(identifier)
        if future.status == "finished":
            answer, contents = future.result()
            say({**answer, "id": identifier}, contents)
            return
        if future.status == "error":
            error = future.exception()
            if type(error).__name__ == "WrongVersion":
                refuse(*error.args)
            else:
                # KilledWorker: the scheduler has tried it on others already.
                begun[identifier] += TRIES if type(error).__name__ == "KilledWorker" else 1
            if begun[identifier] >= TRIES:
                say({"id": identifier, "error": in_a_line(error), "input": False})
                return
        waiting.append((identifier, job))

    for worker, error in client.run(module.first_look, common, on_error="return").items():
        if isinstance(error, BaseException):
            refuse(worker, in_a_line(error.args[-1] if error.args else error))
    ended = False
    while not ended or waiting or running:
        with contextlib.suppress(queue.Empty):
            kind, payload = events.get(timeout=1)
            if kind == "job":
                waiting.append(payload)
            elif kind == "ended":
                finish(payload)
            else:
                ended = True
        if client.status == "closed":
            return GONE
        if client.status != "running" or not events.empty():
            continue
        now = set(workers())
        if now and now <= refused:
            return "no worker can be used"
        for _, future, allowed in running.values():
            if allowed is not None and not allowed & now:
                future.cancel()
        submit_waiting()
    return None


def read_jobs(events):
    for line in sys.stdin:
        request = json.loads(line)
        events.put(("job", (request["id"], request["job"])))
    events.put(("end", None))


def say(answer, contents=()):
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    for content in contents:
        sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def uploaded(client):
    """This file as a module that all workers have, those too that join later; under a name that no other version of it takes away."""
    own = pathlib.Path(__file__)
    name = f"dios_dask_{hashlib.sha256(own.read_bytes()).hexdigest()[:12]}"
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(own, os.path.join(folder, f"{name}.py"))
        sys.path.insert(0, folder)
        module = importlib.import_module(name)
        sys.path.remove(folder)
        client.upload_file(copy)
    return module


def in_a_line(error):
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


if __name__ == "__main__":
    main(sys.argv[1])
