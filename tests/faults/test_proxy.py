"""A company proxy that answers 403, and start.py behind it."""

import http.server
import threading

import pytest

from course_lib.data import DataUnavailable
from course_lib.data.download import fetch
from tests.data.conftest import CONTENT, data_set, left_in
from tests.setup.test_start import course, start

__all__ = ["course"]


class Refusing(http.server.BaseHTTPRequestHandler):
    """Answers 403 to everything, as a proxy does that lets nobody through."""

    def do_GET(self):
        self.send_error(403, "Forbidden")

    do_CONNECT = do_GET

    def log_message(self, *args):
        pass


@pytest.fixture
def proxy(monkeypatch):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_download(scheme, proxy, cache, shelf, monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, proxy)
    with pytest.raises(DataUnavailable, match="403|the proxy refused") as told:
        fetch(data_set(f"{scheme}://data.invalid/small.bin"))
    assert "proxy" in str(told.value)
    assert left_in(cache) == []
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):  # the second try, from another network
        monkeypatch.delenv(name)
    shelf.pages["/small.bin"] = CONTENT
    assert fetch(data_set(shelf.url("/small.bin"))).read_bytes() == CONTENT


def test_the_set_up(course, proxy):
    """pip asks an index through the proxy; the sentence names the proxy, and without it the set-up goes through."""
    through = {
        "PIP_NO_INDEX": "0",
        "PIP_INDEX_URL": "https://index.invalid/simple",
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "1",
        "HTTPS_PROXY": proxy,
        "https_proxy": proxy,
    }
    failed = start(course, "test", **through)
    assert failed.returncode == 1
    assert "The proxy does not answer or refuses" in failed.stderr and "Traceback" not in failed.stderr
    again = start(course, "test")
    assert again.returncode == 0, again.stderr
