"""One thread for matrix products while a model works, and the old number afterwards, whatever happens."""

import threading

import pytest

from course_lib.nn import threads


@pytest.fixture
def blas():
    if threads._openblas() is None:
        pytest.skip("NumPy brings no OpenBLAS here")
    get, set_ = threads._openblas()
    before = get()
    set_(2)
    if get() != 2:
        set_(before)
        pytest.skip("OpenBLAS has one thread here")
    yield get
    set_(before)


def test_one_thread_inside_and_the_old_number_outside(blas):
    inner = threads.one_thread(blas)
    outer = threads.one_thread(lambda: (inner(), blas()))
    assert outer() == (1, 1)
    assert blas() == 2


def test_the_old_number_comes_back_after_an_error(blas):
    with pytest.raises(KeyboardInterrupt):
        threads.one_thread(lambda: exec("raise KeyboardInterrupt"))()
    assert blas() == 2


def test_two_trainings_that_overlap_leave_the_old_number(blas):
    inside, leave = threading.Event(), threading.Event()

    def first():
        inside.set()
        leave.wait(10)

    thread = threading.Thread(target=threads.one_thread(first))
    thread.start()
    inside.wait(10)
    assert threads.one_thread(blas)() == 1
    assert blas() == 1  # the first one still works
    leave.set()
    thread.join()
    assert blas() == 2
