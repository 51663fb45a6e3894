"""Small grey pictures to look at through a kernel or a pooling window, and the check of the learner's own."""

import functools

import numpy as np
import traitlets as T

from course_lib.language import _

LARGEST_VALUE = 1e6
DARK, GREY, TRACE, MARK = 0.0, 0.2, 0.9, 0.6  # grey values: 0 is black, 1 is white


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
    """A simulated board of 28 x 28 pixels: bright copper traces on dark ground, one of them broken."""
    image = np.full((28, 28), 0.1)
    for row in (4, 12, 20):
        image[row : row + 3, :16] = TRACE
        for i in range(6):  # each trace bends up by 45 degrees and goes on
            image[row - i : row - i + 3, 16 + i : 18 + i] = TRACE
        image[max(row - 5, 0) : row - 2, 21:] = TRACE
    image[12:15, 7:9] = 0.1
    image[19, 4:6] = 0.5
    return image


def wafer():
    """A wafer map of 28 x 28 dies: 0 outside the wafer, 0.5 a good die, 1 a failed one. A scratch crosses it."""
    row, column = np.mgrid[:28, :28] - 13.5
    inside = row**2 + column**2 < 13.6**2
    failed = np.random.default_rng(5).random((28, 28)) < 0.03
    along = np.arange(-8, 9)
    failed[np.round(13.5 - 0.8 * along).astype(int), 13 + along] = True
    return np.where(inside, np.where(failed, 1.0, 0.5), 0.0)


@functools.cache
def known_pictures():
    """Return name -> picture."""
    return {"scratch": scratch(), "edge": edge(), "board": board(), "wafer": wafer()}
