"""The two of a live pair meet; staff settle what two people remember differently, and not their own."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from lms.meetings.policy import RULES, Permission
from lms.meetings.rules import State as Meeting
from lms.mentoring.states import State
from tests.actors import EVERYBODY, NOBODY, STAFF, STRANGER, let_in, pair_of

MENTOR, MENTEE = 1, 2


def meeting(state: Meeting, pair: State = State.ACTIVE) -> SimpleNamespace:
    """A meeting of One and Other."""
    return SimpleNamespace(meeting=SimpleNamespace(state=state), pair=pair_of(MENTOR, MENTEE, pair))


def test_who_may_what() -> None:
    assert let_in(RULES[Permission.CALENDAR]) == EVERYBODY
    assert let_in(RULES[Permission.DISPUTES]) == STAFF


@pytest.mark.parametrize("number", [MENTOR, MENTEE, STRANGER])
@pytest.mark.parametrize("state", [State.PAUSED, State.ENDED_EARLY])
def test_a_pair_meets(number: int, state: State) -> None:
    theirs = EVERYBODY if state is State.PAUSED and number != STRANGER else NOBODY
    found = meeting(Meeting.PLANNED, state)
    assert let_in(RULES[Permission.PLAN], found.pair, number) == theirs
    assert let_in(RULES[Permission.MEET], found, number) == theirs


@pytest.mark.parametrize("state", list(Meeting))
def test_staff_settle(state: Meeting) -> None:
    disputed = state is Meeting.DISPUTED
    row = RULES[Permission.SETTLE]
    assert let_in(row, meeting(state), STRANGER) == (STAFF if disputed else NOBODY)
    assert let_in(row, meeting(state), MENTOR) == NOBODY, "not her own"
