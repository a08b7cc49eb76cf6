"""Who may see the pages of the shell itself."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import anyone


class Permission(StrEnum):
    """What the shell guards."""

    HOME = "web:home:read"


RULES = {Permission.HOME: (anyone,)}
