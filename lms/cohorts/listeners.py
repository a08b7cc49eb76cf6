"""What cohorts do when a lower room tells something, and what they answer to learning's question."""

from __future__ import annotations

from lms.audit.rules import Role
from lms.cohorts import queries
from lms.learning import queries as learning
from lms.learning.events import TaskSubmitted
from lms.learning.readers import readers_of
from lms.learning.rules import READER_DAYS, Reader
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind


def readers(person_id: int, course_id: int) -> list[Reader]:
    """The coordinators who may read somebody's task in a course when nobody else answers (`decisions.md` 17)."""
    return [
        Reader(coordinator, Role.COORDINATOR, READER_DAYS, name)
        for coordinator, name in queries.coordinators_of(person_id, course_id)
    ]


def tell_coordinator(event: TaskSubmitted) -> None:
    """A task waits for the coordinator when nobody reads before her. Later ones she finds in her table."""
    course_id, task = learning.place_of(event.submission_id)
    for reader in readers_of(event.person_id, course_id):
        if reader.role is Role.COORDINATOR and reader.after_days == 0:
            messaging.notify(reader.person_id, Kind.TASK_SENT, task=task)
