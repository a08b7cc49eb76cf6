"""The certificate's typefaces: which file draws a letter in which role, and how wide a line becomes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import pairwise
from pathlib import Path

from fontTools.ttLib import TTFont

# A space, if any, and what stands before the next place where a line may break.
_PIECES = re.compile(r"(\s*)([^\s\-–—/]*[\-–—/]+|[^\s\-–—/]+)")
FOLDER = Path(__file__).parent.parent / "fonts"


class Role(Enum):
    """Where a text stands; the value lists the files that are asked for a letter, in order."""

    HEAD = ("Commissioner-Head", "NotoSansGeorgian-Bold", "NotoSansArmenian-Bold")
    TEXT = ("Commissioner-Text", "NotoSansGeorgian-Regular", "NotoSansArmenian-Regular")
    BOLD = ("Commissioner-Bold", "NotoSansGeorgian-Bold", "NotoSansArmenian-Bold")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place on the page, in points: its width and height, the size wished for and the smallest one."""

    role: Role
    width: float
    height: float
    largest: float
    smallest: float
    line_height: float


def width(text: str, role: Role) -> float:
    """Return the width of a line at size 1, kerning left out, so seldom less than what is set."""
    advances = _advances(role)
    return sum(advances.get(ord(sign), 1.0) for sign in unicodedata.normalize("NFC", text))


def fitting_size(text: str, slot: Slot) -> float | None:
    """Return the largest size, in quarter points, at which the text stays in its slot; None if none does."""
    pieces = [
        (width(space, slot.role), width(word, slot.role)) for space, word in _PIECES.findall(text)
    ]
    size = slot.largest
    while size >= slot.smallest:
        lines = _lines(pieces, 0.985 * slot.width / size)
        if lines * size * slot.line_height <= slot.height:
            return size
        size -= 0.25
    return None


def coverage() -> frozenset[int]:
    """Return the code points that every role can draw."""
    in_all = frozenset.intersection(*(frozenset(_advances(role)) for role in Role))
    return frozenset(point for point in in_all if chr(point).isprintable())


def coverage_text() -> str:
    """Return the coverage as `coverage.txt` has it, one range a line."""
    points = sorted(coverage())
    edges = [
        points[0],
        *(p for pair in pairwise(points) if pair[1] - pair[0] > 1 for p in pair),
        points[-1],
    ]
    starts, ends = edges[::2], edges[1::2]
    lines = (f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in zip(starts, ends, strict=True))
    return "\n".join(lines) + "\n"


def _lines(pieces: list[tuple[float, float]], line: float) -> int:
    """Count the lines of a greedy setting; a piece wider than a line is broken anywhere."""
    count, filled = 1, 0.0
    for space, piece in pieces:
        if filled and filled + space + piece > line:
            count, filled = count + 1, 0.0
        filled += (space if filled else 0.0) + piece
        while filled > line:
            count, filled = count + 1, filled - line
    return count


@cache
def _advances(role: Role) -> dict[int, float]:
    advances: dict[int, float] = {}
    for name in reversed(role.value):
        with TTFont(FOLDER / f"{name}.ttf", lazy=True) as font:
            unit, widths = font["head"].unitsPerEm, font["hmtx"].metrics
            advances |= {
                point: widths[glyph][0] / unit for point, glyph in font.getBestCmap().items()
            }
    return advances


if __name__ == "__main__":
    Path(__file__).with_name("coverage.txt").write_text(coverage_text(), "ascii")
