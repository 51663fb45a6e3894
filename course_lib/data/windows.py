"""Windows over the life of engines: the last T cycles go in, the remaining life is to come out."""

from dataclasses import dataclass, replace

import numpy as np

from course_lib.data.engine_runs import EngineRuns, all_finite, informative_columns
from course_lib.data.min_max import MinMaxScaler
from course_lib.data.table import split_by_group
from course_lib.language import _
from course_lib.nn.checks import positive, whole


@dataclass(frozen=True)
class Windows:
    """N windows: `x` (N, T, D), the target `y` (N,) [cycles], and where each comes from.

    `groups` (N,) is the engine and `cycle` (N,) the last cycle in the window; `y` belongs to that cycle. `remaining`
    (N,) is the true remaining life there, where `y` may be capped. `mask` (N, T) is False where a window was filled up
    before the engine's first cycle, and None where nothing was filled.
    """

    x: np.ndarray
    y: np.ndarray
    remaining: np.ndarray
    groups: np.ndarray
    cycle: np.ndarray
    mask: np.ndarray | None
    group_name: str = "engine"

    def __len__(self):
        return len(self.y)

    def rows(self, index):
        """Return these windows only; `index` is a boolean mask (N,) or numbers."""
        chosen = {name: getattr(self, name)[index] for name in ("x", "y", "remaining", "groups", "cycle")}
        return replace(self, **chosen, mask=None if self.mask is None else self.mask[index])

    def __repr__(self):
        return _("Windows: {n} windows of {t} cycles, {d} inputs, from {engines} {group_name}s").format(
            n=len(self),
            t=self.x.shape[1],
            d=self.x.shape[2],
            engines=len(np.unique(self.groups)),
            group_name=self.group_name,
        )


def windows(runs, length=30, cap=125, pad=False, dtype=None):
    """Cut the `runs` of engines into all windows of `length` cycles: Windows with x (N, T, D) and y (N,).

        x[i] = cycles t - T + 1 ... t of one engine        y[i] = min(remaining life at t, cap)

    A window never holds cycles of two engines: one of n cycles gives n - T + 1 windows. `cap` [cycles] limits the
    target, because a healthy engine looks the same 300 and 150 cycles before its end (Heimes 2008; 125 is usual);
    None leaves it as it is. An engine of fewer cycles than `length` is an error; with `pad` it gives one window with
    zeros before its first cycle, and `mask` tells them. `dtype`, such as "float32" for half of the memory, is that of
    x; None leaves it as it is.

    Raises ValueError for an engine that is too short, missing values, rows that are not in the order of the cycles
    and a length below 1; TypeError for what are no EngineRuns.
    """
    length = whole("length", length)
    cap = np.inf if cap is None else positive("cap", cap)
    pieces, masks, ends, engines = [], [], [], _engines(runs)
    rows = runs.x if dtype is None else runs.x.astype(dtype)
    for start, stop in engines:
        if stop - start < length:
            if not pad:
                raise _too_short(runs, start, stop, length)
            missing = length - (stop - start)
            filled = np.concatenate([np.zeros((missing, rows.shape[1]), rows.dtype), rows[start:stop]])
            pieces.append(filled[np.newaxis])
            masks.append(np.arange(length)[np.newaxis] >= missing)
            ends.append([stop - 1])
        else:
            view = np.lib.stride_tricks.sliding_window_view(rows[start:stop], length, axis=0)  # (n - T + 1, D, T)
            pieces.append(view.transpose(0, 2, 1))
            masks.append(np.ones((len(view), length), dtype=bool))
            ends.append(np.arange(start + length - 1, stop))
    end = np.concatenate(ends)
    return Windows(
        x=np.concatenate(pieces),
        y=np.minimum(runs.y[end], cap).astype(np.float64),
        remaining=runs.y[end].astype(np.float64),
        groups=runs.groups[end],
        cycle=runs.cycle[end],
        mask=np.concatenate(masks) if pad else None,
        group_name=runs.group_name,
    )


def last_windows(runs, length=30, cap=None, pad=False, dtype=None):
    """Return the last window of each engine, with its true remaining life: what a test set is judged by.

    Like `windows`, but one window for each engine, and `y` is not capped: the truth does not know our cap.
    """
    every = windows(runs, length, cap, pad, dtype)
    return every.rows(np.append(every.groups[1:] != every.groups[:-1], True))


def prepare_engines(train, test, validation=0.2, length=30, cap=125, rng=0):
    """Return (train, validation, test) as Windows: the usual preparation, in five steps.

    Split off a share of the engines for validation; choose the columns that follow the remaining life; scale them to
    0 ... 1; cut the windows; keep the last one of each test engine, with its true remaining life. Columns and scaler
    come from the training engines alone. `train` and `test` are EngineRuns as data.load("turbofan") returns them.

    Raises ValueError and TypeError like `windows` and `split_by_group`.
    """
    train, held_back = split_by_group(train, (1 - validation, validation), rng=rng, stratify=False)
    columns = informative_columns(train)
    train, held_back, test = (part.columns(columns) for part in (train, held_back, test))
    scaler = MinMaxScaler().fit(train)
    train, held_back, test = (scaler.transform(part) for part in (train, held_back, test))
    return windows(train, length, cap), windows(held_back, length, cap), last_windows(test, length)


def _engines(runs):
    """The first row and the row after the last of each engine; the rows are checked on the way."""
    if not isinstance(runs, EngineRuns):
        raise TypeError(
            _(
                "runs is a {given}, but EngineRuns are needed, as data.load('turbofan') returns them: an array alone "
                "does not tell where an engine ends."
            ).format(given=type(runs).__name__)
        )
    if len(runs) == 0:
        raise ValueError(_("runs has no rows; at least one engine is needed."))
    all_finite(runs)
    changes = np.flatnonzero(runs.groups[1:] != runs.groups[:-1]) + 1
    starts, stops = np.append(0, changes), np.append(changes, len(runs))
    gaps = np.flatnonzero((np.diff(runs.cycle) != 1) & (runs.groups[1:] == runs.groups[:-1]))
    if len(gaps) or len(np.unique(runs.groups)) < len(starts):
        raise ValueError(
            _(
                "the rows of an engine are not its cycles one after the other{place}. Do not shuffle or split single "
                "rows; split by engine: split_by_group."
            ).format(
                place=_(": {group_name} {engine} has cycle {after} after cycle {before}").format(
                    group_name=runs.group_name,
                    engine=runs.groups[gaps[0]],
                    before=runs.cycle[gaps[0]],
                    after=runs.cycle[gaps[0] + 1],
                )
                if len(gaps)
                else ""
            )
        )
    return zip(starts, stops, strict=True)


def _too_short(runs, start, stop, length):
    return ValueError(
        _(
            "{group_name} {engine} has {given} cycles, fewer than the window of {length}. Use a shorter window, leave "
            "this {group_name} out, or give pad=True and use the mask."
        ).format(group_name=runs.group_name, engine=runs.groups[start], given=stop - start, length=length)
    )
