"""Everybody takes her own copy and erases herself."""

from __future__ import annotations

from lms.privacy.policy import RULES, Permission
from tests.actors import EVERYBODY, let_in


def test_who_may_what() -> None:
    assert let_in(RULES[Permission.COPY]) == EVERYBODY
    assert let_in(RULES[Permission.ERASE]) == EVERYBODY
    assert len(RULES) == 2
