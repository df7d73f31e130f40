"""Training in Keras on TensorFlow, as training_torch.py trains.

    python training_keras.py FOLDER THREADS

FOLDER is that of training_sets.py. Reads requests from standard input; see conversation.py.
"""

import os
import sys
import time

os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}

import keras
import tensorflow

from conversation import answer_requests
from training_sets import about, batch, epochs, layers, load, sizes, tasks

tensorflow.config.threading.set_intra_op_parallelism_threads(int(sys.argv[2]))
train_set, validation_set, check_set = load("train"), load("validation"), load("check")


class Training:
    def __init__(self, data, epochs):
        self.features, _, self.targets = data
        self.model = keras.Sequential([keras.Input((sizes[0],))])
        for units in sizes[1:-1]:
            self.model.add(keras.layers.Dense(units, "relu"))
        self.model.add(keras.layers.Dense(sizes[-1]))
        self.model.set_weights([array for layer in layers() for array in layer])
        steps = epochs * -(-len(self.features) // batch)
        rate = keras.optimizers.schedules.CosineDecay(about["learningRate"], steps)
        self.model.compile(keras.optimizers.Adam(rate, epsilon=1e-8), loss_of)

    def epoch(self):
        self.model.fit(self.features, self.targets, batch_size=batch, epochs=1, verbose=0)

    def score(self, data):
        """Loss and share of correct labels."""
        features, decisions, targets = data
        sums = self.model.predict_on_batch(features)
        decided = sums.reshape(-1, tasks, 3).argmax(2)
        return float(loss_of(targets, sums)), float((decided == decisions).mean())


def loss_of(targets, sums):
    """Cross-entropy a sub-task: three sigmoids each."""
    return 3 * keras.ops.mean(keras.ops.binary_crossentropy(targets, sums, from_logits=True))


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
    keras.utils.set_random_seed(seed)
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
