"""Answers requests, a line of JSON each, with lines of JSON; see ../python.ts."""

import json
import sys


def answer_requests(**answers):
    """Calls the function that a request names in "do" with the rest of the request, until there are no more requests."""
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(answers[request.pop("do")](**request)), flush=True)
