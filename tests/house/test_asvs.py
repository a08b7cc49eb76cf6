"""Every requirement of the standard has something that proves it, or says openly that nothing does.

`tests/asvs.toml` is the table. A name of a test that does not exist is a gap, too.
"""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Tell

pytestmark = pytest.mark.sqlite_only
ROOT = Path(__file__).resolve().parents[2]
TABLE = tomllib.loads((ROOT / "tests" / "asvs.toml").read_text("utf-8"))
FOUND: dict[str, dict[str, Any]] = TABLE["requirement"]
# As the standard counts them, and how many of each level are claimed (`na` are the others).
OF_THE_STANDARD = {1: 70, 2: 183, 3: 92}
CLAIMED = {1: 63, 2: 129, 3: 62}


def of_level(level: int, *, claimed: bool) -> int:
    return sum(r["level"] == level and not (claimed and "na" in r) for r in FOUND.values())


@cache
def names_in(path: Path) -> frozenset[str]:
    """The tests of a file: functions, and classes that hold some."""
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.ClassDef)
    named = {node.name for node in tree.body if isinstance(node, kinds)}
    # The tests of a state machine are what hypothesis makes of it: Test… = ….TestCase
    named |= {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}  # fmt: skip
    return frozenset(named)


def is_test(node: str) -> bool:
    path, _, name = node.partition("::")
    return name.lower().startswith("test") and name in names_in(ROOT / path)


def is_section(place: str) -> bool:
    """Whether a page has this heading; without a heading the whole page is meant."""
    path, _, anchor = place.partition("#")
    if not (ROOT / path).is_file():
        return False
    lines = (ROOT / path).read_text("utf-8").splitlines()
    headings = {slug(line.lstrip("#")) for line in lines if line.startswith("#")}
    return not anchor or anchor in headings


def slug(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


def gaps(found: dict[str, dict[str, Any]]) -> list[str]:
    wrong = []
    for name, one in found.items():
        if not {"tests", "doc", "deviation", "later", "na"} & set(one):
            wrong.append(f"{name}: nothing")
        wrong += [f"{name}: no test {node}" for node in one.get("tests", ()) if not is_test(node)]
        if "doc" in one and not is_section(one["doc"]):
            wrong.append(f"{name}: no section {one['doc']}")
        wrong += [
            f"{name}: empty {key}" for key in ("na", "later", "deviation") if one.get(key) == ""
        ]
    return wrong


def test_every_requirement_has_its_line() -> None:
    assert {level: of_level(level, claimed=False) for level in (1, 2, 3)} == OF_THE_STANDARD
    assert {level: of_level(level, claimed=True) for level in (1, 2, 3)} == CLAIMED
    assert gaps(FOUND) == []


def test_what_is_open_only_becomes_less(figure: Tell) -> None:
    later = {name: one["later"] for name, one in FOUND.items() if "later" in one}
    for level in (1, 2, 3):
        proved = [r for r in FOUND.values() if r["level"] == level and "na" not in r and "later" not in r]  # fmt: skip
        figure(f"requirements of level {level} proved", len(proved), f"= {CLAIMED[level]}")
    figure("deviations that are stated", sum("deviation" in one for one in FOUND.values()), "")
    figure("requirements still open", len(later), "= 0")
    assert len(later) <= TABLE["most_later"], later
    assert len(later) == TABLE["most_later"], "fewer are open now: lower `most_later`"


def test_a_gap_is_found() -> None:
    # Planted: nothing at all, a test that is not there, a section that is not there.
    planted = {
        "1": {"level": 1},
        "2": {"level": 1, "tests": ["tests/house/test_asvs.py::test_that_is_not_there"]},
        "3": {"level": 1, "doc": "docs/operating.md#not-there"},
        "4": {"level": 1, "tests": ["tests/house/test_asvs.py::test_a_gap_is_found"]},
    }
    assert [line.split(":")[0] for line in gaps(planted)] == ["1", "2", "3"]
