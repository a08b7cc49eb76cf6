"""The key files of an instance. They live outside the database, so a stolen dump opens nothing.

`secret` signs cookies, `pepper` strengthens passphrases, `lookup` makes keyed hashes, `kek-N` wrap the data
keys of people (`core.sealing`). A `kek` that nothing is wrapped with any more moves to `retired/`.
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
RETIRED = "retired"


class KeysMissing(Exception):
    """The key folder lacks a file, or one is damaged. `python -m lms.core.keys FOLDER` makes what is missing."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """All keys in memory. `keks` maps number to key; the highest number wraps, all of them unwrap."""

    secret: bytes
    pepper: bytes
    lookup: bytes
    keks: dict[int, bytes]

    @property
    def newest_kek(self) -> int:
        """Number of the key that wraps new data keys."""
        return max(self.keks)

    def digest(self, purpose: str, text: str) -> bytes:
        """Keyed hash for look-ups (codes, throttle counters): without the key file it can't be guessed."""
        return hmac.new(self.lookup, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()


def create(folder: Path) -> None:
    """Write the files that are missing, readable by their owner only. Never overwrites one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    first = () if _numbers(folder) else ("kek-1",)
    for name in (*SINGLE, *first):
        path = folder / f"{name}.key"
        if not path.exists():
            _write(path)


def load(folder: Path) -> Keys:
    """Read the key files.

    Raises KeysMissing when one is absent or has not 32 bytes.
    """
    secret, pepper, lookup = (_read(folder / f"{name}.key") for name in SINGLE)
    keks = {number: _read(kek_file(folder, number)) for number in _numbers(folder)}
    if not keks:
        raise KeysMissing(f"no kek-N.key in {folder}; run `python -m lms.core.keys FOLDER`")
    return Keys(secret, pepper, lookup, keks)


def kek_file(folder: Path, number: int) -> Path:
    """Where a key that wraps data keys lies."""
    return folder / f"kek-{number}.key"


def add_kek(folder: Path) -> int:
    """Add the next key that wraps data keys. A number is never used twice, not even a retired one's."""
    number = max([0, *_numbers(folder), *retired(folder)]) + 1
    _write(kek_file(folder, number))
    return number


def retire_kek(folder: Path, number: int) -> Path:
    """Move a key out of use. It is kept: an older backup may need it. Return where it lies now."""
    (folder / RETIRED).mkdir(mode=0o700, exist_ok=True)
    moved = kek_file(folder / RETIRED, number)
    kek_file(folder, number).rename(moved)
    return moved


def retired(folder: Path) -> list[int]:
    """Numbers of the keys that are out of use, as far as their files are kept."""
    return _numbers(folder / RETIRED)


def _numbers(folder: Path) -> list[int]:
    found = (path.stem.removeprefix("kek-") for path in folder.glob("kek-*.key"))
    return sorted(int(number) for number in found if number.isdecimal())


def _write(path: Path) -> None:
    # Under another name first: a killed command never leaves half a key behind, on which no start works.
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(SIZE))
        file.flush()
        os.fsync(file.fileno())
    os.link(unfinished, path)  # unlike a rename, it never replaces a key that is there
    unfinished.unlink()
    _keep(path.parent)


def _keep(folder: Path) -> None:
    """Have the folder itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
