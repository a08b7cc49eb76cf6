"""The slanted stroke, from which the band, the seal and the mark of a certificate are drawn.

A cell is 17 x 22 units; its stroke runs 4 to the right and 13.2 up, 6.5 wide, as on the covers of the courses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians, sin

PINE = "#0f5a45"
IRIS = "#4e3993"
_COLUMNS, _ROWS = 9, 6
_CELL = (17, 22)
_RING_STROKES = 44


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line from a point by so much to the right and down."""

    x: float
    y: float
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class Ink:
    """Strokes of one colour and width; round at the ends, or cut off square."""

    colour: str
    width: float
    strokes: tuple[Stroke, ...]
    round: bool = True


@dataclass(frozen=True, slots=True)
class Drawing:
    """Inks on a sheet that begins at (left, top); y runs down."""

    left: float
    top: float
    width: float
    height: float
    inks: tuple[Ink, ...]


_MOTIFS = {
    "rights": "....1....|...121...|..12.21..|..12.21..|...121...|....1....",
    "evidence": "111.22|.111.2|2.111.|22.111|122.11|1122.1",
    "budgets": "11..22|.1122.|..12..|..21..|.2211.|22..11",
    "stories": "1111111.2|1.....1.2|1.111.1.2|1.1...1.2|1.11111.2|1.......2",
    # The seats of a forum are 18 wide; the band shows the middle nine.
    "forums": "222222222|.......22|.111111..|1......11|...2222..|..2....2.",
    "services": "....1....|....1....|...111...|..11111..|..11111..|.1111111.",
}
# ground, unlit, one, two
_COLOURS = {
    "rights": ("#0c3529", "#18483a", "#7fd6b4", "#f4b740"),
    "evidence": ("#2c2058", "#3f3170", "#bfaef7", "#f4b740"),
    "budgets": ("#f4b740", "#e3a42b", "#0c3529", "#4e3993"),
    "stories": ("#3d2a4d", "#533c66", "#f6c9b8", "#7fd6b4"),
    "forums": ("#0f5a45", "#1d6c56", "#f4b740", "#f3f5f0"),
    "services": ("#cfe3d8", "#b8d2c5", "#4e3993", "#0f5a45"),
}
THEMES = tuple(_MOTIFS)


def band_ground(theme: str) -> str:
    """The colour under the strokes of the woven band."""
    return _COLOURS[theme][0]


def band(theme: str) -> Drawing:
    """One repeat of the woven band, nine columns and six rows."""
    rows = _MOTIFS[theme].split("|")
    inks = (
        Ink(colour, 6.5, tuple(_woven(rows, lit)))
        for lit, colour in zip(".12", _COLOURS[theme][1:], strict=True)
    )
    return Drawing(0, 0, _CELL[0] * _COLUMNS, _CELL[1] * _ROWS, tuple(inks))


def mark() -> Drawing:
    """Two strokes side by side: pine taller and first, iris half a step behind."""
    return Drawing(33, 32, 29, 36, _mark())


def seal() -> Drawing:
    """The mark in a ring of strokes that alternate between the two colours."""
    iris = Ink(IRIS, 2.35, tuple(_ring(range(0, _RING_STROKES, 2), 29.5)))
    pine = Ink(PINE, 2.35, tuple(_ring(range(1, _RING_STROKES, 2), 27.4)))
    return Drawing(3.5, 6.5, 87, 87, (iris, pine, *_mark()))


def qr_code(rows: Iterable[Iterable[int]], colour: str) -> Drawing:
    """A QR code from its dark and light modules: one stroke for each run of dark ones in a row."""
    modules = [bytes(row) for row in rows]
    runs = tuple(run for y, row in enumerate(modules) for run in _dark_runs(row, y + 0.5))
    return Drawing(0, 0, len(modules), len(modules), (Ink(colour, 1, runs, round=False),))


def _woven(rows: list[str], lit: str) -> Iterable[Stroke]:
    for row, cells in enumerate(rows):
        for column in range(_COLUMNS):
            if cells[column % len(cells)] == lit:
                yield Stroke((column + 0.5) * _CELL[0] - 2, (row + 0.5) * _CELL[1] + 6.6, 4, -13.2)


def _ring(places: Iterable[int], inner: float) -> Iterable[Stroke]:
    """Strokes whose lower ends stand on the inner circle, leaning out of the radius."""
    for place in places:
        turn = radians(place * 360 / _RING_STROKES - 7)
        lean = turn + radians(26)
        yield Stroke(
            47.2 + inner * sin(turn), 50 - inner * cos(turn), 13.4 * sin(lean), -13.4 * cos(lean)
        )


def _mark() -> tuple[Ink, Ink]:
    return (
        Ink(PINE, 8.4, (Stroke(37.5, 62.5, 7.2, -25.4),)),
        Ink(IRIS, 8.4, (Stroke(51.1, 63.2, 5.9, -21.2),)),
    )


def _dark_runs(row: bytes, y: float) -> Iterable[Stroke]:
    start = 0
    for run in row.replace(b"\0", b" ").split(b" "):
        if run:
            yield Stroke(start, y, len(run), 0)
        start += len(run) + 1
