"""The same network as in `rnn`, with an LSTM instead of the SimpleRNN."""

from tests.benchmarks import rnn
from tests.benchmarks.rnn import BATCH, BATCHES, LOSS, data

__all__ = ["BATCH", "BATCHES", "LOSS", "TARGETS", "TITLE", "data", "model"]

TITLE = rnn.TITLE.replace("SimpleRNN", "LSTM")
TARGETS = {"fit": 0.6, "predict": 1 / 50}  # NumPy may take at most this share


def model(engine):
    return rnn.model(engine, "LSTM")
