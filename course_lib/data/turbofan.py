"""Turbofan engines that run to failure: the C-MAPSS data of NASA, subset FD001. A computer model made them."""

import numpy as np

from course_lib.data.catalogue import TURBOFAN
from course_lib.data.download import fetch
from course_lib.data.engine_runs import EngineRuns
from course_lib.language import _

FEATURES = tuple((column.name, column.unit) for column in TURBOFAN.columns[2:26])  # without engine and cycle


def load_turbofan():
    """Return (train, test), the C-MAPSS data FD001 as two EngineRuns of 100 engines each.

    train: 20,631 cycles, every engine until it fails (after 128 to 362 cycles). test: 13,096 cycles, every engine cut
    off some time before; `y` counts from the true remaining life that NASA gives for the last row (7 to 145 cycles).
    Columns: 3 operating settings, then 21 sensors, in the order of the file. NASA numbers the engines of both files 1
    to 100. They are different engines, so here those of the test are 101 to 200.

    The data are SIMULATED by NASA's engine model C-MAPSS, not measured on a real engine.

    Source: Saxena and Goebel (2008), NASA Ames Prognostics Data Repository. Raises DataUnavailable.
    """
    # All three paths first: without one of the files nothing is read.
    train, test, remaining = (fetch(TURBOFAN, file.name) for file in TURBOFAN.files)
    train, test = np.loadtxt(train), np.loadtxt(test)
    return _runs(train, at_the_end=0), _runs(test, at_the_end=np.loadtxt(remaining), first_number=101)


def remaining_life(engine, cycle, at_the_end=0):
    """Return the remaining life (N,) [cycles] at every row: last cycle - cycle + remaining life at the last cycle.

    `engine` and `cycle` (N,) tell the rows; `at_the_end` is one number, or one for each engine in ascending order.
    """
    numbers, member = np.unique(engine, return_inverse=True)
    last = np.zeros(len(numbers))
    np.maximum.at(last, member, cycle)
    return ((last + at_the_end)[member] - cycle).astype(int)


def _runs(rows, at_the_end, first_number=1):
    engine, cycle = rows[:, 0].astype(int), rows[:, 1].astype(int)
    return EngineRuns(
        x=rows[:, 2:],
        y=remaining_life(engine, cycle, at_the_end),
        feature_names=tuple(name for name, unit in FEATURES),
        units=tuple(unit for name, unit in FEATURES),
        groups=engine - 1 + first_number,
        source="real",
        group_name=_("engine"),
        cycle=cycle,
    )
