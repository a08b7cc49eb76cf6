"""Who may join an instance that takes people by invitation only. Accounts asks; rooms that invite answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lms.core.room import Slot


@dataclass(frozen=True, slots=True)
class Door:
    """A way in: `endpoint` is where a guest shows her invitation, `open` whether she has shown a good one."""

    endpoint: str
    open: Callable[[], bool]


DOORS: Slot[Door] = Slot()


def closed() -> Door | None:
    """The door that a guest has to pass first; None when one stands open for her, or there is none."""
    doors = list(DOORS)
    return None if not doors or any(door.open() for door in doors) else doors[0]
