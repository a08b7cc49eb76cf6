"""Woven pictures: course covers, the landing art and the seal, all made of one slanted stroke.

Pure geometry. Authors pick a theme; nobody uploads a banner, so a cover costs some hundred bytes
and says nothing about who is looking at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle, islice
from math import cos, radians, sin

CELL_WIDTH = 17
CELL_HEIGHT = 22
COLUMNS = 18
ROWS = 6
STROKE_WIDTH = 6.5

# One stroke: from (-2, +6.6) of the middle of its cell by (+4, -13.2), which is a slant of 16
# degrees from the vertical.
_STROKE = "l4-13.2"
_START_X = CELL_WIDTH / 2 - 2
_START_Y = CELL_HEIGHT / 2 + 6.6

_MOTIFS: dict[str, tuple[str, ...]] = {
    "rights": (
        "....1....",
        "...121...",
        "..12.21..",
        "..12.21..",
        "...121...",
        "....1....",
    ),
    "evidence": ("111.22", ".111.2", "2.111.", "22.111", "122.11", "1122.1"),
    "budgets": ("11..22", ".1122.", "..12..", "..21..", ".2211.", "22..11"),
    "stories": (
        "1111111.2",
        "1.....1.2",
        "1.111.1.2",
        "1.1...1.2",
        "1.11111.2",
        "1.......2",
    ),
    "forums": (
        ".....22222222.....",
        "...22........22...",
        "..2...111111...2..",
        ".2..11......11..2.",
        ".2.1...2222...1.2.",
        "2..1..2....2..1..2",
    ),
}

# Ground, unlit, one, two.
_COLOURS: dict[str, tuple[str, str, str, str]] = {
    "rights": ("#0c3529", "#18483a", "#7fd6b4", "#f4b740"),
    "evidence": ("#2c2058", "#3f3170", "#bfaef7", "#f4b740"),
    "budgets": ("#f4b740", "#e3a42b", "#0c3529", "#4e3993"),
    "stories": ("#3d2a4d", "#533c66", "#f6c9b8", "#7fd6b4"),
    "forums": ("#0f5a45", "#1d6c56", "#f4b740", "#f3f5f0"),
    "services": ("#cfe3d8", "#b8d2c5", "#4e3993", "#0f5a45"),
}

THEMES = tuple(_COLOURS)

# One line of green strokes; from the middle on iris ones walk beside it.
_LANDING = (
    "............................222",
    "..........................22222",
    "........................2222111",
    "......................222211111",
    "....................22221111111",
    ".................22221111111122",
    "...............2222111111122222",
    ".............2.21111111122222..",
    "...........2.2111111112222.....",
    "............111111122222.......",
    "..........111111112222.........",
    ".......11111111.22.............",
    ".....1111111.2.2...............",
    "..11111111.....................",
    "1111111........................",
    "11111..........................",
    "111............................",
    "...............................",
    "...............................",
)
SEAL_STROKES = 48
_LANDING_COLOURS = ("none", "#18483a", "#7fd6b4", "#bfaef7")


@dataclass(frozen=True, slots=True)
class Weave:
    """A grid of strokes ready to print: its size, its ground, and one path for each colour."""

    width: int
    height: int
    ground: str
    paths: tuple[tuple[str, str], ...]
    stroke_width: float = STROKE_WIDTH


def motif(theme: str) -> tuple[str, ...]:
    """Return the six rows of a theme's motif over the whole width of a cover."""
    if theme == "services":
        return tuple(_services_row(row) for row in range(ROWS))
    return tuple("".join(islice(cycle(row), COLUMNS)) for row in _MOTIFS[theme])


def _services_row(row: int) -> str:
    """Rising triangles: the farther down, the more columns of a nine-wide tile are lit."""
    cells = []
    for column in range(COLUMNS):
        distance = abs(column % 9 - 4)
        if distance <= 0.75 * row:
            cells.append("1")
        elif row < 4 and distance >= 0.75 * row + 1.6:
            cells.append("2")
        else:
            cells.append(".")
    return "".join(cells)


def _path(rows: tuple[str, ...], lit: str) -> str:
    """Return one path through every cell of the given kind."""
    return "".join(
        f"M{column * CELL_WIDTH + _START_X:g} {row * CELL_HEIGHT + _START_Y:g}{_STROKE}"
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell == lit
    )


def _weave(rows: tuple[str, ...], colours: tuple[str, str, str, str]) -> Weave:
    ground, *inks = colours
    return Weave(
        width=len(rows[0]) * CELL_WIDTH,
        height=len(rows) * CELL_HEIGHT,
        ground=ground,
        paths=tuple((ink, _path(rows, lit)) for ink, lit in zip(inks, ".12", strict=True)),
    )


@lru_cache
def cover_art(name: str) -> Weave:
    """Return the cover of a theme, or the `scrap` of an empty state, or the ring of the `seal`.

    A theme that nobody drew looks like `rights`: a course never lacks a cover.
    """
    if name == "scrap":
        return _weave(motif("budgets")[:3], _COLOURS["services"])
    if name == "seal":
        return _ring()
    known = name if name in _COLOURS else "rights"
    return _weave(motif(known), _COLOURS[known])


@lru_cache
def landing_art() -> Weave:
    """Return the picture of the landing page: two lines that become one band."""
    return _weave(_LANDING, _LANDING_COLOURS)


def _ring() -> Weave:
    """Forty-eight strokes around (100, 100), pine and iris in turn."""
    pine = "".join(_ring_stroke(n, radius=79.5) for n in range(0, SEAL_STROKES, 2))
    iris = "".join(_ring_stroke(n, radius=84) for n in range(1, SEAL_STROKES, 2))
    paths = (("#0f5a45", pine), ("#4e3993", iris))
    return Weave(width=200, height=200, ground="none", paths=paths, stroke_width=5)


def _ring_stroke(number: int, *, radius: float) -> str:
    """One stroke of the ring: in its place around the middle, slanted against its radius."""
    angle = radians(360 / SEAL_STROKES * number)
    slanted = angle + radians(22)
    x, y = 100 + radius * sin(angle), 100 - radius * cos(angle)
    dx, dy = 16.5 * sin(slanted), -16.5 * cos(slanted)
    return f"M{x - dx:.1f} {y - dy:.1f}l{2 * dx:.1f} {2 * dy:.1f}"
