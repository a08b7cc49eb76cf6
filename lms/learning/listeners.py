"""What learning does when a lower room tells something."""

from __future__ import annotations

from lms.assessment.events import AttemptMarked, AttemptStarted
from lms.learning import actions, queries


def enrol(event: AttemptStarted) -> None:
    """Whoever starts a quiz has started its course."""
    actions.enrol(event.person_id, event.course_id, event.version_id)


def version_of(person_id: int, course_id: int) -> int | None:
    """The version that a person is on, for rooms below."""
    found = queries.progress(person_id, course_id)
    return found.version_id if found else None


def complete_quiz(event: AttemptMarked) -> None:
    """A quiz that is done by passing is done as soon as the attempts that count are passed."""
    if event.passed:
        actions.quiz_passed(event.person_id, event.course_id, event.version_id, event.item_id)
