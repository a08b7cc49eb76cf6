"""Who may do what in programmes."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import anyone, role


class Permission(StrEnum):
    """What programmes guards."""

    ASK = "programmes:request:own"
    PLACES = "programmes:profile:own"
    MENTORS = "programmes:mentors:manage"
    LOOK = "programmes:mentor:read"
    SUSPEND = "programmes:mentor:suspend"


RULES = {
    Permission.ASK: (anyone,),
    Permission.PLACES: (anyone,),
    Permission.MENTORS: (role("coordinator"), role("administrator")),
    Permission.LOOK: (role("coordinator"), role("administrator"), role("safeguarding")),
    Permission.SUSPEND: (role("safeguarding"),),
}
