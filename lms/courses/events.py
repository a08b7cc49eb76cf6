"""What courses tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.events import Event


@dataclass(frozen=True, slots=True)
class CourseVersionPublished(Event):
    """A version has been written. `same_contract`: nothing that results depend on is different from `before`.

    `before` is the version that was the latest until now, None for the first.
    """

    course_id: int
    version_id: int
    before: int | None
    same_contract: bool
