"""Which letters the certificate fonts have. The web process asks this before issue, without opening a font.

`coverage.txt` is made from the fonts by `python -m lms.certificates.pdf.faces`; a test compares the two.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

COVERAGE = Path(__file__).with_name("coverage.txt")


def _read(path: Path) -> frozenset[int]:
    covered: set[int] = set()
    for line in path.read_text("ascii").split():
        first, _, last = line.partition("-")
        covered.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(covered)


_COVERED = _read(COVERAGE)


def missing_glyphs(text: str) -> str:
    """Return the signs of a text that no certificate font has, each once and in order; '' when all are there."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(dict.fromkeys(sign for sign in composed if ord(sign) not in _COVERED))
