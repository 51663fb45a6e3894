"""Downloads from a server on this computer: the good one, and every way it can go wrong."""

import errno
import hashlib
import os
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from course_lib.data import DataUnavailable, download
from course_lib.data.download import fetch
from tests.data.conftest import CONTENT, archive, data_set, half, left_in, slow

# A process that fetches the small file from the address it is given, and prints a line for each stage.
FETCH = textwrap.dedent("""
    import sys
    from course_lib.data.download import fetch
    from tests.data.conftest import data_set
    print("started", flush=True)
    print(fetch(data_set(sys.argv[1])).stat().st_size, flush=True)
""")


def start_fetch(url, cache):
    env = dict(os.environ, COURSE_CACHE=str(cache))
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", FETCH, url], env=env, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_good_download_is_kept_and_asked_for_once(shelf, cache):
    shelf.pages["/small.bin"] = CONTENT
    wanted = data_set(shelf.url("/small.bin"))
    path = fetch(wanted)
    assert path == cache / "small" / "small.bin"
    assert path.read_bytes() == CONTENT
    assert fetch(wanted) == path
    assert shelf.asked == ["/small.bin"]
    assert "deep-learning-on-the-factory-floor" in shelf.agents[0]
    assert left_in(cache) == [os.path.join("small", "small.bin")]


def test_member_of_an_archive(shelf, cache):
    shelf.pages["/small.zip"] = archive(**{"small.bin": CONTENT, "readme.txt": b"x"})
    path = fetch(data_set((shelf.url("/small.zip"), "small.bin")))
    assert path.read_bytes() == CONTENT
    assert left_in(cache) == [os.path.join("small", "small.bin")]


def test_next_address_is_tried(shelf, cache):
    shelf.pages |= {"/gone": 500, "/small.bin": CONTENT}
    assert fetch(data_set(shelf.url("/gone"), shelf.url("/small.bin"))).read_bytes() == CONTENT


