"""Everybody has certificates of her own; staff withdraw one."""

from __future__ import annotations

from lms.certificates.policy import RULES, Permission
from tests.actors import EVERYBODY, STAFF, let_in


def test_who_may_what() -> None:
    assert let_in(RULES[Permission.OWN]) == EVERYBODY
    assert let_in(RULES[Permission.WITHDRAW]) == STAFF
    assert len(RULES) == 2
