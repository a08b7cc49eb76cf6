"""Who may do what with notices: everybody with her own."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import anyone


class Permission(StrEnum):
    """What messaging guards."""

    OWN = "messaging:own:write"


RULES = {Permission.OWN: (anyone,)}
