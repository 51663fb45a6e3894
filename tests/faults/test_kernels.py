"""Real kernels: killed in training, interrupted in `fit`, two that fetch the same file at once."""

import contextlib
import json
import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, start_new_kernel

from course_lib.data.download import fetch
from tests.data.conftest import CONTENT, data_set, left_in
from tests.environment import ROOT, kernel_environment
from tests.notebooks.kernel import CellFailed, execute

PREPARE = """
import numpy as np
from course_lib import exercises as ex, nn
rng = np.random.default_rng(0)
x = rng.normal(size=(64, 8)); y = x.sum(axis=1, keepdims=True)
model = nn.Sequential([nn.Dense(8, activation="tanh", input_shape=(8,)), nn.Dense(1)], rng=0)
model.compile("adam", "mean_squared_error")
"""
TRAIN = """
ex.relu.check(lambda z: z * (z > 0))
print("training", flush=True)
history = model.fit(x, y, epochs=10**6, verbose=0)
"""
FETCH = """
import json
from course_lib.data.download import fetch
from tests.data.conftest import data_set
size = fetch(data_set({url!r})).stat().st_size
"""


@contextlib.contextmanager
def kernel(scratch, **variables):
    """A kernel as a notebook gets it: (manager, client)."""
    env = kernel_environment(scratch) | variables
    for name in ("COURSE_DATA", "COURSE_OFFLINE") if "COURSE_CACHE" in variables else ():
        env.pop(name, None)
    manager, client = start_new_kernel(
        kernel_name=CURRENT_ENV_KERNEL_NAME, cwd=str(ROOT), env=env, stderr=subprocess.DEVNULL
    )
    try:
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run(manager, client, code, take=lambda message: None, **options):
    reply = execute(manager, client, code, 60, 0, take, **options)
    assert reply["status"] == "ok", reply
    return reply


def value(manager, client, expression):
    found = run(manager, client, "", user_expressions={"x": expression})["user_expressions"]["x"]
    return found["data"]["text/plain"]


def when_training(action):
    """A `take` for `execute`: starts `action` a moment after the cell has printed "training"; keeps what it printed."""
    said = []

    def take(message):
        if message["msg_type"] == "stream":
            said.append(message["content"]["text"])
            if "training" in said[-1]:
                threading.Timer(0.4, action).start()

    return take, said


def test_a_kernel_that_is_killed_in_training(tmp_path):
    file = tmp_path / "progress.json"
    with kernel(tmp_path) as (manager, client):
        run(manager, client, PREPARE)
        process = manager.provisioner.process
        take, _said = when_training(process.kill)
        with pytest.raises(CellFailed, match="the kernel died"):
            run(manager, client, TRAIN, take)
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert kept["exercises"]["relu"]["passed"]
    assert [name for name in left_in(tmp_path) if "progress" in name] == ["progress.json"]
    with kernel(tmp_path) as (manager, client):  # the second try
        run(manager, client, PREPARE + "history = model.fit(x, y, epochs=3, verbose=0)")
        assert value(manager, client, "len(history.epoch)") == "3"
        assert value(manager, client, "'relu' in str(ex.progress())") == "True"


def test_the_stop_button_in_fit(tmp_path):
    with kernel(tmp_path) as (manager, client):
        run(manager, client, PREPARE)
        take, said = when_training(manager.interrupt_kernel)
        run(manager, client, TRAIN, take)  # the cell ends well: no traceback for a learner who stops a training
        assert "Stopped in epoch" in "".join(said)
        epochs = int(value(manager, client, "len(history.epoch)"))
        assert epochs > 0
        assert value(manager, client, "bool(history.history['loss'][-1] < history.history['loss'][0])") == "True"
        run(manager, client, "history = model.fit(x, y, epochs=2, verbose=0)")
        assert value(manager, client, "len(history.epoch)") == "2"


def test_two_kernels_that_fetch_the_same_file_at_once(tmp_path, shelf, cache):
    both = threading.Barrier(2)

    def slowly(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(CONTENT)))
        handler.end_headers()
        handler.wfile.write(CONTENT[:1000])
        handler.wfile.flush()
        both.wait(30)
        handler.wfile.write(CONTENT[1000:])

    shelf.pages["/small.bin"] = slowly
    code = FETCH.format(url=shelf.url("/small.bin"))
    with kernel(tmp_path, COURSE_CACHE=str(cache)) as one, kernel(tmp_path, COURSE_CACHE=str(cache)) as other:
        for _manager, client in (one, other):
            client.execute(code)
        for manager, client in (one, other):
            assert value(manager, client, "size") == str(len(CONTENT))
    assert shelf.asked == ["/small.bin"] * 2
    assert left_in(cache) == ["small/small.bin"]


def test_two_that_put_the_same_file_in_its_place_at_once(shelf, cache, monkeypatch):
    """Both have written their content before either renames it: the moment that two kernels seldom meet."""
    both, fsync = threading.Barrier(2), os.fsync

    def meet(handle):
        fsync(handle)
        both.wait(30)

    shelf.pages["/small.bin"] = CONTENT
    monkeypatch.setattr("course_lib.data.download.os.fsync", meet)
    with ThreadPoolExecutor(2) as pool:
        fetched = [pool.submit(fetch, data_set(shelf.url("/small.bin"))) for _turn in range(2)]
    assert [path.result().read_bytes() for path in fetched] == [CONTENT] * 2
    assert left_in(cache) == ["small/small.bin"]
