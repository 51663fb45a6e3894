"""Labelled grey images, ready for a network, with the group that each one must stay with."""

from dataclasses import dataclass, replace

import numpy as np

from course_lib.language import _


@dataclass(frozen=True)
class Images:
    """Grey images `x` (N, H, W, 1) float32 from 0 to 1, classes `y` (N,) int64, and the `groups` (N,) to split by.

    `class_names` has one entry a class. `source` is "real" or "simulated". A group is whatever must not be in two
    parts at once (the source image of a crop); `split_by_group` and `leaks` take Images as they take a Table.
    """

    x: np.ndarray
    y: np.ndarray
    class_names: tuple[str, ...]
    groups: np.ndarray
    source: str
    group_name: str = "group"

    def __post_init__(self):
        if self.x.ndim != 4 or self.x.shape[3] != 1:
            raise ValueError(
                _("x must be grey images (N, H, W, 1), but has shape {shape}. For (N, H, W) use x[..., None].").format(
                    shape=self.x.shape
                )
            )
        if self.x.dtype != np.float32 or (self.x.size and not (self.x.min() >= 0 and self.x.max() <= 1)):
            raise ValueError(
                _(
                    "x must be float32 from 0 to 1 without NaN, but is {dtype}, from {low} to {high}. For uint8 use "
                    "(x / 255).astype('float32')."
                ).format(dtype=self.x.dtype, low=self.x.min(initial=np.inf), high=self.x.max(initial=-np.inf))
            )
        for name, values in (("y", self.y), ("groups", self.groups)):
            if len(values) != len(self.x):
                raise ValueError(
                    _("{name} has {length} entries but x has {rows} images").format(
                        name=name, length=len(values), rows=len(self.x)
                    )
                )
        if len(self.y) and not (self.y.min() >= 0 and self.y.max() < len(self.class_names)):
            raise ValueError(
                _("y must be classes from 0 to {last}, one for each class name, but holds {low} to {high}").format(
                    last=len(self.class_names) - 1, low=self.y.min(), high=self.y.max()
                )
            )

    def __len__(self):
        return len(self.y)

    def rows(self, index):
        """Return these images only; `index` is a boolean mask (N,) or image numbers."""
        return replace(self, x=self.x[index], y=self.y[index], groups=self.groups[index])

    def __repr__(self):
        counts = np.bincount(self.y, minlength=len(self.class_names))
        return _(
            "Images ({source}): {rows} of {height} x {width} pixels, {groups} groups ({group_name}); {counts}"
        ).format(
            source=self.source,
            rows=len(self),
            height=self.x.shape[1],
            width=self.x.shape[2],
            groups=len(np.unique(self.groups)),
            group_name=self.group_name,
            counts=", ".join(f"{name} {count}" for name, count in zip(self.class_names, counts, strict=True)),
        )
