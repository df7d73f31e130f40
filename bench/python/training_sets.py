"""What ../training.ts has written for the peers of training: data and initial weights, raw, and their shapes in about.json."""

import json
import sys
import time
from pathlib import Path

import numpy as np

from conversation import answer_requests

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


def answer(Training, set_seed):
    """Answers requests (see conversation.py) with trainings: objects made of a set and a number of epochs, with `epoch()` and `score(set)`."""
    train_set, validation_set, check_set = load("train"), load("validation"), load("check")
    running = Training(train_set, epochs)

    def losses(steps):
        """Losses on the validation set after each of so many epochs of one step."""
        training, found = Training(check_set, steps), []
        for _ in range(steps):
            training.epoch()
            found.append(training.score(validation_set)[0])
        return found

    def pass_seconds():
        """The next pass over the training set, without evaluation."""
        start = time.perf_counter()
        running.epoch()
        return time.perf_counter() - start

    def seconds_to(accuracy, seed):
        """Seconds and epochs until the validation accuracy, with two evaluations after each epoch as in train.ts; null when it is not reached."""
        set_seed(seed)
        start = time.perf_counter()
        training = Training(train_set, epochs)
        sample = [part[: len(validation_set[0])] for part in train_set]
        for epoch in range(1, epochs + 1):
            training.epoch()
            training.score(sample)
            if training.score(validation_set)[1] >= accuracy:
                return {"seconds": time.perf_counter() - start, "epochs": epoch}
        return None

    answer_requests(losses=losses, pass_seconds=pass_seconds, seconds_to=seconds_to)
