"""Who was erased stays erased: the list beside the keys, carried along with every copy.

It says nothing to whoever has no key file, so it may travel with the copies. A restore on a new machine,
whose keys came from an old place, adds the list that lies beside the copy to the one beside the keys.
"""

from __future__ import annotations

import os
from pathlib import Path

from lms.privacy import ledger


def _read(path: Path) -> set[bytes]:
    try:
        lines = path.read_text("ascii").split()
    except FileNotFoundError:
        return set()
    return {bytes.fromhex(line) for line in lines if len(line) == 64}


def carry_along(backups: Path) -> None:
    """Write everybody of the list beside the keys into the one beside the copies, too."""
    there = _read(backups / ledger.NAME)
    if (both := there | ledger.listed()) == there:
        return
    unfinished = backups / f".{ledger.NAME}.{os.getpid()}.part"
    unfinished.write_text("".join(f"{one.hex()}\n" for one in sorted(both)), "ascii")
    unfinished.replace(backups / ledger.NAME)


def take_over(copy: Path) -> None:
    """Add the list that lies beside a copy to the one beside the keys. Raises OSError."""
    ledger.add(_read(copy.parent / ledger.NAME))
