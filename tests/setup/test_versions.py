"""The stored runs of `python -m tests.setup.versions`: both ends of the ranges, without a failed test."""

import json

import pytest

from tests.setup.versions import RESOLUTIONS, STORED

RUNS = json.loads(STORED.read_text(encoding="utf-8"))


def test_both_ends_were_run():
    assert {name.split(",")[0] for name in RUNS} == set(RESOLUTIONS)


@pytest.mark.parametrize("name", RUNS)
def test_nothing_failed(name):
    assert RUNS[name]["failed"] == [] and RUNS[name]["passed"] > 1000
