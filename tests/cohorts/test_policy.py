"""A cohort is run by its own coordinator, as long as she is one, and by administrators."""

from __future__ import annotations

from types import SimpleNamespace

from lms.cohorts.policy import RULES, Permission
from tests.actors import EVERYBODY, NOBODY, ONE, OTHER, STAFF, let_in


def test_who_may_what() -> None:
    cohort, seat = SimpleNamespace(coordinator_id=ONE), SimpleNamespace(person_id=ONE)
    assert let_in(RULES[Permission.LIST]) == EVERYBODY
    assert let_in(RULES[Permission.OPEN]) == STAFF
    assert let_in(RULES[Permission.RUN], cohort, ONE) == STAFF
    assert let_in(RULES[Permission.RUN], cohort, OTHER) == {"administrator"}
    assert let_in(RULES[Permission.TAKE_PART], seat, ONE) == EVERYBODY
    assert let_in(RULES[Permission.TAKE_PART], seat, OTHER) == NOBODY
