"""Who may do what with cohorts. A coordinator is bound to her own ones."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from lms.core.policy import Actor, anyone, role


class Permission(StrEnum):
    """What cohorts guards."""

    LIST = "cohorts:list:read"
    OPEN = "cohorts:cohort:open"
    RUN = "cohorts:cohort:run"
    TAKE_PART = "cohorts:seat:own"


class Coordinated(Protocol):
    """A thing that belongs to a cohort and so to its coordinator."""

    @property
    def coordinator_id(self) -> int: ...


class Seated(Protocol):
    """A seat."""

    @property
    def person_id(self) -> int: ...


def coordinates(person: Actor, cohort: Coordinated) -> bool:
    """Predicate: the cohort's coordinator, as long as she holds the role."""
    return person.has("coordinator") and cohort.coordinator_id == person.id


def sits(person: Actor, seat: Seated) -> bool:
    """Predicate: the person on the seat."""
    return seat.person_id == person.id


RULES = {
    Permission.LIST: (anyone,),
    Permission.OPEN: (role("coordinator"), role("administrator")),
    Permission.RUN: (coordinates, role("administrator")),
    Permission.TAKE_PART: (sits,),
}
