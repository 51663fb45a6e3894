"""A small data set served from this computer, so that every way a download can go wrong is tried without a network."""

import hashlib
import http.server
import io
import threading
import time
import zipfile

import pytest

from course_lib.data.catalogue import Address, DataFile, DataSet

CONTENT = bytes(range(256)) * 400  # 102,400 bytes


class Shelf(http.server.ThreadingHTTPServer):
    """A server on the loopback: `pages` maps a path to bytes, an error number or a function(handler)."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages, self.asked, self.agents = {}, [], []

    def url(self, path):
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.server.agents.append(self.headers["User-Agent"])
        page = self.server.pages.get(self.path)
        if page is None:
            self.send_error(404)
        elif isinstance(page, int):
            self.send_error(page)
        elif callable(page):
            page(self)
        else:
            self.send_response(200)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

    def log_message(self, *args):
        pass


def half(handler):
    """Promise the whole file, send half of it and hang up."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(CONTENT)))
    handler.end_headers()
    handler.wfile.write(CONTENT[: len(CONTENT) // 2])


def slow(handler):
    """Send half the file at once, the rest only after 20 seconds."""
    half(handler)
    handler.wfile.flush()
    time.sleep(20)
    handler.wfile.write(CONTENT[len(CONTENT) // 2 :])


def archive(**members):
    """A zip archive with these members (name=content)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in members.items():
            z.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def shelf():
    server = Shelf()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, no data folder, and no proxy between us and the loopback."""
    folder = tmp_path / "cache"
    for name in ("COURSE_DATA", "COURSE_OFFLINE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("COURSE_CACHE", str(folder))
    return folder


def data_set(*addresses, content=CONTENT):
    """A catalogue entry for one small file at these addresses: a URL, or (URL, member of the archive)."""
    addresses = tuple(Address(*a) if isinstance(a, tuple) else Address(a) for a in addresses)
    file = DataFile("small.bin", hashlib.sha256(content).hexdigest(), len(content), addresses)
    return DataSet("small", "Small test data", "small", (file,), "", "", "", "", (), ())


def left_in(folder):
    """Every file under `folder`, hidden ones too."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
