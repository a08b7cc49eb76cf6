"""Answers one request many times in this process, for a profiler: `python -m bench.repeat wsgi:app PACKET COUNT`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.utils import import_string


def main(what: str, packet: Path, count: int) -> None:
    """Answer it so often. Raises RuntimeError when the answer is not a page."""
    name, _, call = what.partition("()")[0].partition(":")
    found: Any = import_string(f"{name}:{call}")
    app = found() if what.endswith("()") else found
    first, *lines = packet.read_bytes().partition(b"\r\n\r\n")[0].decode().split("\r\n")
    headers = [tuple(line.split(": ", 1)) for line in lines]
    for _ in range(count):
        environ = EnvironBuilder(path=first.split()[1], headers=headers).get_environ()
        body, status, _headers = run_wsgi_app(app, environ, buffered=True)
        b"".join(body)
        if not status.startswith("200"):
            raise RuntimeError(status)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
