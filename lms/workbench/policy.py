"""Who may use the workbench: the people who make pairs."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import role


class Permission(StrEnum):
    """What the workbench guards."""

    COORDINATE = "workbench:pairs:make"


RULES = {Permission.COORDINATE: (role("coordinator"), role("administrator"))}
