"""An attempt is its learner's alone."""

from __future__ import annotations

from types import SimpleNamespace

from lms.assessment.policy import RULES, Permission
from tests.actors import EVERYBODY, NOBODY, ONE, OTHER, let_in


def test_who_may_what() -> None:
    attempt = SimpleNamespace(person_id=ONE)
    assert let_in(RULES[Permission.OWN_ATTEMPT], attempt, ONE) == EVERYBODY
    assert let_in(RULES[Permission.OWN_ATTEMPT], attempt, OTHER) == NOBODY
