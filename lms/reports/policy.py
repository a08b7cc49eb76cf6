"""Who may read the report of a programme: the people who run it."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import role


class Permission(StrEnum):
    """What reports guard."""

    READ = "reports:numbers:read"


RULES = {Permission.READ: (role("coordinator"), role("administrator"))}
