"""Training in Keras on TensorFlow, as training_torch.py trains.

    python training_keras.py FOLDER THREADS

FOLDER is that of training_sets.py. Reads requests from standard input; see conversation.py.
"""

import os
import sys

os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}

import keras
import tensorflow

from network import layers
from training_sets import about, answer, batch, folder, sizes, tasks

tensorflow.config.threading.set_intra_op_parallelism_threads(int(sys.argv[2]))


class Training:
    def __init__(self, data, epochs):
        self.features, _, self.targets = data
        self.model = keras.Sequential([keras.Input((sizes[0],))])
        for units in sizes[1:-1]:
            self.model.add(keras.layers.Dense(units, "relu"))
        self.model.add(keras.layers.Dense(sizes[-1]))
        self.model.set_weights([array for layer in layers(folder, sizes) for array in layer])
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


answer(Training, keras.utils.set_random_seed)
