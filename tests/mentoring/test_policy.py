"""A pair opens to its two people while it lives, an offer to whoever is asked; no role opens either."""

from __future__ import annotations

import pytest

from lms.mentoring.policy import RULES, Permission
from lms.mentoring.states import State
from tests.actors import EVERYBODY, NOBODY, STAFF, STRANGER, let_in, pair_of

MENTOR, MENTEE = 1, 2
LIVING = {State.ACTIVE, State.PAUSED, State.CLOSING}
ASKED = {State.OFFERED_TO_MENTOR: MENTOR, State.OFFERED_TO_MENTEE: MENTEE}


def test_who_may_what() -> None:
    assert let_in(RULES[Permission.MENTEES]) == {"mentor"}
    assert let_in(RULES[Permission.COORDINATE]) == STAFF


@pytest.mark.parametrize("number", [MENTOR, MENTEE, STRANGER])
@pytest.mark.parametrize("state", list(State))
def test_in_a_pair(number: int, state: State) -> None:
    def expected(yes: bool) -> set[str]:
        return EVERYBODY if yes else NOBODY

    pair, lives = pair_of(MENTOR, MENTEE, state), state in LIVING
    assert let_in(RULES[Permission.PAIR], pair, number) == expected(lives and number != STRANGER)
    assert let_in(RULES[Permission.SHARE], pair, number) == expected(lives and number == MENTEE)
    assert let_in(RULES[Permission.ANSWER], pair, number) == expected(ASKED.get(state) == number)
