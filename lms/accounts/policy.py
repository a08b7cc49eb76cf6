"""Who may do what with accounts."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import anyone


class Permission(StrEnum):
    """What accounts guards."""

    OWN = "accounts:own:write"


RULES = {Permission.OWN: (anyone,)}
