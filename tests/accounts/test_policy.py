"""Everybody has an account of her own; other people's are the administrator's."""

from __future__ import annotations

from lms.accounts.policy import RULES, Permission
from tests.actors import EVERYBODY, let_in


def test_who_may_what() -> None:
    assert let_in(RULES[Permission.OWN]) == EVERYBODY
    assert let_in(RULES[Permission.PEOPLE]) == {"administrator"}
    assert len(RULES) == 2