ALTERED = CONTENT[:5000] + bytes([CONTENT[5000] ^ 1]) + CONTENT[5001:]
WRONG = {
    "one byte altered": (ALTERED, None, "sha256 differs"),
    "one byte short": (CONTENT[:-1], None, "sha256 differs"),
    "one byte more": (CONTENT + b"x", None, "sha256 differs"),
    "empty": (b"", None, "sha256 differs"),
    "cut in half": (half, None, "broke before"),
    "a page in place of the file": (b"<html>please log in</html>", None, "sha256 differs"),
    "403": (403, None, "access denied (HTTP 403)"),
    "407 of a proxy": (407, None, "access denied (HTTP 407)"),
    "404": (404, None, "HTTP 404"),
    "500": (500, None, "HTTP 500"),
    "no archive": (CONTENT, "small.bin", "no whole zip archive"),
    "half an archive": (archive(**{"small.bin": CONTENT})[:300], "small.bin", "no whole zip archive"),
    "archive without the member": (archive(other=CONTENT), "small.bin", "holds no file small.bin"),
    "archive with an altered member": (archive(**{"small.bin": ALTERED}), "small.bin", "sha256 differs"),
    "archive that swells": (archive(**{"small.bin": bytes(20_000_000)}), "small.bin", "sha256 differs"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_content_is_never_used_and_leaves_nothing(case, shelf, cache):
    page, member, sentence = WRONG[case]
    shelf.pages["/file"] = page
    address = (shelf.url("/file"), member) if member else shelf.url("/file")
    with pytest.raises(DataUnavailable) as caught:
        fetch(data_set(address))
    assert sentence in str(caught.value)
    assert left_in(cache) == []


def test_names_in_an_archive_cannot_leave_the_folder(shelf, cache, tmp_path):
    evil = {"../../evil.txt": b"evil", "/evil.txt": b"evil", "small.bin": CONTENT}
    shelf.pages["/small.zip"] = archive(**evil)
    fetch(data_set((shelf.url("/small.zip"), "small.bin")))
    assert left_in(tmp_path) == [os.path.join("cache", "small", "small.bin")]


def test_a_download_without_end_is_stopped(shelf, cache, monkeypatch):
    monkeypatch.setattr(download, "LARGEST", 50_000)
    shelf.pages["/file"] = CONTENT
    with pytest.raises(DataUnavailable, match="more than"):
        fetch(data_set(shelf.url("/file")))
    assert left_in(cache) == []


def test_refused_connection(cache):
    with socket.socket() as s:  # a port that nobody listens on
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with pytest.raises(DataUnavailable, match="no connection"):
        fetch(data_set(f"http://127.0.0.1:{port}/small.bin"))
    assert left_in(cache) == []


def test_a_silent_server_is_given_up(shelf, cache, monkeypatch):
    monkeypatch.setattr(download, "READ_TIMEOUT", 0.3)
    shelf.pages["/file"] = lambda handler: time.sleep(3)
    with pytest.raises(DataUnavailable, match="no answer in time"):
        fetch(data_set(shelf.url("/file")))


def test_a_proxy_is_used_and_its_refusal_is_told(shelf, cache, monkeypatch):
    shelf.pages["http://data.invalid/small.bin"] = CONTENT  # a proxy is asked for the whole address
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("http_proxy", shelf.url(""))
    monkeypatch.setenv("https_proxy", shelf.url(""))
    assert fetch(data_set("http://data.invalid/small.bin")).read_bytes() == CONTENT
    with pytest.raises(DataUnavailable, match="the proxy refused"):  # our server knows no CONNECT
        fetch(data_set("https://other.invalid/small.bin", content=CONTENT[1:]))


def test_a_killed_download_leaves_nothing(shelf, cache):
    shelf.pages["/small.bin"] = slow
    process = start_fetch(shelf.url("/small.bin"), cache)
    deadline = time.time() + 30
    while not shelf.asked and time.time() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)  # half of the file has arrived
    assert process.poll() is None
    process.kill()
    process.communicate()
    assert left_in(cache) == []
    shelf.pages["/small.bin"] = CONTENT
    assert fetch(data_set(shelf.url("/small.bin"))).read_bytes() == CONTENT


def test_two_processes_at_once(shelf, cache):
    def after_a_moment(handler):
        time.sleep(0.5)
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(CONTENT)))
        handler.end_headers()
        handler.wfile.write(CONTENT)

    shelf.pages["/small.bin"] = after_a_moment
    both = [start_fetch(shelf.url("/small.bin"), cache) for _ in range(2)]
    for process in both:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert out.split() == ["started", str(len(CONTENT))]
    assert left_in(cache) == [os.path.join("small", "small.bin")]


def test_a_damaged_file_in_the_cache_is_replaced(shelf, cache):
    shelf.pages["/small.bin"] = CONTENT
    (cache / "small").mkdir(parents=True)
    (cache / "small" / "small.bin").write_bytes(ALTERED)
    assert fetch(data_set(shelf.url("/small.bin"))).read_bytes() == CONTENT


def test_a_damaged_file_does_not_stay_in_the_cache(shelf, cache):
    (cache / "small").mkdir(parents=True)
    (cache / "small" / "small.bin").write_bytes(ALTERED)
    with pytest.raises(DataUnavailable, match="it was edited or damaged"):
        fetch(data_set(shelf.url("/gone")))
    assert left_in(cache) == []


def test_what_a_killed_process_left_an_hour_ago_is_removed(shelf, cache):
    shelf.pages["/small.bin"] = CONTENT
    (cache / "small").mkdir(parents=True)
    old, new = cache / "small" / ".small.bin.old.part", cache / "small" / ".small.bin.new.part"
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    fetch(data_set(shelf.url("/small.bin")))
    assert not old.exists() and new.exists()  # the new one may belong to a process at work


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX file modes")
def test_read_only_cache(shelf, cache, monkeypatch):
    shelf.pages["/small.bin"] = CONTENT
    cache.mkdir()
    cache.chmod(0o500)
    if os.access(cache, os.W_OK):  # root may write anywhere: let the system call answer as for anyone else

        def refused(*args, **kwargs):
            raise PermissionError(errno.EACCES, "Permission denied", str(cache))

        monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(DataUnavailable, match="cannot be written to; set COURSE_CACHE"):
        fetch(data_set(shelf.url("/small.bin")))
    monkeypatch.undo()
    cache.chmod(0o700)


