"""Drives the kernel through jupyter_client for the tests: one JSON command a line on stdin, one JSON answer on stdout.

Requests are sent with `send` (ids come back) and awaited with `finish`, so that a test can interrupt or queue in between.
"""

import json
import os
import subprocess
import sys
import time
from queue import Empty

from jupyter_client.manager import start_new_kernel

TIMEOUT = 60


class Session:
    def __init__(self):
        started = time.time()
        # On the driver's stdout the kernel would mix into the answers, and make it non-blocking, which cuts long ones.
        self.manager, self.client = start_new_kernel(
            kernel_name="tslab", startup_timeout=TIMEOUT, stdout=subprocess.DEVNULL
        )
        self.start_seconds = time.time() - started
        self.published = []  # everything from iopub, in order
        self.replies = {}

    def pump(self, seconds=0.02):
        for channel in (self.client.iopub_channel, self.client.shell_channel, self.client.control_channel):
            try:
                while True:
                    message = channel.get_msg(timeout=seconds)
                    if channel is self.client.iopub_channel:
                        self.published.append(message)
                    else:
                        self.replies[message["parent_header"].get("msg_id")] = message
            except Empty:
                pass

    def until(self, happened):
        deadline = time.time() + TIMEOUT
        while not happened():
            if time.time() > deadline:
                raise TimeoutError(f"published: {[(m['msg_type'], m['content']) for m in self.published]}")
            self.pump()

    def of(self, id):
        return [m for m in self.published if m["parent_header"].get("msg_id") == id]

    def idle(self, id):
        return any(m["content"].get("execution_state") == "idle" for m in self.of(id))

    # Commands.

    def info(self):
        return {"pid": self.manager.provisioner.pid, "startSeconds": self.start_seconds}

    def send(self, codes, options):
        return [self.client.execute(code, **options) for code in codes]

    def send_cell(self, code, cell):
        """Sends a cell as JupyterLab does, with the name that it has there."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = self.client.session.msg("execute_request", content, metadata={"cellId": cell})
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def finish(self, ids):
        self.until(lambda: all(id in self.replies and self.idle(id) for id in ids))
        return [self.result(id) for id in ids]

    def result(self, id):
        outputs = [{"type": m["msg_type"], "content": m["content"]} for m in self.of(id)]
        reply = self.replies[id]
        return {"reply": reply["content"], "replyType": reply["msg_type"], "outputs": outputs}

    def wait_for_text(self, text):
        self.until(lambda: any(text in m["content"].get("text", "") for m in self.published))

    def request(self, type, content, channel):
        message = self.client.session.msg(type, content)
        (self.client.control_channel if channel == "control" else self.client.shell_channel).send(message)
        id = message["header"]["msg_id"]
        self.until(lambda: id in self.replies and self.idle(id))
        return self.result(id)

    def tell(self, type, content):
        """Sends a message that has no reply, such as those of comms."""
        message = self.client.session.msg(type, content)
        self.client.shell_channel.send(message)
        id = message["header"]["msg_id"]
        self.until(lambda: self.idle(id))
        return [{"type": m["msg_type"], "content": m["content"]} for m in self.of(id)]

    def comms(self):
        """All comm messages that the kernel sent, with the ids of what they belong to."""
        self.pump(0.1)
        return [
            {"type": m["msg_type"], "content": m["content"], "parent": m["parent_header"].get("msg_id")}
            for m in self.published
            if m["msg_type"].startswith("comm_")
        ]

    def shout(self, messages):
        """Sends messages at once and waits for none of them."""
        for type, content in messages:
            self.client.shell_channel.send(self.client.session.msg(type, content))

    def outputs(self, id):
        """What was published for a request so far."""
        self.pump(0.1)
        return [{"type": m["msg_type"], "content": m["content"]} for m in self.of(id)]

    def interrupt(self):
        self.manager.interrupt_kernel()

    def order(self):
        """Who published what: type and parent of every message, as they came."""
        self.pump(0.1)
        return [[m["msg_type"], m["parent_header"].get("msg_id")] for m in self.published]

    def restart(self):
        self.manager.restart_kernel()
        self.client.wait_for_ready(timeout=TIMEOUT)

    def shutdown(self):
        """Asks the kernel to end, kills nothing, and says whether and when it did."""
        process = self.manager.provisioner.process
        started = time.time()
        id = self.client.shutdown()
        self.until(lambda: id in self.replies)
        while process.poll() is None and time.time() < started + 10:
            time.sleep(0.02)
        return {"reply": self.replies[id]["content"], "code": process.poll(), "seconds": time.time() - started}


session = Session()
print(json.dumps(session.info()), flush=True)
for line in sys.stdin:
    command = json.loads(line)
    name = command.pop("command")
    try:
        answer = {"value": getattr(session, name)(**command)}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
# The test is over: no matter in what state the kernel is.
session.manager.shutdown_kernel(now=True)
os._exit(0)
