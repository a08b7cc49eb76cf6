"""What programmes does when a lower room tells something."""

from __future__ import annotations

from lms.learning.events import CourseCompleted
from lms.programmes import profiles


def complete_training(event: CourseCompleted) -> None:
    """A course is completed: it may be the training of a mentor's programme."""
    profiles.complete_training(event.person_id, event.course_id)
