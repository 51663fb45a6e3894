"""Maintenance phrases with their failure mode: the FMC-MWO2KG files, with the published split."""

import numpy as np

from course_lib.data.catalogue import MAINTENANCE_PHRASES
from course_lib.data.download import fetch
from course_lib.data.texts import Texts, as_texts, same_words, text_groups
from course_lib.data.work_order_grammar import simulate_work_orders
from course_lib.language import _

FAILURE_MODE_CLASSES = (  # the most frequent one of the training phrases first; names of ISO 14224
    "Minor in-service problems",
    "Breakdown",
    "Structural deficiency",
    "Electrical",
    "Plugged / choked",
    "Leaking",
    "Failure to start on demand",
    "Abnormal instrument reading",
    "Fail to function",
    "Low output",
    "Overheating",
    "Vibration",
    "Other",
    "Noise",
    "Contamination",
    "Erratic output",
    "Failure to stop on demand",
    "Spurious stop",
    "High output",
    "Fail to close",
    "Fail to open",
    "Failure to rotate",
)


def load_maintenance_phrases():
    """Return (train, validation, test) as Texts: 502, 62 and 62 real phrases, each with one of 22 failure modes.

    The split is the published one (`validation` is the file dev.txt), so a figure can stand beside the published ones,
    F1 on the test: .60 (Flair, a recurrent network), .46 (GPT-3.5 as it is), .80 (GPT-3.5 tuned on these phrases);
    Stewart et al. (2023). No text is in two parts.

    Source: Stewart et al. (2022), FMC-MWO2KG, Apache-2.0. Raises DataUnavailable.
    """
    # All three paths first: without one of the files nothing is read.
    paths = [fetch(MAINTENANCE_PHRASES, file.name) for file in MAINTENANCE_PHRASES.files]
    parts = [read_phrases(path.read_text(encoding="utf-8"), path.name) for path in paths]
    groups = text_groups([text for texts, _labels in parts for text in texts])
    starts = np.cumsum([0] + [len(texts) for texts, _labels in parts])
    names = tuple(map(_, FAILURE_MODE_CLASSES))
    return tuple(
        Texts(as_texts(texts), np.array(labels, np.int64), names, groups[a:b], "real", _("text"))
        for (texts, labels), a, b in zip(parts, starts[:-1], starts[1:], strict=True)
    )


def simulate_maintenance_phrases(n=2000, rng=0, typos=0.05, abbreviations=0.2, ordered=0.3):
    """Return (train, validation, test) as simulated Texts, labelled with the fault: see `simulate_work_orders`."""
    return simulate_work_orders(n, rng, "fault", typos, abbreviations, ordered)


def read_phrases(content, name):
    """Return (texts, numbers of the labels), both lists, from lines "observation,label"; `name` is the file's.

    A line is split at its last comma. Raises ValueError for a line without comma, an empty text, an unknown label.
    """
    texts, labels = [], []
    for row, line in enumerate(content.splitlines(), start=1):
        text, comma, label = line.rpartition(",")
        if not comma:
            raise ValueError(
                _("{file}, line {row}: {line!r} has no comma between text and label").format(
                    file=name, row=row, line=line
                )
            )
        if not same_words(text):
            raise ValueError(_("{file}, line {row}: the text is empty").format(file=name, row=row))
        if label not in FAILURE_MODE_CLASSES:
            raise ValueError(
                _("{file}, line {row}: the label {label!r} is not one of the 22 failure modes").format(
                    file=name, row=row, label=label
                )
            )
        texts.append(text)
        labels.append(FAILURE_MODE_CLASSES.index(label))
    return texts, labels
