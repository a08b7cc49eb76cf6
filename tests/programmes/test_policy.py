"""Everybody may ask for a mentor and offer places; staff look after mentors, safeguarding stops them."""

from __future__ import annotations

from lms.programmes.policy import RULES, Permission
from tests.actors import EVERYBODY, STAFF, let_in


def test_who_may_what() -> None:
    assert let_in(RULES[Permission.ASK]) == EVERYBODY
    assert let_in(RULES[Permission.PLACES]) == EVERYBODY
    assert let_in(RULES[Permission.MENTORS]) == STAFF
    assert let_in(RULES[Permission.LOOK]) == STAFF | {"safeguarding"}
    assert let_in(RULES[Permission.SUSPEND]) == {"safeguarding"}
    assert len(RULES) == 5
