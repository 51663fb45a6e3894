"""Wafer maps with ten kinds of failure patterns, simulated; and the way to bring a real map into the same form.

A wafer map shows for each die of a wafer whether it passed its electrical test. The pattern of the failed dies tells
which machine of the fab has a problem. The ten classes are those of the public set WM-811K (M.-J. Wu, J.-S. R. Jang,
J.-L. Chen, "Wafer Map Failure Pattern Recognition and Similarity Ranking for Large-Scale Data Sets", IEEE Transactions
on Semiconductor Manufacturing 28(1), 2015), with the repeating reticle as the tenth. No map of that set is used here.
"""

from functools import lru_cache

import numpy as np

from course_lib.data.images import Images
from course_lib.language import _
from course_lib.nn.checks import fraction, generator, whole

WAFER_CLASSES = (  # the order is the label: 0 is "none"
    "none",
    "centre",
    "donut",
    "edge-local",
    "edge-ring",
    "local",
    "near-full",
    "random",
    "scratch",
    "repeating reticle",
)
SIZE = 28  # pixels
OUTSIDE, GOOD, FAILED = 0.0, 0.5, 1.0
RESAMPLINGS = ("nearest", "area", "bilinear", "smooth")
SHARES = (0.4, 0.2, 0.2, 0.2)  # of the four resamplings


def simulate_wafer_maps(per_class=200, rng=0, background=None, resampling=None):
    """Return Images of `per_class` simulated wafer maps of each of the ten WAFER_CLASSES, in random order.

    A pixel is 0 outside the wafer, 0.5 for a good die and 1 for a failed die; between them where dies were averaged.
    Each map is made on its own grid of dies (15 to 110 each way) and then brought to 28 x 28. Nothing is fixed: grid,
    pattern, noise and resampling are drawn anew for each map, so that a network cannot rely on one of them.

        p(failed) = 1 - (1 - background) (1 - pattern)        for each die

    `background` is the share of dies that fail without a pattern, from 0 to below 1; None draws it for each map, 0.5 to
    15 %. `resampling` is one of RESAMPLINGS; None draws it. `rng` is a seed or a Generator. Raises ValueError and
    TypeError for other values.
    """
    per_class, rng = whole("per_class", per_class), generator(rng)
    if background is not None:
        background = fraction("background", background)
    if resampling is not None:
        _known_resampling(resampling)
    y = np.repeat(np.arange(len(WAFER_CLASSES)), per_class)
    rng.shuffle(y)
    x = np.empty((len(y), SIZE, SIZE, 1), dtype=np.float32)
    for i, label in enumerate(y):
        how = resampling or RESAMPLINGS[rng.choice(len(RESAMPLINGS), p=SHARES)]
        x[i, :, :, 0] = _resample(_wafer(label, rng, background), how)
    names = tuple(_(name) for name in WAFER_CLASSES)
    return Images(x, y, names, np.arange(len(y)), "simulated", _("wafer"))


