"""What safeguarding tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.events import Event


@dataclass(frozen=True, slots=True)
class Blocked(Event):
    """Somebody blocked somebody. What the two have in common ends, in silence."""

    by_id: int
    against_id: int
