"""What learning tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.events import Event


@dataclass(frozen=True, slots=True)
class Enrolled(Event):
    """A person has started a course."""

    enrolment_id: int
    person_id: int
    course_id: int


@dataclass(frozen=True, slots=True)
class ItemCompleted(Event):
    """An item is done."""

    enrolment_id: int
    item_id: int


@dataclass(frozen=True, slots=True)
class CourseCompleted(Event):
    """Everything that the version requires is done."""

    enrolment_id: int
    person_id: int
    course_id: int
    version_id: int


@dataclass(frozen=True, slots=True)
class TaskSubmitted(Event):
    """A task's text waits for a reader."""

    submission_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class TaskAnswered(Event):
    """A reader has answered a task."""

    submission_id: int
    person_id: int
    accepted: bool
