"""What accounts tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.events import Event


@dataclass(frozen=True, slots=True)
class PersonJoined(Event):
    """Somebody has made an account."""

    person_id: int


@dataclass(frozen=True, slots=True)
class RoleGranted(Event):
    """A person holds a role from now on."""

    person_id: int
    role: str
