"""The numbers of a programme are for the people who run it."""

from __future__ import annotations

from lms.reports.policy import RULES, Permission
from tests.actors import STAFF, let_in


def test_who_may_what() -> None:
    assert let_in(RULES[Permission.READ]) == STAFF
    assert len(RULES) == 1
