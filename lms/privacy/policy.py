"""Who may take a copy and who may erase: the person herself, nobody else."""

from __future__ import annotations

from enum import StrEnum

from lms.core.policy import anyone


class Permission(StrEnum):
    """What privacy guards."""

    COPY = "privacy:own:copy"
    ERASE = "privacy:own:erase"


RULES = {Permission.COPY: (anyone,), Permission.ERASE: (anyone,)}
