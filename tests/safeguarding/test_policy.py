"""A concern is handled by leads whom it is not about and who did not raise it. No other role opens it."""

from __future__ import annotations

from types import SimpleNamespace

from lms.safeguarding.policy import RULES, Permission
from tests.actors import EVERYBODY, NOBODY, ONE, OTHER, STRANGER, let_in

LEADS = {"safeguarding"}


def test_who_may_what() -> None:
    concern = SimpleNamespace(raised_by_id=ONE, about_id=OTHER)
    assert let_in(RULES[Permission.DESK]) == LEADS
    assert let_in(RULES[Permission.BLOCK]) == EVERYBODY
    for number, handles, raised in (
        (ONE, NOBODY, EVERYBODY),
        (OTHER, NOBODY, NOBODY),
        (STRANGER, LEADS, NOBODY),
    ):
        assert let_in(RULES[Permission.HANDLE], concern, number) == handles
        assert let_in(RULES[Permission.RAISED], concern, number) == raised
    unsigned = SimpleNamespace(raised_by_id=None, about_id=None)
    assert let_in(RULES[Permission.HANDLE], unsigned) == LEADS
    assert let_in(RULES[Permission.RAISED], unsigned) == NOBODY
