"""Who may do what with certificates."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import anyone, role


class Permission(StrEnum):
    """What certificates guards. The check page is open to all."""

    OWN = "certificates:own:write"
    WITHDRAW = "certificates:any:withdraw"


RULES = {
    Permission.OWN: (anyone,),
    Permission.WITHDRAW: (role("coordinator"), role("administrator")),
}
