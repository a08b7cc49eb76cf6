"""Write a .br and a .gz beside each static file, so that no worker compresses on demand.

Comments and indentation are for us; they stay out of what is sent, which is 700 bytes of a first visit.
`python -m lms.web.assets.compress`; the results are made on every host and never committed.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import brotli

from lms.web.static_files import FOLDER

WORTH = {".css", ".js", ".svg", ".txt"}


def squeezed(path: Path) -> bytes:
    """A file without what only its writers read. Knows the form of our own two sources, not CSS at large."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".css":
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        text = re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", text))
        text = text.replace(": ", ":").replace(";}", "}").strip()
    if path.suffix == ".js":
        text = re.sub(r"^\s*/\*.*?\*/$", "", text, flags=re.DOTALL | re.MULTILINE)
        text = re.sub(r"\n\s+", "\n", text)
    return text.encode()


def compress(folder: Path) -> None:
    """Compress what has changed since the last time."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in WORTH:
            continue
        done = path.with_name(path.name + ".gz")
        if not done.exists() or done.stat().st_mtime < path.stat().st_mtime:
            content = squeezed(path)
            path.with_name(path.name + ".br").write_bytes(brotli.compress(content, quality=11))
            done.write_bytes(gzip.compress(content, 9, mtime=0))


if __name__ == "__main__":
    compress(FOLDER)
