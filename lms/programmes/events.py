"""What programmes tells."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.events import Event


@dataclass(frozen=True, slots=True)
class MentorPaused(Event):
    """A mentor takes nobody new for now; offers of her that are open come to nothing."""

    person_id: int


@dataclass(frozen=True, slots=True)
class StoppedWaiting(Event):
    """Somebody has left the list; an offer to her that is open comes to nothing."""

    person_id: int
