"""Everybody has notices, and nobody has another one's."""

from __future__ import annotations

from lms.messaging.policy import RULES, Permission
from tests.actors import EVERYBODY, let_in


def test_who_may_what() -> None:
    assert let_in(RULES[Permission.OWN]) == EVERYBODY
    assert len(RULES) == 1
