"""Who was erased stays erased: the list beside the keys, carried along with every copy.

`erased.txt` holds one keyed digest of a public id a line. It says nothing to whoever has no key file, so it
may travel with the copies; a restore reads the one beside the keys and the one beside the copy.
"""

from __future__ import annotations

import os
from pathlib import Path

LIST = "erased.txt"


def listed(*folders: Path) -> set[str]:
    """Digests of everybody who was erased, by any of the lists in these folders."""
    found: set[str] = set()
    for folder in folders:
        if (folder / LIST).exists():
            found |= set((folder / LIST).read_text("ascii").split())
    return found


def carry_along(keys: Path, backups: Path) -> None:
    """Add what stands in the list beside the keys to the one beside the copies."""
    there = listed(backups)
    if new := sorted(listed(keys) - there):
        unfinished = backups / f".{LIST}.{os.getpid()}.part"
        unfinished.write_text("".join(f"{one}\n" for one in sorted(there) + new), "ascii")
        unfinished.replace(backups / LIST)
