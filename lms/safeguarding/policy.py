"""Who may do what in safeguarding. Coordinators and administrators open nothing here."""

from __future__ import annotations

from enum import StrEnum

from lms.accounts.roles import Role
from lms.core.policy import Actor, anyone, role
from lms.safeguarding.queries import Found


class Permission(StrEnum):
    """What safeguarding guards."""

    DESK = "safeguarding:desk:read"
    HANDLE = "safeguarding:concern:handle"
    RAISED = "safeguarding:concern:own"
    BLOCK = "safeguarding:block:own"


def handles(person: Actor, found: Found) -> bool:
    """Predicate: a lead whom the concern is not about, and who did not raise it."""
    return person.has(Role.SAFEGUARDING) and person.id not in {found.about_id, found.raised_by_id}


def raised(person: Actor, found: Found) -> bool:
    """Predicate: whoever raised it, under her own account."""
    return found.raised_by_id == person.id


RULES = {
    Permission.DESK: (role(Role.SAFEGUARDING),),
    Permission.HANDLE: (handles,),
    Permission.RAISED: (raised,),
    Permission.BLOCK: (anyone,),
}
