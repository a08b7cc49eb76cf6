"""Who may read the record: the person it is about."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import anyone


class Permission(StrEnum):
    """What audit guards."""

    OWN = "audit:own:read"


RULES = {Permission.OWN: (anyone,)}
