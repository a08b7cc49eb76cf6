"""A journal is its writer's alone."""

from __future__ import annotations

from types import SimpleNamespace

from lms.journal.policy import RULES, Permission
from tests.actors import EVERYBODY, NOBODY, ONE, OTHER, let_in


def test_who_may_what() -> None:
    entry = SimpleNamespace(person_id=ONE)
    assert let_in(RULES[Permission.KEEP]) == EVERYBODY
    assert let_in(RULES[Permission.ENTRY], entry, ONE) == EVERYBODY
    assert let_in(RULES[Permission.ENTRY], entry, OTHER) == NOBODY
