"""What meetings tell the rooms above."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.events import Event


@dataclass(frozen=True, slots=True)
class MinutesConfirmed(Event):
    """The minutes of a held meeting count from now on: the other side said so, staff did, or nobody objected."""

    meeting_id: int
    mentor_id: int


@dataclass(frozen=True, slots=True)
class MeetingLogged(Event):
    """A meeting was held or missed, as one side says."""

    meeting_id: int
    match_id: int
