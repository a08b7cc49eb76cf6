"""Who may do what in circles and with questions."""

from __future__ import annotations

from enum import StrEnum

from lms.accounts.roles import Role
from lms.circles import queries, questions
from lms.core.policy import Actor, Predicate, anyone, role


class Permission(StrEnum):
    """What circles guard."""

    OWN = "circles:own:read"
    BEGIN = "circles:circle:begin"
    TAKE_PART = "circles:circle:take-part"
    LEAD = "circles:circle:lead"
    ASK = "circles:question:ask"
    ASKED = "circles:question:own"
    ANSWER = "circles:question:answer"


def takes_part(person: Actor, found: queries.Found) -> bool:
    """Predicate: somebody who is in the circle now. Being asked in opens nothing."""
    member = found.member(person.id)
    return member is not None and member.state == "in"


def leads(person: Actor, found: queries.Found) -> bool:
    """Predicate: the facilitator of an open circle."""
    return found.facilitator_id == person.id and found.state == "open"


def asked(person: Actor, found: questions.Found) -> bool:
    """Predicate: whoever asked."""
    return found.asker_id == person.id


RULES: dict[Permission, tuple[Predicate, ...]] = {
    Permission.OWN: (anyone,),
    Permission.BEGIN: (role(Role.MENTOR), role(Role.COORDINATOR)),
    Permission.TAKE_PART: (takes_part,),
    Permission.LEAD: (leads,),
    Permission.ASK: (anyone,),
    Permission.ASKED: (asked,),
    Permission.ANSWER: (role(Role.MENTOR),),
}
