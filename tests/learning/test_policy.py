"""A task is read by its readers of now; a file by whoever sent it, too."""

from __future__ import annotations

from types import SimpleNamespace

from lms.learning.policy import RULES, Permission
from tests.actors import EVERYBODY, NOBODY, ONE, OTHER, STRANGER, let_in


def test_who_may_what() -> None:
    thing = SimpleNamespace(task=SimpleNamespace(person_id=ONE), readers_now=frozenset({OTHER}))
    assert let_in(RULES[Permission.LEARN]) == EVERYBODY
    assert let_in(RULES[Permission.READ_TASK], thing, ONE) == NOBODY
    assert let_in(RULES[Permission.READ_TASK], thing, OTHER) == EVERYBODY
    assert let_in(RULES[Permission.READ_FILE], thing, ONE) == EVERYBODY
    assert let_in(RULES[Permission.READ_FILE], thing, OTHER) == EVERYBODY
    assert let_in(RULES[Permission.READ_FILE], thing, STRANGER) == NOBODY
