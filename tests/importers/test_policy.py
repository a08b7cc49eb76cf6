"""Tables are brought in by the people who pair people; a row is read by whom it is about."""

from __future__ import annotations

from types import SimpleNamespace

from lms.importers.policy import RULES, Permission
from tests.actors import EVERYBODY, NOBODY, ONE, OTHER, STAFF, let_in


def test_who_may_what() -> None:
    row = SimpleNamespace(claimed_by=ONE)
    assert let_in(RULES[Permission.TABLES]) == STAFF
    assert let_in(RULES[Permission.YOURS], row, ONE) == EVERYBODY
    assert let_in(RULES[Permission.YOURS], row, OTHER) == NOBODY
    assert let_in(RULES[Permission.YOURS], SimpleNamespace(claimed_by=None)) == NOBODY
