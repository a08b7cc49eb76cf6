"""Staff see the desk; the two of a pair answer while it lives and look back when it is over."""

from __future__ import annotations

import pytest

from lms.mentoring.states import State
from lms.support.policy import RULES, Permission
from tests.actors import EVERYBODY, NOBODY, ONE, OTHER, STAFF, STRANGER, let_in, pair_of


def test_who_may_what() -> None:
    assert let_in(RULES[Permission.DESK]) == STAFF
    assert let_in(RULES[Permission.CHECK]) == STAFF


@pytest.mark.parametrize("number", [ONE, OTHER, STRANGER])
def test_in_a_pair(number: int) -> None:
    theirs = EVERYBODY if number != STRANGER else NOBODY
    live, over = pair_of(), pair_of(state=State.COMPLETED)
    assert let_in(RULES[Permission.ANSWER], live, number) == theirs
    assert let_in(RULES[Permission.ANSWER], over, number) == NOBODY
    for looks_back in (Permission.LOOK_BACK, Permission.NOTES):
        assert let_in(RULES[looks_back], live, number) == theirs
        assert let_in(RULES[looks_back], over, number) == theirs
