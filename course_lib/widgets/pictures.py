"""Small grey pictures to look at through a kernel or a pooling window, and the check of the learner's own."""

import functools
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np
import traitlets as T

from course_lib.language import _

LARGEST_VALUE = 1e6
GREY, TRACE, MARK = 0.2, 0.9, 0.6  # grey values: 0 is black, 1 is white
CROP = 125  # a diagonal trace with a gap, in the training part of the real boards
CROP_DIGEST = "d886f28cbbe072f636f28f96184f78d1cb7cf555847068daa52bdaa354923d86"


def like_the_library(y, library):
    """Return the learner's result `y` if it has the library's shape and holds numbers, else raise a ValueError."""
    if y.shape != library.shape:
        raise ValueError(
            _("the result has shape {given}, but this picture and these settings give {needed}").format(
                given=y.shape, needed=library.shape
            )
        )
    if not np.isfinite(y).all():
        raise ValueError(_("the result holds NaN or infinity"))
    return y


def checked_picture(image, smallest, largest):
    """Return `image` (H, W) as float64, each side from `smallest` to `largest` pixels; uint8 0-255 stays 0-255.

    Raises ValueError that says what was given, what is needed and what to do.
    """
    image = np.asarray(image)
    given = " x ".join(str(n) for n in image.shape) or _("one number")
    hint = ""
    if image.ndim == 3:
        hint = _(" Of a colour picture (H, W, 3) take the mean, image.mean(axis=2); of (H, W, 1) take image[..., 0].")
    if image.ndim != 2:
        raise ValueError(
            _("image has {axes} axes ({given}), but a grey picture has two: height and width.").format(
                axes=image.ndim, given=given
            )
            + hint
        )
    if min(image.shape) < smallest or max(image.shape) > largest:
        remedy = _(" Take a part of it, for example image[:{n}, :{n}].").format(n=largest)
        raise ValueError(
            _("image has {given} pixels, but each side needs {smallest} to {largest}.").format(
                given=given, smallest=smallest, largest=largest
            )
            + (remedy if max(image.shape) > largest else "")
        )
    if image.dtype.kind not in "buif":
        raise ValueError(_("image holds {given}, but grey values are numbers.").format(given=image.dtype))
    image = image.astype(float)
    if not np.isfinite(image).all():
        raise ValueError(_("image contains NaN or infinite values. Replace them first, for example by np.nan_to_num."))
    if np.abs(image).max() > LARGEST_VALUE:
        raise ValueError(_("image holds values beyond one million. Divide it, for example by image.max()."))
    return image


class Table(T.List):
    """Rows of numbers, as a list of lists; an array is welcome. `check` raises ValueError for what does not fit."""

    def __init__(self, default, check, **options):
        self.check = check
        super().__init__(default_value=default, **options)

    def validate(self, obj, value):
        try:
            return self.check(np.asarray(value)).tolist()
        except (ValueError, TypeError) as problem:
            raise T.TraitError(f"{self.name}: {problem}") from None


# ---------------------------------------------------------------- the pictures that are there from the start
def scratch():
    """A board of 12 x 12 pixels: one bright trace, a speck of dust, and a scratch that rises to the right."""
    image = np.full((12, 12), GREY)
    image[3] = TRACE
    image[9, 9] = TRACE
    for i in range(8):
        image[10 - i, 1 + i] = MARK if 10 - i != 3 else 1.0
    return image


def scratch_places():
    """For each pixel of `scratch`: 1 on the scratch, 2 beside it or at its ends (not judged), 0 elsewhere."""
    places = np.zeros((12, 12), np.uint8)
    for i in range(8):
        places[max(9 - i, 0) : 12 - i, i : i + 3] = 2
    for i in range(1, 7):
        places[10 - i, 1 + i] = 1
    return places


def edge():
    """Dark on the left, bright on the right, and a bright step at the bottom: one upright and one level edge."""
    image = np.full((12, 12), GREY)
    image[:, 6:] = TRACE
    image[9:] = TRACE
    return image


def board():
    """A crop of a real board with a broken trace, where the data are on this computer; else a simulated one."""
    from course_lib import data

    crop = _real_board()
    if crop is not None:
        return crop / 255
    boards, _test = data.simulate_boards(1, 1, rng=1)
    return boards.x[boards.y == data.BOARD_CLASSES.index("open")][0, :, :, 0].astype(float)


def _real_board():
    """The crop, or None: nothing is downloaded for a picture, and only the crop that we know is used."""
    from course_lib import data
    from course_lib.data.download import array_digest

    boards = data.CATALOGUE["boards"]
    given = os.environ.get("COURSE_DATA")
    for folder in ([Path(given).expanduser()] if given else []) + [data.cache_folder()]:
        try:
            with np.load(folder / boards.folder / boards.files[0].name, allow_pickle=False) as arrays:
                crop = arrays["x_train"][CROP]
        except (OSError, ValueError, LookupError, EOFError, zipfile.BadZipFile, zlib.error):
            continue
        if array_digest(crop) == CROP_DIGEST:
            return crop
    return None


def wafer():
    """A simulated wafer map of 28 x 28: 0 outside the wafer, 0.5 a good die, 1 a failed one. A scratch crosses it."""
    from course_lib import data

    maps = data.simulate_wafer_maps(per_class=1, rng=3, resampling="nearest", background=0.02)
    return maps.x[maps.y == data.WAFER_CLASSES.index("scratch")][0, :, :, 0].astype(float)


@functools.cache
def known_pictures():
    """Return name -> picture."""
    return {"scratch": scratch(), "edge": edge(), "board": board(), "wafer": wafer()}
