"""The roles that people can hold. Everybody is a learner; what a mentor sees comes from a live pair."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Roles that are granted (`decisions.md` 8)."""

    MENTOR = "mentor"
    COORDINATOR = "coordinator"
    AUTHOR = "author"
    ADMINISTRATOR = "administrator"
    SAFEGUARDING = "safeguarding"
