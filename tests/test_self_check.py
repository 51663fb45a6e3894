"""The self-check of chapter 0: says what is there, what to do, and nothing about the person."""

import getpass
import platform
import sys
from pathlib import Path

import pytest

from course_lib import self_check


@pytest.fixture(autouse=True)
def no_tensorflow(monkeypatch):
    monkeypatch.setattr(self_check, "gpu", lambda: None)


def test_it_names_versions_memory_and_ends_with_good_news(monkeypatch):
    monkeypatch.setattr(self_check, "memory", lambda: (16.0, 8.0))
    text = self_check.report()
    for package in self_check.PACKAGES:
        assert f"{package} " in text and self_check.installed(package) in text
    assert "16.0 GiB, 8.0 GiB free" in text and platform.python_version() in text
    assert text.endswith("Everything the course needs is here.")


def test_it_tells_nothing_about_the_person_or_the_folders():
    text = self_check.report()
    assert str(Path.home()) not in text and str(Path.cwd()) not in text
    assert platform.node() not in text and getpass.getuser() not in text.split()


def test_a_missing_package_comes_with_the_command_that_mends_it(monkeypatch):
    monkeypatch.setattr(self_check, "PACKAGES", ["numpy", "no-such-package"])
    text = self_check.report()
    assert "no-such-package" in text and "MISSING" in text and "python start.py" in text
    assert "Everything" not in text


def test_little_memory_is_said(monkeypatch):
    monkeypatch.setattr(self_check, "memory", lambda: (4.0, 0.4))
    assert "Less than 1 GiB" in self_check.report()


def test_a_broken_tensorflow_does_not_stop_the_check(monkeypatch):
    def broken():
        raise ImportError("DLL load failed\nlong story")

    monkeypatch.setattr(self_check, "gpu", broken)
    text = self_check.report()
    assert "DLL load failed" in text and "long story" not in text


@pytest.mark.skipif(sys.platform != "linux", reason="containers are a Linux matter")
def test_the_limit_of_a_container_counts(monkeypatch):
    monkeypatch.setattr(self_check, "_container_limit", lambda: (2**30, 2**29))
    total, free = self_check.memory()
    assert total == pytest.approx(1.0) and free <= 0.5
