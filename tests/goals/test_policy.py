"""The two of a live pair work on goals; the mentee owns them and asks, the mentor answers."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from lms.goals.policy import RULES, Permission
from lms.mentoring.states import State
from tests.actors import EVERYBODY, NOBODY, STAFF, STRANGER, let_in, pair_of

MENTOR, MENTEE = 1, 2


def test_the_counts_are_for_staff() -> None:
    assert let_in(RULES[Permission.COUNT]) == STAFF


@pytest.mark.parametrize("number", [MENTOR, MENTEE, STRANGER])
@pytest.mark.parametrize("state", [State.ACTIVE, State.COMPLETED])
def test_in_a_pair(number: int, state: State) -> None:
    pair = pair_of(MENTOR, MENTEE, state)
    work = SimpleNamespace(pair=pair)

    def expected(*who: int) -> set[str]:
        return EVERYBODY if state is State.ACTIVE and number in who else NOBODY

    assert let_in(RULES[Permission.PAIR], pair, number) == expected(MENTOR, MENTEE)
    assert let_in(RULES[Permission.WORK], work, number) == expected(MENTOR, MENTEE)
    assert let_in(RULES[Permission.ASK], pair, number) == expected(MENTEE)
    assert let_in(RULES[Permission.OWN], work, number) == expected(MENTEE)
    assert let_in(RULES[Permission.ANSWER], work, number) == expected(MENTOR)
