"""More pictures out of the same ones: flips and quarter turns, which do not change what a defect is."""

import numpy as np

from course_lib.language import _
from course_lib.nn.checks import generator


def augment(x, rng=None):
    """Return square images `x` (N, H, W, C) or (N, H, W), each turned by 0, 90, 180 or 270 degrees and flipped or not.

    Each of the eight ways is equally likely and drawn anew for each image; no pixel changes its value. Right for a
    board or a wafer seen from above, wrong where left and right mean something (a "6" turned is a "9"). `rng` is a seed
    or a Generator. Raises ValueError for other shapes.
    """
    x, rng = np.asarray(x), generator(rng)
    if x.ndim not in (3, 4) or x.shape[1] != x.shape[2]:
        raise ValueError(
            _(
                "x has shape {shape}, but square images (N, H, W, C) or (N, H, W) are needed: a quarter turn swaps "
                "height and width. For one image use image[None]."
            ).format(shape=x.shape)
        )
    ways = rng.integers(8, size=len(x))
    out = np.empty_like(x)
    for way in range(8):
        some = ways == way
        turned = np.rot90(x[some], way % 4, axes=(1, 2))
        out[some] = turned[:, :, ::-1] if way >= 4 else turned
    return out
