"""Answers one request many times in this process, for callgrind: `python -m bench.repeat wsgi:app PACKET COUNT`.

Started with `--instr-atstart=no`, callgrind begins to count when everything is loaded and warm.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.utils import import_string

WARM = 10


def main(what: str, packet: Path, count: int) -> None:
    """Answer it so often while callgrind counts."""
    name, _, call = what.partition("()")[0].partition(":")
    found: Any = import_string(f"{name}:{call}")
    app = found() if what.endswith("()") else found
    first, *lines = packet.read_bytes().partition(b"\r\n\r\n")[0].decode().split("\r\n")
    headers = [tuple(line.split(": ", 1)) for line in lines]
    environ = EnvironBuilder(path=first.split()[1], headers=headers).get_environ()
    answer(app, environ, WARM)
    # When a collection falls due depends on what was loaded, not on the request.
    gc.disable()
    counting("on")
    answer(app, environ, count)
    counting("off")


def answer(app: Any, environ: dict[str, Any], count: int) -> None:
    """Answer the request. Raises RuntimeError when it is no page."""
    for _ in range(count):
        body, status, _headers = run_wsgi_app(app, dict(environ), buffered=True)
        b"".join(body)
        if not status.startswith("200"):
            raise RuntimeError(status)


def counting(word: str) -> None:
    """Tell callgrind, in which this process runs."""
    command = ["callgrind_control", "-i", word, str(os.getpid())]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
