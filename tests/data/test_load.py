"""The front door: names, sources, options, and what happens without the data and without a network."""

import subprocess
import sys

import numpy as np
import pytest

from course_lib import data
from course_lib.data import DataUnavailable, load


@pytest.fixture
def nothing_there(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    for name in ("http_proxy", "https_proxy"):  # nobody listens there: as good as no network
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_no_file_and_no_network(nothing_there, tmp_path):
    with pytest.raises(DataUnavailable) as caught:
        load("machine_failures")
    message = str(caught.value)
    assert "AI4I 2020" in message and "https://archive.ics.uci.edu/static/public/601/" in message
    assert "$COURSE_CACHE" in message and "goes on with simulated data" in message
    assert "Traceback" not in message and str(tmp_path) not in message
    assert not list((tmp_path / "cache").rglob("*.*"))


def test_available_falls_back_and_says_so(nothing_there, capsys):
    table = load("machine_failures", source="available", physics=True)
    assert table.source == "simulated" and table.x.shape == (10_000, 9)
    assert "cannot be had here, so these are simulated" in capsys.readouterr().out


def test_simulated_needs_no_network(nothing_there):
    assert load("machine_failures", source="simulated", n=10).source == "simulated"
    assert len(load("sensor_table", n=7, machines=2, shape="ring")) == 7


@pytest.mark.parametrize("name", ["machine_failure", "Machine Failures", "machine-failures", "machines_failure"])
def test_nearest_name(name):
    with pytest.raises(ValueError, match="did you mean 'machine_failures'"):
        load(name)


def test_no_near_name():
    with pytest.raises(ValueError, match="there is no data set 'xyz'. Known: machine_failures, sensor_table"):
        load("xyz")


def test_unknown_source_and_option():
    with pytest.raises(ValueError, match="sensor_table has the sources 'simulated' and 'available', not 'real'"):
        load("sensor_table", source="real")
    with pytest.raises(TypeError, match="has no option 'colour'; it has: n, rng, shape"):
        load("sensor_table", colour="red")


def test_every_loader_has_a_datasheet():
    from course_lib.data import LOADERS

    assert set(LOADERS) == set(data.CATALOGUE)
    for data_set in data.CATALOGUE.values():
        sheet = data_set.datasheet()
        assert data_set.licence in sheet and data_set.citation in sheet and "| Column | Unit | Meaning |" in sheet
        assert all(defect in sheet for defect in data_set.known_defects)
        assert data_set._repr_markdown_() == sheet


def test_the_datasheet_of_simulated_bearings_tells_their_ranges():
    table = load("sensor_table", n=20_000)
    assert np.all(table.x.min(axis=0) >= [35, 1]) and np.all(table.x.max(axis=0) <= [95, 7])


def test_the_package_is_light():
    code = "import sys, course_lib.data as d; d.sensor_table(10); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "requests", "pooch", "matplotlib", "tensorflow", "sklearn", "tqdm"} & set(loaded)
