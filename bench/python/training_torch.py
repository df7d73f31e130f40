"""Training in PyTorch, as src/learning/train.ts trains: sigmoid outputs, cross-entropy, Adam, a learning rate that falls along half a
cosine over all steps.

    python training_torch.py FOLDER THREADS

FOLDER is that of training_sets.py. Reads requests from standard input; see conversation.py.
"""

import math
import sys
import time

import torch
from torch import nn

from conversation import answer_requests
from training_sets import about, batch, epochs, layers, load, sizes, tasks

torch.set_num_threads(int(sys.argv[2]))
train_set, validation_set, check_set = ([*map(torch.from_numpy, load(name))] for name in ("train", "validation", "check"))


class Training:
    def __init__(self, data, epochs):
        self.features, _, self.targets = data
        self.model = network()
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=about["learningRate"], fused=True)
        steps = epochs * math.ceil(len(self.features) / batch)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimiser, lambda step: (1 + math.cos(math.pi * step / steps)) / 2
        )

    def epoch(self):
        for chosen in torch.randperm(len(self.features)).split(batch):
            self.optimiser.zero_grad()
            loss_of(self.model(self.features[chosen]), self.targets[chosen]).backward()
            self.optimiser.step()
            self.schedule.step()

    @torch.inference_mode()
    def score(self, data):
        """Loss and share of correct labels."""
        features, decisions, targets = data
        sums = self.model(features)
        decided = sums.reshape(-1, tasks, 3).argmax(2)
        return loss_of(sums, targets).item(), (decided == decisions).float().mean().item()


def network():
    modules = []
    for kernel, bias in layers():
        layer = nn.Linear(*kernel.shape)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(kernel.T.copy()))
            layer.bias.copy_(torch.from_numpy(bias.copy()))
        modules += [layer, nn.ReLU()]
    return nn.Sequential(*modules[:-1])


def loss_of(sums, targets):
    """Cross-entropy a sub-task: three sigmoids each."""
    return 3 * nn.functional.binary_cross_entropy_with_logits(sums, targets)


def losses(steps):
    """Losses on the validation set after each of so many epochs of one step."""
    training = Training(check_set, steps)
    found = []
    for _ in range(steps):
        training.epoch()
        found.append(training.score(validation_set)[0])
    return found


running = Training(train_set, epochs)


def pass_seconds():
    """The next pass over the training set, without evaluation."""
    start = time.perf_counter()
    running.epoch()
    return time.perf_counter() - start


def seconds_to(accuracy, seed):
    """Seconds and epochs until the validation accuracy, with two evaluations after each epoch as in train.ts; null when it is not reached."""
    torch.manual_seed(seed)
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
