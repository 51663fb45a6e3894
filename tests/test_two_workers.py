"""Several processes train one network: the same losses, the gradients of one large batch, and a worker that dies."""

import time

import numpy as np
import pytest

from course_lib.experiments import RESULTS, load_result, two_workers
from course_lib.experiments.two_workers import BATCH, LOST, rows_of
from tests.notebooks.claims import claims


def test_the_workers_share_every_batch():
    for workers in (1, 2, 4):
        for step in (0, 3):
            parts = [rows_of(step, worker, workers, samples=1000) for worker in range(workers)]
            assert [len(part) for part in parts] == [BATCH // workers] * workers
            assert np.concatenate(parts).tolist() == [(step * BATCH + k) % 1000 for k in range(BATCH)]


def test_two_processes_train_as_one():
    found = two_workers.measure(steps=5, dtype="float64")  # in float32 a last digit decides ties in a pooling window
    assert found["losses identical on all workers"] and len(found["losses"]) == 2
    assert found["largest difference to one process"] < 1e-12
    assert found["gradient, largest relative difference"] < 1e-12
    assert found["parameters"] == 121_930 and found["bytes that each worker sends in a step (ring)"] == 8 * 121_930
    assert len(set(found["losses, one process"])) == 5  # it moved at every step
    assert set(found) < set(load_result("two_workers"))


@claims("12", "the other ends within a minute")
def test_a_worker_that_dies_ends_the_other_within_a_minute(tmp_path):
    with two_workers.processes(tmp_path, 2, steps=10**6, stdout=two_workers.subprocess.PIPE) as (first, second):
        for process in (first, second):
            assert b"first step done" in process.stdout.readline()
        second.kill()
        start = time.monotonic()
        assert first.wait(60) == LOST
        assert time.monotonic() - start < 60
        said = first.stderr.read().decode()
        assert "Worker 0 stops after" in said and "another worker is gone" in said and "Start again." in said
        for process in (first, second):
            process.stdout.close()
    assert list(tmp_path.iterdir()) == []


@claims("12", "the command tells which one")
def test_the_command_stops_with_a_message_where_a_worker_dies(monkeypatch):
    monkeypatch.setattr(two_workers, "PATIENCE", 0.5)
    start_all = two_workers.processes

    def one_dies(folder, workers, steps, dtype):
        context = start_all(folder, workers, steps, dtype)

        class Killed:
            def __enter__(self):
                started = context.__enter__()
                started[1].kill()
                return started

            def __exit__(self, *exception):
                return context.__exit__(*exception)

        return Killed()

    monkeypatch.setattr(two_workers, "processes", one_dies)
    with pytest.raises(
        RuntimeError, match="The training was stopped, nothing was written: worker 0 ended .* worker 1 "
    ):
        two_workers.run(2, 5)


def test_the_shipped_result_says_how_it_was_made():
    result = load_result("two_workers")
    assert result["command"] == two_workers.COMMAND and (RESULTS / "two_workers.json").stat().st_size < 10_000
    assert result["steps"] == 20 and result["workers"] == 2
    assert result["losses identical on all workers"] and result["largest difference to one process"] < 1e-5
