"""Every real data set: a truncated or edited file is refused by its loader, with a message, and nothing stays."""

import pytest

from course_lib import data
from tests.data.conftest import left_in

REAL = [name for name, loaders in data.LOADERS.items() if "real" in loaders]


def damaged(size, damage):
    """Bytes of a file that is one short, or has the right size and another content."""
    return b"x" * (size - (damage == "truncated"))


@pytest.mark.parametrize("place", ["cache", "COURSE_DATA"])
@pytest.mark.parametrize("damage", ["truncated", "edited"])
@pytest.mark.parametrize("name", REAL)
def test_a_damaged_file_is_refused(name, damage, place, cache, tmp_path, monkeypatch):
    data_set = data.CATALOGUE[name]
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    home = {"cache": cache, "COURSE_DATA": tmp_path / "data"}[place] / data_set.folder
    home.mkdir(parents=True)
    if place == "COURSE_DATA":
        monkeypatch.setenv("COURSE_DATA", str(tmp_path / "data"))
    for file in data_set.files:
        (home / file.name).write_bytes(damaged(file.size, damage))
    with pytest.raises(data.DataUnavailable) as caught:
        data.load(name, source="real")
    message, file = str(caught.value), data_set.files[0]
    sentence = {"truncated": f"bytes where {file.size} were expected", "edited": "its sha256 differs"}[damage]
    assert sentence in message and file.name in message and file.addresses[0].url in message
    assert "the chapter goes on with simulated data" in message and str(tmp_path) not in message
    if place == "cache":
        assert not (home / file.name).exists()
    else:
        assert left_in(cache) == []


@pytest.mark.parametrize("name", REAL)
def test_absent_data_fall_back_to_the_simulator_of_the_same_kind(name, cache, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    found, simulated = data.load(name, source="available"), data.load(name, source="simulated")
    assert "simulated" in capsys.readouterr().out
    assert type(found) is type(simulated)
    assert {part.source for part in (found if isinstance(found, tuple) else (found,))} == {"simulated"}
