"""Who may do what in learning."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import Actor, Predicate, anyone
from lms.learning.handed_in import HandedIn, HeldFile


class Permission(StrEnum):
    """What learning guards. Lessons are open to all and need none."""

    LEARN = "learning:own:write"
    READ_TASK = "learning:task:read"
    READ_FILE = "learning:file:read"


def reads_it(actor: Actor, task: HandedIn) -> bool:
    """The mentor of a live pair at once; the coordinator when nobody answered for some days."""
    return actor.id in task.readers_now


def owns_file(actor: Actor, held: HeldFile) -> bool:
    """Whoever sent it."""
    return actor.id == held.task.person_id


def reads_file(actor: Actor, held: HeldFile) -> bool:
    """Whoever may read the text that it hangs on."""
    return actor.id in held.readers_now


RULES: dict[Permission, tuple[Predicate, ...]] = {
    Permission.LEARN: (anyone,),
    Permission.READ_TASK: (reads_it,),
    Permission.READ_FILE: (owns_file, reads_file),
}
