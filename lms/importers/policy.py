"""Who may bring tables in and take them out: those who pair people. A row is read by whom it is about."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from lms.core.policy import Actor, role


class Permission(StrEnum):
    """What importers guard."""

    TABLES = "importers:tables"
    YOURS = "importers:row:own"


class Claimed(Protocol):
    """A row whose person has come."""

    @property
    def claimed_by(self) -> int | None: ...


def came(person: Actor, row: Claimed) -> bool:
    """Predicate: the person who came with the row's code."""
    return row.claimed_by == person.id


RULES = {
    Permission.TABLES: (role("coordinator"), role("administrator")),
    Permission.YOURS: (came,),
}
