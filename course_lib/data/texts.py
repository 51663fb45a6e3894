"""Short labelled texts, and what makes two of them the same."""

import re
from dataclasses import dataclass, replace

import numpy as np

from course_lib.language import _

WORD = re.compile(r"[^\W_]+")  # letters and digits of any language


@dataclass(frozen=True)
class Texts:
    """Texts `texts` (N,) of str, their classes `y` (N,) int64, and the `groups` (N,) to split by.

    `class_names` has one entry a class. `source` is "real" or "simulated". Texts with the same words have the same
    group (`same_words`), so that `split_by_group` and `leaks` keep them together; they take Texts as they take a Table.
    `truth` is known for simulated texts only: a dictionary of arrays (N,), see `simulate_work_orders`.

    Raises ValueError for a text without a letter or digit, a class without a name, and lengths that differ.
    """

    texts: np.ndarray
    y: np.ndarray
    class_names: tuple[str, ...]
    groups: np.ndarray
    source: str
    group_name: str = "text"
    truth: dict[str, np.ndarray] | None = None

    def __post_init__(self):
        others = {"y": self.y, "groups": self.groups} | {f"truth[{k!r}]": v for k, v in (self.truth or {}).items()}
        for name, values in others.items():
            if len(values) != len(self.texts):
                raise ValueError(
                    _("{name} has {length} entries but texts has {rows}").format(
                        name=name, length=len(values), rows=len(self.texts)
                    )
                )
        for row, text in enumerate(self.texts):
            if not same_words(text):
                raise ValueError(
                    _("texts[{row}] is {text!r}: it holds no letter and no digit. Leave this row out.").format(
                        row=row, text=text
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
        """Return these texts only; `index` is a boolean mask (N,) or row numbers."""
        truth = None if self.truth is None else {name: values[index] for name, values in self.truth.items()}
        return replace(self, texts=self.texts[index], y=self.y[index], groups=self.groups[index], truth=truth)

    def __repr__(self):
        counts = np.bincount(self.y, minlength=len(self.class_names))
        return _("Texts ({source}): {rows} texts, {groups} of them different; {counts}").format(
            source=self.source,
            rows=len(self),
            groups=len(np.unique(self.groups)),
            counts=", ".join(f"{name} {count}" for name, count in zip(self.class_names, counts, strict=True)),
        )


def same_words(text):
    """Return the words of `text` in lower case with one space between: what two equal texts have in common.

    Case, punctuation and spaces do not count: "L/H BUCKET." and "l h  bucket" are the same. A text of any language
    keeps its letters; one without a letter or digit becomes "". Raises TypeError for what is no str.
    """
    if not isinstance(text, str):
        raise TypeError(
            _("a text is {kind} ({value!r}), but a str is needed. Replace missing texts first.").format(
                kind=type(text).__name__, value=text
            )
        )
    return " ".join(WORD.findall(text.lower()))


def text_groups(texts):
    """Return numbers (N,): the same for texts with the same words (`same_words`), else different."""
    return np.unique([same_words(text) for text in texts], return_inverse=True)[1]


def as_texts(texts):
    """Return a list of str as an array (N,) whose entries stay plain str."""
    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    return array
