"""Who may bring tables in and take them out: those who pair people."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import role


class Permission(StrEnum):
    """What importers guard."""

    TABLES = "importers:tables"


RULES = {Permission.TABLES: (role("coordinator"), role("administrator"))}
