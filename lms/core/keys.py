"""The key files of an instance. They live outside the database, so a stolen dump opens nothing.

`secret` signs cookies, `pepper` strengthens passphrases, `lookup` makes keyed hashes, `kek-N` seal fields.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

SIZE = 32
SINGLE = ("secret", "pepper", "lookup")


class KeysMissing(Exception):
    """The key folder lacks a file, or one is damaged. `python -m lms.core.keys FOLDER` makes what is missing."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """All keys in memory. `keks` maps key id to key; the highest id seals, all of them open."""

    secret: bytes
    pepper: bytes
    lookup: bytes
    keks: dict[int, bytes]

    @property
    def newest_kek(self) -> int:
        """Id of the key that seals new fields."""
        return max(self.keks)

    def digest(self, purpose: str, text: str) -> bytes:
        """Keyed hash for look-ups (codes, throttle counters): without the key file it can't be guessed."""
        return hmac.new(self.lookup, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()


def create(folder: Path) -> None:
    """Write the files that are missing, readable by their owner only. Never overwrites one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (*SINGLE, "kek-1"):
        path = folder / f"{name}.key"
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(SIZE))


def load(folder: Path) -> Keys:
    """Read the key files.

    Raises KeysMissing when one is absent or has not 32 bytes.
    """
    secret, pepper, lookup = (_read(folder / f"{name}.key") for name in SINGLE)
    keks = {int(p.stem.removeprefix("kek-")): _read(p) for p in folder.glob("kek-*.key")}
    if not keks:
        raise KeysMissing(f"no kek-N.key in {folder}; run `python -m lms.core.keys FOLDER`")
    return Keys(secret, pepper, lookup, keks)


def _read(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except OSError as error:
        raise KeysMissing(f"{path} cannot be read; run `python -m lms.core.keys FOLDER`") from error
    if len(key) != SIZE:
        raise KeysMissing(
            f"{path} has {len(key)} bytes instead of {SIZE}; restore it from your copy"
        )
    return key


if (
    __name__ == "__main__"
):  # `python -m lms.core.keys FOLDER`: before the first start there is no application
    create(Path(sys.argv[1]))
