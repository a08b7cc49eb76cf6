"""Who may do what in learning."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import Actor, anyone
from lms.learning.handed_in import HandedIn


class Permission(StrEnum):
    """What learning guards. Lessons are open to all and need none."""

    LEARN = "learning:own:write"
    READ_TASK = "learning:task:read"


def reads_it(actor: Actor, task: HandedIn) -> bool:
    """The mentor of a live pair at once; the coordinator when nobody answered for some days."""
    return actor.id in task.readers_now


RULES = {Permission.LEARN: (anyone,), Permission.READ_TASK: (reads_it,)}
