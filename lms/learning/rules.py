"""The one truth about progress, and what may happen to a task. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from lms.audit.rules import Role

QUIET_AFTER = timedelta(days=14)
READER_DAYS = 5


class Step(Protocol):
    """What progress needs to know of an item."""

    @property
    def id(self) -> int: ...
    @property
    def required(self) -> bool: ...
    @property
    def module(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Part:
    """How much of one module is done. `number` counts from 1."""

    number: int
    done: int
    total: int

    @property
    def complete(self) -> bool:
        """Whether everything in it that is required is done."""
        return self.done == self.total


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands in a course. Learner, mentor and staff are shown this and nothing else."""

    done: int
    total: int
    percent: int
    here: int | None
    parts: tuple[Part, ...]

    @property
    def complete(self) -> bool:
        """Whether everything required is done."""
        return self.total > 0 and self.done == self.total

    @property
    def parts_done(self) -> int:
        """How many modules are done."""
        return sum(part.complete for part in self.parts)

    @property
    def part_here(self) -> int:
        """Number (from 1) of the module with the next step; 0 when all is done."""
        return next((part.number for part in self.parts if not part.complete), 0)


def standing(steps: Sequence[Step], done: Iterable[int]) -> Standing:
    """Judge progress on the version that somebody is on (`acceptance.md` 2.6).

    Only required items count; the percentage is rounded down, and 100 means complete. `here` is the first
    required item that is not done: the place that is kept.
    """
    finished, here = set(done), None
    parts = {step.module: [0, 0] for step in steps}
    for step in steps:
        if step.required:
            parts[step.module][1] += 1
            if step.id in finished:
                parts[step.module][0] += 1
            elif here is None:
                here = step.id
    made = tuple(Part(module + 1, *parts[module]) for module in sorted(parts))
    count, total = sum(part.done for part in made), sum(part.total for part in made)
    return Standing(count, total, 100 * count // total if total else 0, here, made)


def is_quiet(last_step: datetime, now: datetime) -> bool:
    """Whether there was no step for 14 days: a reason for a person to say hello, nothing else."""
    return now - last_step >= QUIET_AFTER


class TaskState(StrEnum):
    """What has become of a task's text."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_WORK = "needs_work"
    ACCEPTED = "accepted"


_ALLOWED = {
    TaskState.DRAFT: {TaskState.DRAFT, TaskState.SUBMITTED, TaskState.ACCEPTED},
    TaskState.SUBMITTED: {TaskState.NEEDS_WORK, TaskState.ACCEPTED},
    TaskState.NEEDS_WORK: set(),
    TaskState.ACCEPTED: set(),
}


class NotAllowed(Exception):
    """The task's text is not in a state in which this can be done."""


def move(state: str, to: TaskState) -> TaskState:
    """Return the next state of a round. Raises NotAllowed.

    A round that needs work stays as it was; the learner's next save begins a new one. A draft is accepted
    at once only by the learner's own check.
    """
    if to not in _ALLOWED[TaskState(state)]:
        raise NotAllowed(f"{state} → {to}")
    return to


def needs_new_round(state: str) -> bool:
    """Whether saving text begins a new round."""
    return TaskState(state) is TaskState.NEEDS_WORK


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may read a task, from so many days after it was handed in on.

    `shown` is the name under which the learner knows her; `role` is what the record of visits says.
    """

    person_id: int
    role: Role
    after_days: int
    shown: str


def may_read(
    reader_id: int, readers: Iterable[Reader], submitted_at: datetime | None, now: datetime
) -> bool:
    """Whether this person may read what was handed in: the mentor at once, the coordinator when it waits."""
    if submitted_at is None:
        return False
    return any(
        reader.person_id == reader_id and now >= submitted_at + timedelta(days=reader.after_days)
        for reader in readers
    )
