"""Who may do what in recognition."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import Actor, Predicate, role
from lms.recognition.queries import Statement
from lms.recognition.rules import State


class Permission(StrEnum):
    """What recognition guards."""

    HOURS = "recognition:hours:own"
    OWN = "recognition:statement:own"
    APPROVE = "recognition:statements:approve"
    ANSWER = "recognition:statement:answer"


def is_own(person: Actor, found: Statement) -> bool:
    """Predicate: whose hours they are."""
    return found.person_id == person.id


def answers(person: Actor, found: Statement) -> bool:
    """Predicate: staff, about a statement that waits and is not her own."""
    staff = person.has("coordinator") or person.has("administrator")
    return staff and found.state is State.ASKED and found.person_id != person.id


RULES: dict[Permission, tuple[Predicate, ...]] = {
    Permission.HOURS: (role("mentor"),),
    Permission.OWN: (is_own,),
    Permission.APPROVE: (role("coordinator"), role("administrator")),
    Permission.ANSWER: (answers,),
}
