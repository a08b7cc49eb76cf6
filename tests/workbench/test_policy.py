"""Pairs are made by the people whose work that is."""

from __future__ import annotations

from lms.workbench.policy import RULES, Permission
from tests.actors import STAFF, let_in


def test_who_may_what() -> None:
    assert let_in(RULES[Permission.COORDINATE]) == STAFF
    assert len(RULES) == 1
