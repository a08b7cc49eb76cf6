"""Write a .br and a .gz beside each static file, so that no worker compresses on demand.

`python -m lms.web.assets.compress`; the results are made on every host and never committed.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli

from lms.web.static_files import FOLDER

WORTH = {".css", ".js", ".svg", ".txt"}


def compress(folder: Path) -> None:
    """Compress what has changed since the last time."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in WORTH:
            continue
        done = path.with_name(path.name + ".gz")
        if not done.exists() or done.stat().st_mtime < path.stat().st_mtime:
            content = path.read_bytes()
            path.with_name(path.name + ".br").write_bytes(brotli.compress(content, quality=11))
            done.write_bytes(gzip.compress(content, 9, mtime=0))


if __name__ == "__main__":
    compress(FOLDER)
