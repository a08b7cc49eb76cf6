"""Who may read the record: the person it is about. Who answers "Why?": who looked, and administrators."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from lms.accounts.roles import Role
from lms.core.policy import Actor, anyone, role


class Permission(StrEnum):
    """What audit guards."""

    OWN = "audit:own:read"
    ANSWER = "audit:question:answer"


def looked(person: Actor, question: Any) -> bool:
    """Predicate: the line that is asked about is about this person's own look."""
    return question is not None and person.id == question.actor_id


RULES = {
    Permission.OWN: (anyone,),
    Permission.ANSWER: (looked, role(Role.ADMINISTRATOR)),
}
