"""Every route, every kind of person, the expected answer: `role_matrix.toml`, tried cell by cell.

A cell that denies must also change nothing. What somebody may not see looks like what does not exist.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.core import ids
from lms.core.policy import VERDICT
from tests.house.world import PERSONAS, Town

# Who may do what is decided in Python; that the same rows come from both engines, the rooms' own tests show.
pytestmark = pytest.mark.sqlite_only
MATRIX = tomllib.loads(Path(__file__).with_name("role_matrix.toml").read_text("utf-8"))
SIGN_IN = "in"
SENT_ON = "on"
DENIED = {"401", "404"}
# What a GET may write: the lines that say who has seen what, the fact that a message was opened.
READING_LEAVES = {"access_event", "access_chain", "message", "notice"}
_keys = count(1)


@dataclass(frozen=True)
class Row:
    """One line of the table: a method, a rule as the table writes it, which case of it, the cells."""

    name: str
    method: str
    rule: str
    cells: tuple[str, ...]

    @property
    def places(self) -> dict[str, str]:
        """Which other ids than the usual ones stand in the address."""
        return MATRIX["places"].get(self.name, {})

    @property
    def form(self) -> dict[str, Any]:
        """What is sent."""
        return MATRIX["forms"].get(self.name, {})


def read_rows() -> list[Row]:
    rows = []
    for name, cells in MATRIX["cells"].items():
        method, rule = name.split("#")[0].split()
        rows.append(Row(name, method, rule, tuple(cells.split())))
    return rows


ROWS = read_rows()


def written(rule: Rule) -> str:
    """A rule as the table writes it: without the kinds of its places."""
    return re.sub(r"<[^:>]+:([^>]+)>", r"<\1>", rule.rule)


def routes(app: Flask) -> Iterable[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield method, written(rule)


def send(town: Town, row: Row, persona: str, address: str) -> TestResponse:
    if row.method == "GET":
        return town.get(persona, address)
    form = {name: town.ids.get(str(value)[1:], value) for name, value in row.form.items()}
    return town.post(persona, address, {"form_key": f"matrix-{next(_keys)}", **form})


def seen(row: Row, answer: TestResponse, changed: Iterable[str]) -> str:
    """The answer as a cell says it; `changed` are the tables that are not as before."""
    if answer.status_code == 303 and "/sign-in?next=" in answer.headers["Location"]:
        return SIGN_IN
    if answer.status_code == 303 and row.method == "POST" and not set(changed) - {"form_key"}:
        return SENT_ON
    return str(answer.status_code)


def test_the_table_has_every_route_and_no_other(town: Town) -> None:
    there, listed = set(routes(town.app)), {(row.method, row.rule) for row in ROWS}
    assert sorted(there - listed) == [], "a new route needs a row in role_matrix.toml"
    assert sorted(listed - there) == [], "these rows have no route any more"
    assert MATRIX["personas"] == list(PERSONAS)
    assert {len(row.cells) for row in ROWS} == {len(PERSONAS)}
    known = {row.name for row in ROWS}
    assert set(MATRIX["forms"]) | set(MATRIX["places"]) <= known, "forms or places of no row"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row(town: Town, row: Row) -> None:
    address = town.address(row.rule, row.places)
    found, wrong = [], []
    for persona in PERSONAS:
        answer, changed = send(town, row, persona, address), town.changes()
        cell = seen(row, answer, changed)
        found.append(cell)
        if cell in DENIED and changed:
            wrong.append(f"{persona} is denied with {cell}, but {changed} changed")
        if row.method == "GET" and set(changed) - READING_LEAVES and row.rule != "/leave":
            wrong.append(f"{persona}: a GET changed {changed}")
        town.restore()
    assert " ".join(found) == " ".join(row.cells), dict(zip(PERSONAS, found, strict=True))
    assert wrong == []


def guarded(row: Row) -> bool:
    return row.cells[0] in {SIGN_IN, "401"}


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if guarded(row) and row.rule.count("<") > 1],
    ids=lambda row: row.name,
)
def test_guests_learn_nothing_about_what_exists(town: Town, row: Row) -> None:
    real, made_up = town.address(row.rule, row.places), invented(row.rule)
    there, nowhere = (send(town, row, "guest", address) for address in (real, made_up))
    assert there.status_code == nowhere.status_code
    assert there.headers.get("Location", "").replace(real, "") == nowhere.headers.get(
        "Location", ""
    ).replace(made_up, "")


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.method == "GET" and "404" in row.cells],
    ids=lambda row: row.name,
)
def test_denied_looks_like_absent(town: Town, row: Row) -> None:
    real, made_up = town.address(row.rule, row.places), invented(row.rule)
    for persona, cell in zip(PERSONAS, row.cells, strict=True):
        if cell == "404":
            there, nowhere = town.get(persona, real), town.get(persona, made_up)
            bodies = [
                answer.get_data(as_text=True).replace(address.removeprefix("/en"), "")
                for answer, address in ((there, real), (nowhere, made_up))
            ]
            assert bodies[0] == bodies[1], persona
            assert dict(there.headers).keys() == dict(nowhere.headers).keys(), persona


def invented(rule: str) -> str:
    """An address of the rule with ids that nobody has."""
    known = {"lang": "en", "number": "1"}
    return re.sub(r"<([^>]+)>", lambda found: known.get(found[1]) or ids.public_id(), rule)


def test_verdict_and_table_agree(town: Town) -> None:
    # What is marked public answers guests; what is guarded sends them to sign in.
    verdicts = {
        (method, written(rule)): getattr(town.app.view_functions[rule.endpoint], VERDICT)
        for rule in town.app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    for row in ROWS:
        if verdicts[row.method, row.rule] != "public":
            assert guarded(row), row.name


def test_the_table_can_fail(town: Town) -> None:
    # A hole in a guard is seen: the same cell, asked as somebody else.
    row = next(row for row in ROWS if row.name == "POST /<lang>/pairs/<pair>/messages")
    answer = send(town, row, "mentor", town.address(row.rule))
    assert set(town.changes()) == {"form_key", "message"}
    assert seen(row, answer, town.changes()) != row.cells[PERSONAS.index("other mentor")]
    town.restore()
    assert town.changes() == []
