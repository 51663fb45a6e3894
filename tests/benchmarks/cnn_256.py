"""The same network with batches of 256."""

from tests.benchmarks.cnn import LOSS, TITLE, data, model

__all__ = ["BATCH", "BATCHES", "LOSS", "TARGETS", "TITLE", "data", "model"]

TITLE = TITLE.replace("batch 32", "batch 256")
TARGETS = {"fit": 1.0}  # NumPy may take at most this share of the time
BATCH, BATCHES = 256, 4  # samples of a step, steps of a measurement
