"""Who may do what with attempts."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from lms.core.policy import Actor


class Permission(StrEnum):
    """What assessment guards."""

    OWN_ATTEMPT = "assessment:attempt:own"


class Owned(Protocol):
    """Something that belongs to one person."""

    @property
    def person_id(self) -> int: ...


def owns(person: Actor, thing: Owned) -> bool:
    """Only the learner sees and answers her attempts; nobody answers for her."""
    return thing.person_id == person.id


RULES = {Permission.OWN_ATTEMPT: (owns,)}
