"""The list of people who are gone, beside the keys: what a backup would bring back is destroyed again.

It holds keyed hashes of random ids, one a line: without the keys it says nothing, with them only whether
somebody whose id one knows is gone.
"""

from __future__ import annotations

import os
from pathlib import Path

from flask import current_app

from lms.core.keys import Keys
from lms.core.settings import Settings

NAME = "erased.list"


def digest(public_id: str) -> bytes:
    """What stands for a person in the list."""
    keys: Keys = current_app.extensions["keys"]
    return keys.digest("erased", public_id)


def listed() -> set[bytes]:
    """Everybody in the list."""
    try:
        lines = path().read_text("ascii").split()
    except FileNotFoundError:
        return set()
    return {bytes.fromhex(line) for line in lines if len(line) == 64}


def add(digests: set[bytes]) -> None:
    """Write people into the list, down to the disk. Written twice is written once. Raises OSError."""
    new = sorted(digests - listed())
    if not new:
        return
    handle = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as file:
        # A line that a power cut left half written ends here.
        file.write(b"\n" + b"".join(one.hex().encode() + b"\n" for one in new))
        file.flush()
        os.fsync(file.fileno())


def path() -> Path:
    """Where the list lies."""
    settings: Settings = current_app.extensions["settings"]
    return settings.keys / NAME
