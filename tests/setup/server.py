"""Run notebooks on a Jupyter server as a browser does: REST for files and kernels, a websocket for the cells."""

import contextlib
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

from nbformat import from_dict
from websocket import create_connection

from tests.notebooks.kernel import PEAK_MB, Outputs


class Server:
    """A server at `url` (with its base path, ending in a slash) that wants `token`."""

    def __init__(self, url, token):
        self.url, self.headers = url, {"Authorization": f"token {token}", "Content-Type": "application/json"}

    def api(self, method, path, body=None):
        """The server's answer as Python objects."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}api/{path}", data, self.headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def page(self, path):
        """The HTTP status of a page that a link opens."""
        request = urllib.request.Request(self.url + path, headers=self.headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status

    def run(self, path, cell_seconds=180):
        """Run the notebook at `path` as the server has it; return (notebook with outputs, first reply s, peak MB)."""
        notebook = from_dict(self.api("GET", "contents/" + urllib.parse.quote(path))["content"])
        body = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        began = time.monotonic()
        session = self.api("POST", "sessions", body)
        kernel = session["kernel"]["id"]
        socket = create_connection(
            f"{self.url.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?session_id={uuid.uuid4().hex}",
            header=[f"Authorization: {self.headers['Authorization']}"],
            timeout=cell_seconds,
        )
        try:
            execute(socket, "1")
            first_reply = time.monotonic() - began
            for number, cell in enumerate(notebook.cells):
                if cell.cell_type == "code" and cell.source.strip():
                    outputs = Outputs()
                    reply = execute(socket, cell.source, outputs.take)
                    cell.outputs = outputs.tidy()
                    if reply["status"] != "ok":
                        raise RuntimeError(f"{path}, cell {number}: {reply.get('ename')}: {reply.get('evalue')}")
            asked = execute(socket, PEAK_MB, user_expressions={"peak": "_peak_mb"})["user_expressions"]["peak"]
        finally:
            socket.close()
            with contextlib.suppress(urllib.error.HTTPError):  # a kernel that died cannot be asked to end
                self.api("DELETE", f"sessions/{session['id']}")
        return notebook, first_reply, float(asked["data"]["text/plain"])


def execute(socket, code, take=lambda message: None, user_expressions=None):
    """Send `code` and pass what it publishes to `take` until the kernel has answered and is idle; return the reply.

    Raises RuntimeError when the kernel is gone.
    """
    identity = uuid.uuid4().hex
    header = {"msg_id": identity, "msg_type": "execute_request", "username": "", "session": identity, "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
    message = {"header": header | {"date": ""}, "parent_header": {}, "metadata": {}, "channel": "shell", "buffers": []}
    socket.send(json.dumps(message | {"content": content | {"user_expressions": user_expressions or {}}}))
    reply, idle = None, False
    while reply is None or not idle:
        received = socket.recv()
        if isinstance(received, bytes):
            continue  # a widget's numbers
        message = json.loads(received)
        kind, content = message["msg_type"], message["content"]
        if kind == "status" and content["execution_state"] in ("restarting", "dead"):
            raise RuntimeError("the kernel died (out of memory?)")
        if message["parent_header"].get("msg_id") != identity:
            continue
        if kind == "status":
            idle = idle or content["execution_state"] == "idle"
        elif kind == "execute_reply":
            reply = content
        else:
            take(message)
    return reply
