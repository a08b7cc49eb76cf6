"""The woven pictures: motifs row by row, strokes where the drawing puts them."""

import re
from math import atan2, degrees

import pytest

from lms.web.covers import (
    COLUMNS,
    ROWS,
    THEMES,
    cover_art,
    landing_art,
    motif,
)

STROKE = re.compile(r"M([\d.]+) ([\d.]+)l(-?[\d.]+)[ ]?(-?[\d.]+)")


def strokes(path: str) -> list[tuple[float, ...]]:
    return [tuple(map(float, found)) for found in STROKE.findall(path)]


def test_every_theme_of_the_drawing_has_a_cover() -> None:
    assert set(THEMES) == {"rights", "evidence", "budgets", "stories", "forums", "services"}


@pytest.mark.parametrize("theme", THEMES)
def test_a_cover_has_one_stroke_in_every_cell(theme: str) -> None:
    cover = cover_art(theme)
    places = [s[:2] for _, path in cover.paths for s in strokes(path)]
    assert (cover.width, cover.height) == (306, 132)
    assert len(places) == len(set(places)) == COLUMNS * ROWS


@pytest.mark.parametrize("theme", THEMES)
def test_strokes_start_left_below_the_middle_and_slant_alike(theme: str) -> None:
    for _, path in cover_art(theme).paths:
        for x, y, dx, dy in strokes(path):
            assert (x - 6.5) % 17 == 0
            assert (y - 17.6) % 22 == pytest.approx(0, abs=0.01)
            assert (dx, dy) == (4, -13.2)
    assert degrees(atan2(4, 13.2)) == pytest.approx(16, abs=1)


@pytest.mark.parametrize(
    ("theme", "row", "cells"),
    [
        ("rights", 0, "....1........1...."),
        ("rights", 2, "..12.21....12.21.."),
        ("evidence", 1, ".111.2.111.2.111.2"),
        ("budgets", 5, "22..1122..1122..11"),
        ("stories", 4, "1.11111.21.11111.2"),
        ("forums", 5, "2..1..2....2..1..2"),
        ("services", 0, "222.1.222222.1.222"),
        ("services", 3, "2.11111.22.11111.2"),
        ("services", 5, ".1111111..1111111."),
    ],
)
def test_motif_rows(theme: str, row: int, cells: str) -> None:
    assert motif(theme)[row] == cells


@pytest.mark.parametrize("theme", THEMES)
def test_the_paths_draw_the_motif(theme: str) -> None:
    cells = "".join(motif(theme))
    counts = [len(strokes(path)) for _, path in cover_art(theme).paths]
    assert counts == [cells.count(lit) for lit in ".12"]


def test_an_unknown_theme_still_has_a_cover() -> None:
    assert cover_art("nobody drew this") == cover_art("rights")


def test_the_landing_art_begins_alone_and_ends_side_by_side() -> None:
    _, green, iris = (strokes(path) for _, path in landing_art().paths)
    middle = landing_art().width / 2
    assert min(x for x, *_ in green) < 17
    assert min(x for x, *_ in iris) > middle - 6 * 17
    assert len(green) > len(iris) > 0


def test_the_scrap_is_half_a_cover_high() -> None:
    assert cover_art("scrap").height * 2 == cover_art("rights").height


def test_the_ring_of_the_seal_stays_on_its_paper() -> None:
    ends = [(x, y) for _, path in cover_art("seal").paths for x, y, *_ in strokes(path)]
    assert len(ends) == 48
    assert all(0 < x < 200 and 0 < y < 200 for x, y in ends)
