"""Who may do what with accounts."""

from __future__ import annotations

from enum import StrEnum

from lms.accounts.roles import Role
from lms.core.policy import anyone, role


class Permission(StrEnum):
    """What accounts guards."""

    OWN = "accounts:own:write"
    PEOPLE = "accounts:people:handle"


RULES = {
    Permission.OWN: (anyone,),
    Permission.PEOPLE: (role(Role.ADMINISTRATOR),),
}
