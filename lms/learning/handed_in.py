"""A task that was handed in, together with who may read it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lms.learning import queries, rules
from lms.learning.queries import Attached, Task
from lms.learning.readers import readers_of


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a reader's page needs, and what the policy decides upon."""

    task: Task
    readers_now: frozenset[int]


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file on a round of a task, and who else may read that round."""

    file: Attached
    task: Task
    readers_now: frozenset[int]


def handed_in(public_id: str, now: datetime) -> HandedIn | None:
    """The task with this public id, if it was handed in; never a draft."""
    task = queries.task(public_id)
    if task is None or task.submitted_at is None:
        return None
    return HandedIn(task, _reading_now(task, now))


def held_file(public_id: str, now: datetime) -> HeldFile | None:
    """The file with this public id: its owner's at any time, a reader's while she may read its task."""
    found = queries.attached_file(public_id)
    if found is None:
        return None
    file, task = found
    return HeldFile(file, task, _reading_now(task, now))


def _reading_now(task: Task, now: datetime) -> frozenset[int]:
    readers = readers_of(task.person_id, task.course_id)
    now_reading = {
        reader.person_id
        for reader in readers
        if rules.may_read(reader.person_id, readers, task.submitted_at, now)
    }
    return frozenset(now_reading - {task.person_id})
