"""Whoever is shown a person's protected words leaves a line that she can read; without the line, no words."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from tests.house.test_role_matrix import ROWS, Row, send
from tests.house.world import PERSONAS, Town

pytestmark = pytest.mark.sqlite_only

# What the learner of the town, and somebody who waits there, wrote: levels S2 and S3.
LEARNERS = ("To bring costs to a hearing", "A page about town N.", "I have a question.")
WAITS = ("To speak at a meeting",)
CANARIES = LEARNERS + WAITS
READING = [row for row in ROWS if row.method == "GET"]


@dataclass(frozen=True)
class Look:
    """Somebody who was shown something that is not hers."""

    row: Row
    persona: str


def shown(answer: Any, words: tuple[str, ...] = CANARIES) -> bool:
    """Whether the answer has one of these words: a page, a table, or a printed document."""
    if answer.mimetype == "application/pdf":
        printed = PdfReader(BytesIO(answer.get_data())).pages
        text = " ".join(" ".join(page.extract_text() for page in printed).split())
    else:
        text = answer.get_data().decode("utf-8", "replace")
    return any(word in text for word in words)


def open_page(town: Town, row: Row, persona: str) -> Any:
    return send(town, row, persona, town.address(row.rule, row.places))


@pytest.fixture(scope="module")
def looks(town: Town) -> list[tuple[Look, bool]]:
    """Every look of others at these words, and whether a new line about it was there afterwards."""
    found = []
    asked = {row["public_id"]: row["person_id"] for row in town.rows()["mentor_request"]}
    owners = {town.people["learner"].id: LEARNERS, asked[town.ids["waiting"]]: WAITS}
    for row in READING:
        for persona in PERSONAS:
            if persona in {"guest", "learner"}:
                continue
            answer = open_page(town, row, persona)
            for owner, canaries in owners.items():
                if shown(answer, canaries):
                    both = (owner, town.people[persona].id)
                    lines = town.rows()["access_event"]
                    about = [one for one in lines if (one["person_id"], one["actor_id"]) == both]
                    found.append((Look(row, persona), about))
            town.restore()
    before = {line["id"] for line in town.rows()["access_event"]}
    return [(look, any(line["id"] not in before for line in lines)) for look, lines in found]


def test_each_look_leaves_a_line(looks: list[tuple[Look, bool]], figure: Any) -> None:
    silent = [f"{look.persona}: {look.row.name}" for look, told in looks if not told]
    figure("looks at protected words without a line", len(silent), "= 0")
    assert silent == []
    kinds = {look.row.rule for look, _ in looks}
    assert len(kinds) >= 3, f"the test has seen too little: {kinds}"


def test_without_a_line_nothing_is_shown(
    town: Town, looks: list[tuple[Look, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr("lms.audit.actions._write", broken)
    leaked = []
    for look, _told in looks:
        answer = open_page(town, look.row, look.persona)
        if answer.status_code < 500 or shown(answer):
            leaked.append(f"{look.persona}: {look.row.name} -> {answer.status_code}")
        town.restore()
    assert leaked == []


def test_a_page_that_forgets_its_line_is_found(
    town: Town, looks: list[tuple[Look, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The planted fault: nobody writes anything any more.
    for name in ("saw", "saw_list"):
        monkeypatch.setattr(f"lms.audit.actions.{name}", lambda *_, **__: None)
    before = town.rows()["access_event"]
    for look, _told in looks:
        answer = open_page(town, look.row, look.persona)
        assert shown(answer), "shown all the same, so only the missing line can tell"
        assert town.rows()["access_event"] == before
        town.restore()
