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

from lms.core import ids, policy
from lms.core.policy import VERDICT
from lms.mentoring.policy import Permission
from tests.conftest import Tell
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


def test_the_count(figure: Tell) -> None:
    # Of what `test_row` tries: it fails for any cell that is missing or wrong.
    figure("authorisation cells (routes x methods x personas)", sum(len(row.cells) for row in ROWS))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_locked_person_is_a_guest(row: Row) -> None:
    # Leaving is what she still may; and her browser may be asked to forget.
    locked, guest = row.cells[PERSONAS.index("locked")], row.cells[0]
    assert locked == guest or row.rule == "/<lang>/sign-out"


# What no page of ours answers to. Somebody asks all the same.
OTHER_METHODS = ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "X")


@pytest.mark.parametrize("method", OTHER_METHODS)
def test_other_methods(town: Town, method: str) -> None:
    wrong = []
    for rule in sorted({row.rule for row in ROWS}):
        for persona in ("guest", "administrator"):
            address = town.address(rule)
            answer = town.client_of(persona).open(address, method=method)
            if answer.status_code not in {404, 405}:
                wrong.append(f"{persona}: {method} {rule}: {answer.status_code}")
    assert wrong == []
    assert town.changes() == []


def test_a_form_is_not_asked_for_and_a_page_is_not_sent(town: Town) -> None:
    # GET where there is only POST, POST where there is only GET; HEAD shows what GET shows, to the same people.
    there, wrong = {(row.method, row.rule) for row in ROWS}, []
    for method, rule in sorted(there):
        other = "POST" if method == "GET" else "GET"
        if (other, rule) not in there:
            send = town.post if other == "POST" else town.get
            answer = send("administrator", town.address(rule))
            # An address that was not found in one method may be another page's in the other one.
            if answer.status_code not in {404, 405}:
                wrong.append(f"{other} {rule}: {answer.status_code}")
    assert wrong == []
    assert town.changes() == []


def test_head_tells_no_more(town: Town) -> None:
    # What is not there for GET is not there for HEAD; what is there comes without its body.
    wrong = []
    for row in [row for row in ROWS if row.method == "GET"]:
        address = town.address(row.rule, row.places)
        asked = town.client_of("other mentor").head(address)
        denied = row.cells[PERSONAS.index("other mentor")] == "404"
        if asked.status_code >= 500 or denied != (asked.status_code == 404) or asked.get_data():
            wrong.append(f"{row.name}: {asked.status_code}")
        town.restore()
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
    [row for row in ROWS if "404" in row.cells and row.rule.count("<") > 1],
    ids=lambda row: row.name,
)
def test_denied_looks_like_absent(town: Town, row: Row) -> None:
    town.restore()
    real, made_up = town.address(row.rule, row.places), invented(row.rule)
    for persona, cell in zip(PERSONAS, row.cells, strict=True):
        if cell == "404":
            there, nowhere = (send(town, row, persona, address) for address in (real, made_up))
            assert there.status_code == nowhere.status_code == 404
            assert same(there, real) == same(nowhere, made_up), persona
            assert dict(there.headers).keys() == dict(nowhere.headers).keys(), persona
    assert town.changes() == []


def same(answer: TestResponse, address: str) -> str:
    """The body without the address itself and what is random in every form."""
    body = answer.get_data(as_text=True).replace(address.removeprefix("/en"), "")
    return re.sub(r'name="(csrf_token|form_key)"[^>]*', "", body)


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


def test_a_forgotten_check_is_found(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    # The planted hole: everybody takes part in every pair.
    monkeypatch.setitem(policy._table, Permission.PAIR, (policy.anyone,))
    row = next(row for row in ROWS if row.name == "GET /<lang>/pairs/<pair>/messages")
    with pytest.raises(AssertionError, match="in 200 200 200 200"):
        test_row(town, row)
    with pytest.raises(AssertionError):
        test_denied_looks_like_absent(town, row)


def test_the_table_can_fail(town: Town) -> None:
    # A hole in a guard is seen: the same cell, asked as somebody else.
    row = next(row for row in ROWS if row.name == "POST /<lang>/pairs/<pair>/messages")
    answer = send(town, row, "mentor", town.address(row.rule))
    assert set(town.changes()) == {"form_key", "match", "message"}
    assert seen(row, answer, town.changes()) != row.cells[PERSONAS.index("other mentor")]
    town.restore()
    assert town.changes() == []
