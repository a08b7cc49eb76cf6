"""Who reads a learner's tasks. Learning asks; the rooms that know mentors and cohorts answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lms.core.room import Slot
from lms.learning.rules import Reader

# Each answer is (person who learns, course) -> readers.
READERS: Slot[Callable[[int, int], list[Reader]]] = Slot()


def readers_of(person_id: int, course_id: int) -> list[Reader]:
    """Everybody who may read this person's tasks in this course; empty for somebody who learns alone.

    Who reads only after some days does so at once when nobody reads before her: there is nobody to wait for.
    """
    found = [reader for answer in READERS for reader in answer(person_id, course_id)]
    soonest = min((reader.after_days for reader in found), default=0)
    return [replace(reader, after_days=reader.after_days - soonest) for reader in found]
