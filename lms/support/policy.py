"""Who may do what in support. Coordinators see days and states of pairs, never what was said in them."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import Actor, role
from lms.mentoring.policy import takes_part
from lms.mentoring.queries import Pair


class Permission(StrEnum):
    """What support guards."""

    DESK = "support:desk:read"
    CHECK = "support:check-in:write"
    ANSWER = "support:question:answer"
    LOOK_BACK = "support:closing:take-part"
    NOTES = "support:note:own"


def is_side(person: Actor, pair: Pair) -> bool:
    """Predicate: one of the two, also of a pair that is over: notes about oneself stay readable."""
    return pair.side(person.id) is not None


_STAFF = (role("coordinator"), role("administrator"))

RULES = {
    Permission.DESK: _STAFF,
    Permission.CHECK: _STAFF,
    Permission.ANSWER: (takes_part,),
    Permission.LOOK_BACK: (is_side,),
    Permission.NOTES: (is_side,),
}
