"""Training in PyTorch, as src/learning/train.ts trains: sigmoid outputs, cross-entropy, Adam, a learning rate that falls along half a
cosine over all steps.

    python training_torch.py FOLDER THREADS

FOLDER is that of training_sets.py. Reads requests from standard input; see conversation.py.
"""

import math
import sys

import torch
from torch import nn

from network import layers
from training_sets import about, answer, batch, folder, sizes, tasks

torch.set_num_threads(int(sys.argv[2]))


class Training:
    def __init__(self, data, epochs):
        self.features, _, self.targets = map(torch.from_numpy, data)
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
        features, decisions, targets = map(torch.from_numpy, data)
        sums = self.model(features)
        decided = sums.reshape(-1, tasks, 3).argmax(2)
        return loss_of(sums, targets).item(), (decided == decisions).float().mean().item()


def network():
    modules = []
    for kernel, bias in layers(folder, sizes):
        layer = nn.Linear(*kernel.shape)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(kernel.T.copy()))
            layer.bias.copy_(torch.from_numpy(bias.copy()))
        modules += [layer, nn.ReLU()]
    return nn.Sequential(*modules[:-1])


def loss_of(sums, targets):
    """Cross-entropy a sub-task: three sigmoids each."""
    return 3 * nn.functional.binary_cross_entropy_with_logits(sums, targets)


answer(Training, torch.manual_seed)