def test_full_disk(shelf, cache, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    shelf.pages["/small.bin"] = CONTENT
    monkeypatch.setattr(download.os, "fsync", full)
    with pytest.raises(DataUnavailable, match="the disk is full"):
        fetch(data_set(shelf.url("/small.bin")))
    assert left_in(cache) == []


@pytest.mark.parametrize("inside", [True, False])
def test_the_data_folder_wins(inside, shelf, cache, tmp_path, monkeypatch):
    shelf.pages["/small.bin"] = CONTENT
    wanted = data_set(shelf.url("/small.bin"))
    fetch(wanted)  # now the cache has it too
    folder = tmp_path / "data"
    target = folder / "small" / "small.bin" if inside else folder / "small.bin"
    target.parent.mkdir(parents=True)
    target.write_bytes(CONTENT)
    monkeypatch.setenv("COURSE_DATA", str(folder))
    assert fetch(wanted) == target


def test_an_edited_file_in_the_data_folder_is_not_used_and_not_touched(shelf, cache, tmp_path, monkeypatch):
    shelf.pages["/small.bin"] = CONTENT
    edited = tmp_path / "data" / "small.bin"
    edited.parent.mkdir()
    edited.write_bytes(ALTERED)
    monkeypatch.setenv("COURSE_DATA", str(edited.parent))
    assert fetch(data_set(shelf.url("/small.bin"))) == cache / "small" / "small.bin"
    assert edited.read_bytes() == ALTERED


def test_the_message_says_what_where_and_what_next(shelf, cache, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "small.bin").write_bytes(ALTERED)
    shelf.pages["/small.zip"] = 403
    with pytest.raises(DataUnavailable) as caught:
        fetch(data_set((shelf.url("/small.zip"), "small.bin")))
    message = str(caught.value)
    assert "Small test data" in message
    assert "small.bin in $COURSE_DATA is not used: its sha256 differs" in message
    assert "access denied (HTTP 403)" in message
    assert f"open {shelf.url('/small.zip')} in a browser, take small.bin out of the archive" in message
    assert f"folder {os.path.join('$COURSE_CACHE', 'small')}" in message
    assert "goes on with simulated data" in message
    assert str(tmp_path) not in message  # a learner's folders stay out of shared notebooks


def test_the_usual_cache_is_told_without_the_users_name(cache, monkeypatch):
    monkeypatch.delenv("COURSE_CACHE")
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    with pytest.raises(DataUnavailable) as caught:
        fetch(data_set("http://data.invalid/small.bin"))
    assert "COURSE_OFFLINE is set" in str(caught.value)
    assert str(Path.home()) + os.sep not in str(caught.value)
    assert "factory-floor-course" in str(caught.value)


def test_offline_switch_asks_no_server(shelf, cache, monkeypatch):
    shelf.pages["/small.bin"] = CONTENT
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    with pytest.raises(DataUnavailable):
        fetch(data_set(shelf.url("/small.bin")))
    assert shelf.asked == []


def test_the_test_file_is_what_the_tests_think():
    assert len(CONTENT) == 102_400
    assert data_set("x").files[0].sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert len(ALTERED) == len(CONTENT) and sum(a != b for a, b in zip(ALTERED, CONTENT, strict=True)) == 1


def test_an_interrupt_at_the_last_moment_leaves_nothing(shelf, cache, monkeypatch):
    def stop(*args):
        raise KeyboardInterrupt

    shelf.pages["/small.bin"] = CONTENT
    monkeypatch.setattr(download.os, "replace", stop)  # nothing has the final name before the rename
    with pytest.raises(KeyboardInterrupt):
        fetch(data_set(shelf.url("/small.bin")))
    assert left_in(cache) == []
