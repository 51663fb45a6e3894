"""Run `python start.py` as a learner does, wait until chapter 0's page answers, and say after how many seconds.

    python tests/setup/open_course.py [FOLDER]

Standard library only: it runs before anything is set up.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

PAGE = "lab/tree/notebooks/00_start_here.ipynb"
LIMIT = 900  # seconds; a cold package cache on a slow line may need them


def main(folder):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    began = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        command = [sys.executable, "start.py", "--no-browser"]
        command += ["--allow-root"] if hasattr(os, "getuid") and os.getuid() == 0 else []
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            while time.monotonic() - began < LIMIT and process.poll() is None:
                time.sleep(0.5)
                log.seek(0)
                address = re.search(rf"http://(?:localhost|127\.0\.0\.1):\d+/{PAGE}\?token=\w+", log.read())
                if address:
                    page = direct.open(address[0], timeout=30).read().decode()
                    chapter = address[0].replace(f"/{PAGE}", f"/api/contents/{PAGE.removeprefix('lab/tree/')}")
                    stored = direct.open(chapter, timeout=30).read()
                    assert "jupyter-config-data" in page, "the page is not JupyterLab's"
                    assert b'"cells"' in stored, "chapter 0 is not there"
                    print(f"Chapter 0's page answered after {time.monotonic() - began:.1f} s.")
                    return 0
            log.seek(0)
            print("Chapter 0's page did not answer. start.py said:\n" + log.read())
            return 1
        finally:
            process.terminate()
            if process.wait(30) and os.name == "nt":
                subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2])))
