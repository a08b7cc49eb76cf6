"""What lies in the files of a database that is open."""

from __future__ import annotations

import subprocess
from pathlib import Path


def lying_in(path: Path) -> bytes:
    """The bytes of a file, read by another process.

    Whoever closes a database file loses, as a process, every lock that SQLite holds on it: the next visitor
    from outside then takes the log away from under our open connections (sqlite.org/howtocorrupt.html, 2.2).
    """
    return subprocess.run(["cat", str(path)], check=True, capture_output=True).stdout
