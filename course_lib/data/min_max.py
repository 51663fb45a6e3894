"""A scaler to the range 0 to 1: recurrent networks with tanh learn better on it than on wide inputs."""

from dataclasses import replace

import numpy as np

from course_lib.data.table import Standardizer, Table


class MinMaxScaler(Standardizer):
    """Scale each column to 0 ... 1, with the smallest and the largest value of the training rows.

        z = (x - low) / (high - low)

    It is a Standardizer with `mean` = low and `deviation` = high - low. Fit on training rows only: other rows may then
    fall a little below 0 or above 1. A column that never changes in training becomes 0.
    """

    def fit(self, data):
        """Take low and high from `data`, a Table or an array (N, D); returns itself."""
        super().fit(data)  # checks the rows, and gives a constant column the deviation 1
        x = np.asarray(data.x if isinstance(data, Table) else data, dtype=np.float64)
        low, high = x.min(axis=0), x.max(axis=0)
        constant = high - low <= 1e-12 * np.maximum(1.0, np.abs(low))
        self.mean, self.deviation = low, np.where(constant, 1.0, high - low)
        return self

    def transform(self, data):
        """Return `data` scaled: an array (N, D) for an array, a Table for a Table."""
        z = super().transform(data)
        return replace(z, units=("",) * z.x.shape[1]) if isinstance(z, Table) else z
