"""What assessment tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.events import Event


@dataclass(frozen=True, slots=True)
class AttemptStarted(Event):
    """Somebody has pressed Start on a quiz."""

    person_id: int
    course_id: int
    version_id: int
    item_id: int


@dataclass(frozen=True, slots=True)
class AttemptMarked(Event):
    """An attempt has its result. `percent` and `passed` are what counts over all attempts by now."""

    attempt_id: int
    person_id: int
    course_id: int
    version_id: int
    item_id: int
    percent: int
    passed: bool
