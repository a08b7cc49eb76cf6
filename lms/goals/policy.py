"""Who may do what with goals and texts. Access comes from a live pair, never from a role."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from lms.core.policy import Actor, Predicate, role
from lms.mentoring.policy import takes_part
from lms.mentoring.queries import Pair
from lms.mentoring.states import Side


class Permission(StrEnum):
    """What goals guard."""

    PAIR = "goals:pair:take-part"
    WORK = "goals:work:take-part"
    OWN = "goals:work:own"
    ASK = "goals:text:ask"
    ANSWER = "goals:text:answer"
    COUNT = "goals:counts:read"


class Work(Protocol):
    """Something that belongs to a pair."""

    @property
    def pair(self) -> Pair:
        """The pair."""


def works_here(person: Actor, thing: Work) -> bool:
    """Predicate: one of the two, as long as the pair lives."""
    return takes_part(person, thing.pair)


def asks(person: Actor, pair: Pair) -> bool:
    """Predicate: the mentee of a live pair; only she asks for comments."""
    return takes_part(person, pair) and pair.side(person.id) is Side.MENTEE


def owns(person: Actor, thing: Work) -> bool:
    """Predicate: the mentee of a live pair, about what belongs to it."""
    return asks(person, thing.pair)


def answers(person: Actor, thing: Work) -> bool:
    """Predicate: the mentor of a live pair, about what she is asked to read."""
    return works_here(person, thing) and thing.pair.side(person.id) is Side.MENTOR


RULES: dict[Permission, tuple[Predicate, ...]] = {
    Permission.PAIR: (takes_part,),
    Permission.WORK: (works_here,),
    Permission.OWN: (owns,),
    Permission.ASK: (asks,),
    Permission.ANSWER: (answers,),
    Permission.COUNT: (role("coordinator"), role("administrator")),
}