def wafer_map_image(wafer_map, resampling="nearest"):
    """Return a real wafer map (H, W) or (H, W, 1) of any size from 5 x 5 as an image (28, 28, 1) float32.

    The map may be coded 0, 1, 2 (as WM-811K), 0, 0.5, 1 or 0, 127, 255 (also 128), always in the order outside the
    wafer, good die, failed die. A map of 0 and 1 alone is read as 0, 1, 2 without a failed die. Raises ValueError for
    another shape, NaN or other values.
    """
    try:
        codes = np.asarray(wafer_map, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(_("wafer_map is not a rectangular array of numbers")) from error
    if codes.ndim == 3 and codes.shape[2] == 1:
        codes = codes[:, :, 0]
    if codes.ndim != 2 or min(codes.shape) < 5:
        raise ValueError(
            _(
                "wafer_map has shape {shape}, but one map (H, W) or (H, W, 1) of at least 5 x 5 dies is needed; for "
                "several maps call this once for each"
            ).format(shape=np.shape(wafer_map))
        )
    if not np.isfinite(codes).all():
        raise ValueError(_("wafer_map holds NaN or infinity; set these dies to 0 (outside the wafer)"))
    _known_resampling(resampling)
    for outside, good, failed in ((0, 1, 2), (0, 0.5, 1), (0, 127, 255), (0, 128, 255)):
        if np.isin(codes, (outside, good, failed)).all():
            levels = np.where(codes == failed, FAILED, np.where(codes == good, GOOD, OUTSIDE))
            return _resample(levels.astype(np.float32), resampling)[:, :, None]
    found = ", ".join(f"{value:g}" for value in np.unique(codes)[:6])
    raise ValueError(
        _(
            "wafer_map holds the values {found} ..., but outside, good and failed must be coded 0, 1, 2 or 0, 0.5, 1 "
            "or 0, 127, 255"
        ).format(found=found)
    )


def _known_resampling(name):
    if name not in RESAMPLINGS:
        raise ValueError(
            _("resampling must be one of {known}, but is {given!r}").format(
                known=", ".join(map(repr, RESAMPLINGS)), given=name
            )
        )


def _wafer(label, rng, background):
    """One wafer map on its own grid of dies: (rows, columns) float32 of OUTSIDE, GOOD, FAILED."""
    rows, columns = _grid(rng)
    u = np.linspace(-1, 1, columns + 1)[:-1] + 1 / columns  # the centres of the dies; the wafer has radius 1
    v = np.linspace(-1, 1, rows + 1)[:-1] + 1 / rows
    margin = rng.uniform(0.97, 1.03) if rng.random() < 0.85 else rng.uniform(1.03, 1.2)
    u, v = margin * u[None, :], margin * v[:, None]
    radius = np.sqrt(u * u + v * v)
    inside = radius <= 1
    if rng.random() < 0.2:  # the notch, or the flat of an older wafer
        inside = inside & (v <= rng.uniform(0.88, 0.98))
    if rng.random() < 0.1:  # a few places without a die: alignment marks and test structures
        inside[rng.integers(rows, size=4), rng.integers(columns, size=4)] = False
    p = _background(u, v, radius, label, rng) if background is None else background
    pattern = PATTERNS[label](u, v, radius, rng)
    failed = rng.random(inside.shape) < 1 - (1 - p) * (1 - pattern)
    levels = np.where(failed, FAILED, GOOD).astype(np.float32)
    return np.where(inside, levels, np.float32(OUTSIDE))


def _grid(rng):
    """Rows and columns of the die grid: most real products have 400 to 4,000 dies, and dies are rarely square."""
    dies = np.exp(rng.uniform(np.log(350), np.log(4500)))
    aspect = np.exp(rng.normal(0, 0.22))
    rows, columns = np.sqrt(dies * aspect), np.sqrt(dies / aspect)
    return int(np.clip(rows, 15, 110)), int(np.clip(columns, 15, 110))


def _background(u, v, radius, label, rng):
    """Failures without a pattern: particles anywhere, a little more of them on one side and near the rim.

    Thin and small patterns are seen (and labelled by people) on rather clean wafers only.
    """
    most = 0.1 if WAFER_CLASSES[label] in ("edge-local", "local", "scratch", "repeating reticle") else 0.15
    share = np.clip(np.exp(rng.normal(np.log(0.035), 0.8)), 0.005, most)
    tilt = 1 + rng.uniform(0, 0.5) * np.clip(_waves(u, v, rng, 2.0), -1, 1)
    rim = rng.uniform(0, 0.15) if rng.random() < 0.4 else 0.0
    return np.clip(share * tilt + rim * np.clip(radius - 0.85, 0, 0.15) / 0.15, 0, 1)


def _waves(u, v, rng, frequency):
    """A smooth random field of about -1 to 1: the sum of three waves."""
    field = 0.0
    for _wave in range(3):
        a, b = rng.normal(0, frequency, 2)
        field = field + np.sin(a * u + b * v + rng.uniform(0, 2 * np.pi))
    return field / 2


def _patchy(pattern, u, v, rng):
    """Gaps in a pattern: real ones are never filled evenly."""
    depth = rng.uniform(0, 0.4)
    return pattern * np.clip(1 - depth * (0.5 + 0.5 * _waves(u, v, rng, 6.0)), 0, 1)


def _fade(distance, softness):
    """1 where distance is far below 0, 0 where it is far above: a soft border."""
    return 1 / (1 + np.exp(np.clip(distance / softness, -30, 30)))


def _blob(u, v, rng, at, size):
    """A soft spot of this size [wafer radii] at `at`: stretched, turned, and with a wavy border."""
    turn, stretch = rng.uniform(0, np.pi), np.exp(rng.uniform(-0.45, 0.45))
    du, dv = u - at[0], v - at[1]
    along = (du * np.cos(turn) + dv * np.sin(turn)) * stretch
    across = (dv * np.cos(turn) - du * np.sin(turn)) / stretch
    distance = np.sqrt(along**2 + across**2) - size * (1 + 0.3 * _waves(u, v, rng, 4.0))
    return _patchy(rng.uniform(0.6, 1) * _fade(distance, rng.uniform(0.01, 0.2) * size), u, v, rng)


def _arc(u, v, rng, width, softness=0.15):
    """1 within an arc of this width [rad] at a random angle, 0 elsewhere."""
    middle = rng.uniform(-np.pi, np.pi)
    off = np.abs((np.arctan2(v, u) - middle + np.pi) % (2 * np.pi) - np.pi)
    return _fade(off - width / 2, softness * rng.uniform(0.2, 1))


def _at(rng, low, high):
    """A random place between two radii."""
    angle, radius = rng.uniform(0, 2 * np.pi), rng.uniform(low, high)
    return radius * np.cos(angle), radius * np.sin(angle)


def _pitch(u, v):
    """Width and height of a die."""
    return u[0, 1] - u[0, 0], v[1, 0] - v[0, 0]


def _none(u, v, radius, rng):
    return 0.0


def _centre(u, v, radius, rng):
    return _blob(u, v, rng, _at(rng, 0, 0.18), rng.uniform(0.15, 0.5))


def _donut(u, v, radius, rng):
    at, ring, half = _at(rng, 0, 0.2), rng.uniform(0.32, 0.62), rng.uniform(0.08, 0.2)
    off = np.sqrt((u - at[0]) ** 2 + (v - at[1]) ** 2) - ring
    pattern = rng.uniform(0.5, 1) * _fade(np.abs(off) - half, rng.uniform(0.01, 0.06))
    if rng.random() < 0.35:
        pattern = pattern * (1 - rng.uniform(0.5, 1) * _arc(u - at[0], v - at[1], rng, rng.uniform(0.3, 2.0)))
    return _patchy(pattern, u, v, rng)


def _rim(u, v, radius, rng, shallowest, deepest):
    depth = rng.uniform(shallowest, deepest) * (1 + 0.4 * np.clip(_waves(u, v, rng, 2.0), -1, 1))
    depth = np.maximum(depth, 1.2 * max(_pitch(u, v)))  # at least about one die
    return rng.uniform(0.65, 1) * _fade(1 - depth - radius, rng.uniform(0.005, 0.03))


def _edge_local(u, v, radius, rng):
    pattern = _rim(u, v, radius, rng, 0.1, 0.4) * _arc(u, v, rng, rng.uniform(0.5, 2.2))
    return _patchy(pattern, u, v, rng)


def _edge_ring(u, v, radius, rng):
    pattern = _rim(u, v, radius, rng, 0.06, 0.22)
    if rng.random() < 0.4:
        pattern = pattern * (1 - _arc(u, v, rng, rng.uniform(0.2, 1.8)))
    return _patchy(pattern, u, v, rng)


def _local(u, v, radius, rng):
    return _blob(u, v, rng, _at(rng, 0.3, 0.75), rng.uniform(0.14, 0.32))


def _near_full(u, v, radius, rng):
    pattern = rng.uniform(0.72, 0.99) + 0.0 * radius
    if rng.random() < 0.5:  # an island of good dies is left
        pattern = pattern * (1 - rng.uniform(0.3, 0.9) * _blob(u, v, rng, _at(rng, 0, 1), rng.uniform(0.1, 0.35)))
    return pattern


def _random(u, v, radius, rng):
    level = rng.uniform(0.2, 0.6)
    return np.clip(level * (1 + rng.uniform(0, 0.5) * _waves(u, v, rng, 2.5)), 0.02, 0.8) + 0.0 * radius


def _scratch(u, v, radius, rng):
    pitch = _pitch(u, v)
    pattern = np.zeros(radius.shape)
    for _line in range(1 + (rng.random() < 0.15)):
        length, heading, at = rng.uniform(0.45, 1.7), rng.uniform(0, 2 * np.pi), _at(rng, 0, 0.75)
        steps = int(3 * length / min(pitch)) + 2
        s = np.linspace(-length / 2, length / 2, steps)
        turn = heading + rng.normal(0, 0.9) * s + 0.15 * np.sin(rng.uniform(2, 8) * s + rng.uniform(0, 6))
        line_u = at[0] + np.cumsum(np.cos(turn)) * length / steps
        line_v = at[1] + np.cumsum(np.sin(turn)) * length / steps
        line_u, line_v = line_u - (line_u.mean() - at[0]), line_v - (line_v.mean() - at[1])
        kept, width = rng.uniform(0.75, 1), rng.uniform(0.02, 0.1)
        holes = np.sin(rng.uniform(4, 25) * s + rng.uniform(0, 6)) > rng.uniform(-1.6, -0.6)
        for shift in range(max(1, round(width / max(pitch)))):
            column = np.rint((line_u - u[0, 0]) / pitch[0] + shift * (abs(np.sin(heading)) > 0.7)).astype(int)
            row = np.rint((line_v - v[0, 0]) / pitch[1] + shift * (abs(np.sin(heading)) <= 0.7)).astype(int)
            on = holes & (row >= 0) & (row < radius.shape[0]) & (column >= 0) & (column < radius.shape[1])
            pattern[row[on], column[on]] = kept
    return pattern


def _reticle(u, v, radius, rng):
    rows, columns = radius.shape
    high, wide = (max(2, round(n / rng.uniform(4, 11))) for n in (rows, columns))  # 4 to 11 shots across the wafer
    shot = np.zeros((high, wide))
    for _spot in range(rng.integers(1, 3)):
        top, left = rng.integers(high), rng.integers(wide)
        down, right = (max(1, int(n * rng.uniform(0.1, 0.45))) for n in (high, wide))
        shot[top : top + down, left : left + right] = rng.uniform(0.75, 1)
    start = rng.integers(high), rng.integers(wide)
    return shot[(np.arange(rows)[:, None] + start[0]) % high, (np.arange(columns)[None, :] + start[1]) % wide]


PATTERNS = (_none, _centre, _donut, _edge_local, _edge_ring, _local, _near_full, _random, _scratch, _reticle)


def _resample(levels, how):
    """Return `levels` (rows, columns) as (28, 28): rows and columns are resampled one after the other."""
    rows, columns = (_weights(n, how) for n in levels.shape)
    return np.clip(rows @ levels @ columns.T, 0, 1)


@lru_cache(maxsize=1000)
def _weights(n, how):
    """The matrix (28, n) that brings n dies to 28 pixels; each row adds up to 1.

    "nearest" picks the die under the pixel's centre, "area" averages by the area covered, "bilinear" mixes the two
    nearest dies, and "smooth" is bilinear with a wider window where the map shrinks (as image libraries do).
    """
    scale = n / SIZE
    centres = (np.arange(SIZE) + 0.5) * scale
    weights = np.zeros((SIZE, n))
    if how == "nearest":
        weights[np.arange(SIZE), np.minimum(centres.astype(int), n - 1)] = 1
    elif how == "area":
        start, end = centres - scale / 2, centres + scale / 2
        dies = np.arange(n)
        weights = np.clip(np.minimum(end[:, None], dies + 1) - np.maximum(start[:, None], dies), 0, None)
    else:
        reach = max(scale, 1.0) if how == "smooth" else 1.0
        middle = np.clip(centres, 0.5, n - 0.5)
        weights = np.clip(1 - np.abs(np.arange(n) + 0.5 - middle[:, None]) / reach, 0, None)
    weights = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    weights.setflags(write=False)
    return weights
