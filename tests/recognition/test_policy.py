"""A mentor's hours are her own; staff answer what waits, and not what they asked for themselves."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from lms.recognition.policy import RULES, Permission
from lms.recognition.rules import State
from tests.actors import EVERYBODY, NOBODY, ONE, OTHER, STAFF, let_in


def test_who_may_what() -> None:
    statement = SimpleNamespace(person_id=ONE)
    assert let_in(RULES[Permission.HOURS]) == {"mentor"}
    assert let_in(RULES[Permission.APPROVE]) == STAFF
    assert let_in(RULES[Permission.OWN], statement, ONE) == EVERYBODY
    assert let_in(RULES[Permission.OWN], statement, OTHER) == NOBODY


@pytest.mark.parametrize("state", list(State))
def test_staff_answer(state: State) -> None:
    statement, row = SimpleNamespace(person_id=ONE, state=state), RULES[Permission.ANSWER]
    assert let_in(row, statement, OTHER) == (STAFF if state is State.ASKED else NOBODY)
    assert let_in(row, statement, ONE) == NOBODY, "not her own"
