"""Who is in a circle takes part, who facilitates it leads; a question is its asker's and mentors'."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from lms.circles.policy import RULES, Permission
from lms.circles.queries import Found, Member
from tests.actors import EVERYBODY, NOBODY, ONE, OTHER, STRANGER, let_in

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def circle(state: str = "open") -> Found:
    """One facilitates, Other is in."""
    inside = (
        Member(1, "m1", OTHER, "Heron", "in", NOW),
        Member(2, "m2", STRANGER, "Wren", "asked", NOW),
    )
    return Found(1, "c", "Title", ONE, state, None, 14, None, NOW, inside)


def test_who_may_what() -> None:
    assert let_in(RULES[Permission.OWN]) == EVERYBODY
    assert let_in(RULES[Permission.BEGIN]) == {"mentor", "coordinator"}
    assert let_in(RULES[Permission.ASK]) == EVERYBODY
    assert let_in(RULES[Permission.ANSWER]) == {"mentor"}


@pytest.mark.parametrize(
    ("number", "takes_part", "leads"),
    [
        (ONE, NOBODY, EVERYBODY),
        (OTHER, EVERYBODY, NOBODY),
        (STRANGER, NOBODY, NOBODY),
        (4, NOBODY, NOBODY),
    ],
)
def test_in_a_circle(number: int, takes_part: set[str], leads: set[str]) -> None:
    assert let_in(RULES[Permission.TAKE_PART], circle(), number) == takes_part
    assert let_in(RULES[Permission.LEAD], circle(), number) == leads
    assert let_in(RULES[Permission.LEAD], circle("closed"), number) == NOBODY


def test_a_question_is_its_askers() -> None:
    question = SimpleNamespace(asker_id=ONE)
    assert let_in(RULES[Permission.ASKED], question, ONE) == EVERYBODY
    assert let_in(RULES[Permission.ASKED], question, OTHER) == NOBODY
