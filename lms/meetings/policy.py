"""Who may do what with meetings: the two of a pair that goes on; staff see dates, states and minutes."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import Actor, Predicate, anyone, role
from lms.meetings.queries import Found
from lms.meetings.rules import State
from lms.mentoring.policy import takes_part
from lms.mentoring.queries import Pair


class Permission(StrEnum):
    """What meetings guards."""

    PLAN = "meetings:pair:plan"
    MEET = "meetings:meeting:take-part"
    CALENDAR = "meetings:calendar:own"
    DISPUTES = "meetings:disputes:read"
    SETTLE = "meetings:disputes:settle"


def plans(person: Actor, pair: Pair) -> bool:
    """Predicate: one of the two, as long as the pair lives."""
    return takes_part(person, pair)


def meets(person: Actor, found: Found) -> bool:
    """Predicate: one of the two whose meeting it is, as long as the pair lives."""
    return takes_part(person, found.pair)


def settles(person: Actor, found: Found) -> bool:
    """Predicate: staff, about a meeting that two people remember differently, and that is not her own."""
    staff = person.has("coordinator") or person.has("administrator")
    return staff and found.meeting.state is State.DISPUTED and found.pair.side(person.id) is None


RULES: dict[Permission, tuple[Predicate, ...]] = {
    Permission.PLAN: (plans,),
    Permission.MEET: (meets,),
    Permission.CALENDAR: (anyone,),
    Permission.DISPUTES: (role("coordinator"), role("administrator")),
    Permission.SETTLE: (settles,),
}
