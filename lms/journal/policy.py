"""Who may do what with a journal: its writer, and nobody else."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import Actor, Predicate, anyone
from lms.journal.queries import Entry


class Permission(StrEnum):
    """What the journal guards."""

    KEEP = "journal:own"
    ENTRY = "journal:entry:own"


def wrote(person: Actor, entry: Entry) -> bool:
    """Predicate: the writer of an entry."""
    return entry.person_id == person.id


RULES: dict[Permission, tuple[Predicate, ...]] = {
    Permission.KEEP: (anyone,),
    Permission.ENTRY: (wrote,),
}
