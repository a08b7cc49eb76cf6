"""Who may do what in mentoring. Access to a learner comes from a live pair, never from a role."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import Actor, role
from lms.mentoring.queries import Pair
from lms.mentoring.states import TOGETHER, Side, awaited


class Permission(StrEnum):
    """What mentoring guards."""

    MENTEES = "mentoring:mentees:read"
    ANSWER = "mentoring:offer:answer"
    PAIR = "mentoring:pair:take-part"
    SHARE = "mentoring:pair:share"
    COORDINATE = "mentoring:pairs:make"


def takes_part(person: Actor, pair: Pair) -> bool:
    """Predicate: one of the two, as long as the pair lives."""
    return pair.state in TOGETHER and pair.side(person.id) is not None


def is_mentee(person: Actor, pair: Pair) -> bool:
    """Predicate: the learner of a live pair; only she decides what is shared."""
    return pair.state in TOGETHER and pair.side(person.id) is Side.MENTEE


def is_asked(person: Actor, pair: Pair) -> bool:
    """Predicate: the one whose answer an offer waits for. The mentor learns of it after the mentee's yes."""
    side = pair.side(person.id)
    return side is not None and side is awaited(pair.state)


RULES = {
    Permission.MENTEES: (role("mentor"),),
    Permission.ANSWER: (is_asked,),
    Permission.PAIR: (takes_part,),
    Permission.SHARE: (is_mentee,),
    Permission.COORDINATE: (role("coordinator"), role("administrator")),
}
