"""Who a policy lets in, asked of its table alone: no page, no row, no request."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from lms.accounts.roles import Role
from lms.core.policy import Actor, Predicate
from lms.mentoring.queries import Pair
from lms.mentoring.states import State

EVERYBODY = {"", *Role}
NOBODY: set[str] = set()
STAFF = {"coordinator", "administrator"}
ONE, OTHER, STRANGER = 1, 2, 3


def actor(number: int = ONE, *roles: str) -> Actor:
    """Somebody who is signed in."""
    return Actor(number, f"p{number}", f"Person {number}", frozenset(roles), "UTC", number)


def let_in(row: Iterable[Predicate], thing: Any = None, number: int = ONE) -> set[str]:
    """The roles with which person `number` is let in; an empty name is nobody's role: she holds none."""
    rules = list(row)
    return {
        role
        for role in EVERYBODY
        if any(rule(actor(number, *filter(None, [role])), thing) for rule in rules)
    }


def pair_of(mentor: int = ONE, mentee: int = OTHER, state: State = State.ACTIVE) -> Pair:
    """A pair that stands nowhere."""
    return Pair(
        id=1,
        public_id="pair",
        request_id=1,
        state=state,
        mentor_id=mentor,
        mentor_public_id=f"p{mentor}",
        mentor_name="Mentor",
        mentor_zone="UTC",
        mentee_id=mentee,
        mentee_public_id=f"p{mentee}",
        mentee_name="Mentee",
        mentee_zone="UTC",
        languages=["en"],
        asked_at=datetime(2027, 1, 1, tzinfo=UTC),
        started_at=None,
        share_quizzes=False,
    )
