"""Everybody reads her own record; a "Why?" is answered by whoever looked, or by an administrator."""

from __future__ import annotations

from types import SimpleNamespace

from lms.audit.policy import RULES, Permission
from tests.actors import EVERYBODY, ONE, OTHER, let_in


def test_who_may_what() -> None:
    question = SimpleNamespace(actor_id=ONE)
    assert let_in(RULES[Permission.OWN]) == EVERYBODY
    assert let_in(RULES[Permission.ANSWER], question, ONE) == EVERYBODY
    assert let_in(RULES[Permission.ANSWER], question, OTHER) == {"administrator"}
    assert let_in(RULES[Permission.ANSWER], None) == {"administrator"}, "the list of all questions"
