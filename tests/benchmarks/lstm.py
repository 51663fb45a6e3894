"""The same network with an LSTM instead of the SimpleRNN."""

from tests.benchmarks import rnn
from tests.benchmarks.rnn import LOSS, data

__all__ = ["LOSS", "TARGET", "TITLE", "data", "model"]

TITLE = rnn.TITLE.replace("SimpleRNN", "LSTM")
TARGET = 0.6  # NumPy may take at most this share of the time of keras.Model.fit


def model(engine):
    return rnn.model(engine, "LSTM")
