"""Reads of learning. Progress comes as facts (`Progress`), judged by `rules.standing` and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Row, Select, String, bindparam, cast, func, select

from lms.accounts.leaving import LEAVING
from lms.accounts.models import Person
from lms.core import sealing
from lms.core.db import db, fetch
from lms.core.files import words
from lms.core.files.kinds import Kind
from lms.core.files.models import StoredFile
from lms.courses.models import Item
from lms.learning.models import Completion, Enrolment, Submission, SubmissionFile


@dataclass(frozen=True, slots=True)
class Progress:
    """The facts about one enrolment. `last_step` is the latest completion, or the start."""

    enrolment_id: int
    enrolment_public_id: str
    person_id: int
    course_id: int
    version_id: int
    started_at: datetime
    completed_at: datetime | None
    last_step: datetime
    done: frozenset[int]


def _facts() -> Select[*tuple[Any, ...]]:
    # One row an enrolment, however much is done: a cohort's table would read thousands of completions.
    # No GROUP BY and no ORDER BY: SQLite would walk a whole course in order rather than look people up.
    hers = Completion.enrolment_id == Enrolment.id
    done = func.aggregate_strings(cast(Completion.item_id, String), ",")
    return select(
        Enrolment.id,
        Enrolment.public_id,
        Enrolment.person_id,
        Enrolment.course_id,
        Enrolment.version_id,
        Enrolment.started_at,
        Enrolment.completed_at,
        select(func.max(Completion.done_at)).where(hers).scalar_subquery(),
        select(done).where(hers).scalar_subquery(),
    )


_OF_PERSON = _facts().where(Enrolment.person_id == bindparam("person_id"))
_IN_COURSE = _OF_PERSON.where(Enrolment.course_id == bindparam("course_id"))


def _gather(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Progress]:
    return [_progress(row) for row in sorted(rows, key=itemgetter(0))]


def _progress(row: Row[*tuple[Any, ...]]) -> Progress:
    number, public_id, person_id, course_id, version_id, started_at, completed_at, last, done = row
    ids = (number, public_id, person_id, course_id, version_id)
    items = frozenset(map(int, done.split(","))) if done else frozenset()
    return Progress(*ids, started_at, completed_at, last or started_at, items)


def progress(person_id: int, course_id: int) -> Progress | None:
    """One person in one course, in one statement; None when she has not started it."""
    rows = fetch(_IN_COURSE, person_id=person_id, course_id=course_id)
    return next(iter(_gather(rows)), None)


def progress_of(person_id: int) -> list[Progress]:
    """One person in all her courses, the one with the latest step first, in one statement."""
    found = _gather(fetch(_OF_PERSON, person_id=person_id))
    return sorted(found, key=lambda facts: facts.last_step, reverse=True)


def progress_of_many(
    person_ids: Iterable[int], course_ids: Iterable[int] | None = None
) -> list[Progress]:
    """Several people, in one statement, in all their courses or in these."""
    statement = _facts().where(Enrolment.person_id.in_(list(person_ids)))
    if course_ids is not None:
        statement = statement.where(Enrolment.course_id.in_(list(course_ids)))
    return _gather(db.session.execute(statement))


def enrolment_row(person_id: int, course_id: int) -> Enrolment | None:
    """The enrolment itself, to be changed."""
    mine = (Enrolment.person_id == person_id) & (Enrolment.course_id == course_id)
    return db.session.scalar(select(Enrolment).where(mine))


@dataclass(frozen=True, slots=True)
class Task:
    """One round of a task with what decides about it; its text stays sealed until `text_of`."""

    id: int
    public_id: str
    enrolment_id: int
    person_id: int
    person_public_id: str
    course_id: int
    version_id: int
    item_id: int
    round: int
    state: str
    self_checked: bool
    saved_at: datetime
    submitted_at: datetime | None
    answered_at: datetime | None
    reader_id: int | None


def _tasks() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Submission.id,
            Submission.public_id,
            Submission.enrolment_id,
            Enrolment.person_id,
            Person.public_id,
            Enrolment.course_id,
            Enrolment.version_id,
            Submission.item_id,
            Submission.round,
            Submission.state,
            Submission.self_checked,
            Submission.saved_at,
            Submission.submitted_at,
            Submission.answered_at,
            Submission.reader_id,
        )
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Person.state != LEAVING)
    )


def _as_tasks(statement: Select[*tuple[Any, ...]]) -> list[Task]:
    return [Task(*row) for row in db.session.execute(statement)]


def task(public_id: str) -> Task | None:
    """A round of a task by the id in its address."""
    return next(iter(_as_tasks(_tasks().where(Submission.public_id == public_id))), None)


def place_of(submission_id: int) -> tuple[int, str]:
    """(course, public id) of a round, for rooms that tell its readers."""
    found = (
        select(Enrolment.course_id, Submission.public_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .where(Submission.id == submission_id)
    )
    row = db.session.execute(found).one()
    return row.course_id, row.public_id


def rounds(enrolment_id: int, item_id: int) -> list[Task]:
    """All rounds of one task, the newest first."""
    mine = (Submission.enrolment_id == enrolment_id) & (Submission.item_id == item_id)
    return _as_tasks(_tasks().where(mine).order_by(Submission.round.desc()))


def tasks_of(person_ids: Iterable[int], course_ids: Iterable[int] | None = None) -> list[Task]:
    """Tasks that were handed in by these people (no drafts), the longest waiting first, in one statement."""
    statement = _tasks().where(
        Enrolment.person_id.in_(list(person_ids)), Submission.submitted_at.is_not(None)
    )
    if course_ids is not None:
        statement = statement.where(Enrolment.course_id.in_(list(course_ids)))
    return _as_tasks(statement.order_by(Submission.submitted_at))


@dataclass(frozen=True, slots=True)
class Attached:
    """A file on a round of a task; its content stays sealed until `files.store.content`."""

    id: int
    public_id: str
    kind: Kind
    size: int
    number: int
    submission_id: int

    @property
    def name(self) -> str:
        """The neutral name under which it is saved."""
        return f"file-{self.number}.{self.kind}"

    @property
    def told_size(self) -> str:
        """Its size, as people read it."""
        return words.size(self.size)


_ATTACHED = select(
    StoredFile.id,
    StoredFile.public_id,
    StoredFile.kind,
    StoredFile.size,
    SubmissionFile.number,
    SubmissionFile.submission_id,
).join(SubmissionFile, SubmissionFile.file_id == StoredFile.id)


def _as_attached(statement: Select[*tuple[Any, ...]]) -> list[Attached]:
    rows = db.session.execute(statement.order_by(SubmissionFile.number))
    return [Attached(row.id, row.public_id, Kind(row.kind), *row[3:]) for row in rows]


def attached(submission_ids: Iterable[int]) -> list[Attached]:
    """The files on these rounds, in one statement."""
    return _as_attached(_ATTACHED.where(SubmissionFile.submission_id.in_(list(submission_ids))))


def attached_file(public_id: str) -> tuple[Attached, Task] | None:
    """A file by the id in its address, with the round that it hangs on."""
    found = next(iter(_as_attached(_ATTACHED.where(StoredFile.public_id == public_id))), None)
    if found is None:
        return None
    return found, _as_tasks(_tasks().where(Submission.id == found.submission_id))[0]


def submission_row(submission_id: int) -> Submission:
    """The round itself, to be changed."""
    return db.session.get_one(Submission, submission_id)


def text_of(found: Task) -> tuple[str, str]:
    """Open (text, feedback) of a round. Who calls has asked the policy and left the line."""
    row = submission_row(found.id)
    text = sealing.unseal(row.body, place("body", found.public_id, found.person_public_id))
    if row.feedback is None:
        return text, ""
    return text, sealing.unseal(
        row.feedback, place("feedback", found.public_id, found.person_public_id)
    )


def place(column: str, submission: str, owner: str) -> sealing.Place:
    """Where a task's sealed column stands."""
    return sealing.Place("submission", column, submission, owner)


def completed_enrolment(enrolment_id: int) -> Row[int, int, int, datetime | None] | None:
    """(person, course, version, completed at) of an enrolment."""
    columns = (
        Enrolment.person_id,
        Enrolment.course_id,
        Enrolment.version_id,
        Enrolment.completed_at,
    )
    return db.session.execute(select(*columns).where(Enrolment.id == enrolment_id)).first()


def was_self_checked(enrolment_id: int) -> bool:
    """Whether an accepted task of this enrolment was checked by the learner herself only."""
    mine = (Submission.enrolment_id == enrolment_id) & (Submission.state == "accepted")
    count = select(func.count()).select_from(Submission).where(mine, Submission.self_checked)
    return bool(db.session.scalar(count))


def course_of_item(item_public_id: str) -> tuple[int, int] | None:
    """(course id, item id) for the item id in an address."""
    found = select(Item.course_id, Item.id).where(Item.public_id == item_public_id)
    row = db.session.execute(found).first()
    return None if row is None else (row[0], row[1])
