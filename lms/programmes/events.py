"""What programmes tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.events import Event


@dataclass(frozen=True, slots=True)
class MentorPaused(Event):
    """A mentor takes nobody new for now: paused, left or suspended. Open offers of her come to nothing."""

    person_id: int


@dataclass(frozen=True, slots=True)
class MentorLeft(MentorPaused):
    """She will not come back by herself: she left or was suspended. Staff look at her live pairs."""


@dataclass(frozen=True, slots=True)
class StoppedWaiting(Event):
    """Somebody has left the list; an offer to her that is open comes to nothing."""

    person_id: int
