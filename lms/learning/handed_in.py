"""A task that was handed in, together with who may read it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lms.learning import queries, rules
from lms.learning.queries import Task
from lms.learning.readers import readers_of


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a reader's page needs, and what the policy decides upon."""

    task: Task
    readers_now: frozenset[int]


def handed_in(public_id: str, now: datetime) -> HandedIn | None:
    """The task with this public id, if it was handed in; never a draft."""
    task = queries.task(public_id)
    if task is None or task.submitted_at is None:
        return None
    readers = readers_of(task.person_id, task.course_id)
    now_reading = {
        reader.person_id
        for reader in readers
        if rules.may_read(reader.person_id, readers, task.submitted_at, now)
    }
    return HandedIn(task, frozenset(now_reading - {task.person_id}))
