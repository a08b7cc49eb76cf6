"""What changes in learning: start a course, mark things done, write and read tasks."""

from __future__ import annotations

from sqlalchemy import delete, update

from lms.core import events, ids, sealing
from lms.core.clock import now
from lms.core.db import db, insert_into
from lms.core.files import store
from lms.core.files.intake import Taken
from lms.core.i18n import language
from lms.courses import queries as courses
from lms.courses.queries import Outline, OutlineItem
from lms.courses.source.model import Done
from lms.learning import queries
from lms.learning.events import (
    CourseCompleted,
    Enrolled,
    ItemCompleted,
    TaskAnswered,
    TaskSubmitted,
)
from lms.learning.models import Completion, Enrolment, Submission, SubmissionFile
from lms.learning.rules import NotAllowed, TaskState, move, needs_new_round, standing


class NotInCourse(Exception):
    """The item does not belong to the version that the person is on, or is done in another way."""


def enrol(person_id: int, course_id: int, version_id: int) -> queries.Progress:
    """Start a course on a version. Somebody who has started it stays on the version that she began."""
    values = {
        "public_id": ids.public_id(),
        "person_id": person_id,
        "course_id": course_id,
        "version_id": version_id,
        "started_at": now(),
    }
    row = insert_into(Enrolment).values(**values).on_conflict_do_nothing().returning(Enrolment.id)
    enrolment_id = db.session.scalar(row)
    if enrolment_id is not None:
        events.publish(Enrolled(enrolment_id, person_id, course_id))
    found = queries.progress(person_id, course_id)
    if found is None:
        raise NotInCourse
    return found


def mark_done(person_id: int, course_id: int, version_id: int, item_id: int) -> Outline:
    """Mark a lesson done by the learner's own act, starting the course with it when it is the first.

    Safe to repeat: a phone on a bad link sends the same form twice. Raises NotInCourse.
    """
    found = enrol(person_id, course_id, version_id)
    outline = course_outline(found.version_id)
    item = _item(outline, item_id)
    if item.complete is not Done.MARK:
        raise NotInCourse
    complete(found, outline, item, source="self")
    return outline


def complete(found: queries.Progress, outline: Outline, item: OutlineItem, *, source: str) -> None:
    """Write the fact that an item is done, and that the course is, when this was the last required one."""
    values = {
        "enrolment_id": found.enrolment_id,
        "item_id": item.id,
        "done_at": now(),
        "rule": item.complete.value,
        "source": source,
    }
    row = (
        insert_into(Completion)
        .values(**values)
        .on_conflict_do_nothing()
        .returning(Completion.item_id)
    )
    if db.session.scalar(row) is None:
        return
    events.publish(ItemCompleted(found.enrolment_id, item.id))
    if found.completed_at is None and standing(outline.items, found.done | {item.id}).complete:
        _finish(found)


def _finish(found: queries.Progress) -> None:
    open_still = (Enrolment.id == found.enrolment_id) & Enrolment.completed_at.is_(None)
    done = update(Enrolment).where(open_still).values(completed_at=now()).returning(Enrolment.id)
    if db.session.scalar(done.execution_options(synchronize_session=False)):
        facts = (found.enrolment_id, found.person_id, found.course_id, found.version_id)
        events.publish(CourseCompleted(*facts))


def undo_done(person_id: int, course_id: int, item_id: int) -> None:
    """Take the learner's own mark off a lesson again, as long as the course is not complete."""
    found = queries.progress(person_id, course_id)
    if found is None or found.completed_at is not None:
        return
    mine = (Completion.enrolment_id == found.enrolment_id) & (Completion.item_id == item_id)
    db.session.execute(delete(Completion).where(mine, Completion.source == "self"))


def quiz_passed(person_id: int, course_id: int, version_id: int, item_id: int) -> None:
    """Complete a quiz that is done by passing it."""
    found = enrol(person_id, course_id, version_id)
    outline = course_outline(found.version_id)
    item = outline.by_id.get(item_id)
    if item is not None and item.complete is Done.PASS:
        complete(found, outline, item, source="system")


def save_draft(
    person_public_id: str, found: queries.Progress, item_id: int, text: str
) -> Submission:
    """Keep the text of a task. After "needs work" this begins a new round. Raises NotAllowed."""
    rounds = queries.rounds(found.enrolment_id, item_id)
    newest = rounds[0] if rounds else None
    if newest is None or needs_new_round(newest.state):
        return _new_round(found, item_id, newest.round + 1 if newest else 1, person_public_id, text)
    move(newest.state, TaskState.DRAFT)
    row = queries.submission_row(newest.id)
    row.body = sealing.seal(text, queries.place("body", row.public_id, person_public_id))
    row.saved_at = now()
    return row


def _new_round(
    found: queries.Progress, item_id: int, number: int, owner: str, text: str
) -> Submission:
    public_id = ids.public_id()
    row = Submission(
        public_id=public_id,
        enrolment_id=found.enrolment_id,
        item_id=item_id,
        round=number,
        state=TaskState.DRAFT,
        body=sealing.seal(text, queries.place("body", public_id, owner)),
        saved_at=now(),
        self_checked=False,
    )
    db.session.add(row)
    db.session.flush()
    return row


class TooManyFiles(Exception):
    """More files than may hang on one round."""


def attach(
    person_id: int, person_public_id: str, row: Submission, taken: list[Taken], most: int
) -> None:
    """Hang files on a draft. Raises TooManyFiles, and then keeps none of them."""
    there = [file.number for file in queries.attached([row.id])]
    if len(there) + len(taken) > most:
        raise TooManyFiles
    for number, one in enumerate(taken, max(there, default=0) + 1):
        file_id = store.keep(person_id, person_public_id, one)
        db.session.add(SubmissionFile(file_id=file_id, submission_id=row.id, number=number))
    db.session.flush()


def detach(file_id: int) -> None:
    """Destroy a file of a task, whatever has become of the task since."""
    db.session.execute(delete(SubmissionFile).where(SubmissionFile.file_id == file_id))
    store.destroy([file_id])


def submit_task(person_id: int, row: Submission) -> None:
    """Hand the text in to a reader; it is frozen from now on. Raises NotAllowed."""
    row.state = move(row.state, TaskState.SUBMITTED)
    row.submitted_at = now()
    events.publish(TaskSubmitted(row.id, person_id))


def check_self(found: queries.Progress, outline: Outline, row: Submission) -> None:
    """Accept one's own text against the rubric: for people who learn without mentor and cohort."""
    row.state = move(row.state, TaskState.ACCEPTED)
    row.submitted_at = row.answered_at = now()
    row.self_checked = True
    complete(found, outline, _item(outline, row.item_id), source="self")


def answer_task(found: queries.Task, reader_id: int, feedback: str, *, accepted: bool) -> None:
    """Answer a task: accept it, or say what it needs. The round stays as it was. Raises NotAllowed."""
    row = queries.submission_row(found.id)
    row.state = move(row.state, TaskState.ACCEPTED if accepted else TaskState.NEEDS_WORK)
    row.feedback = sealing.seal(
        feedback, queries.place("feedback", found.public_id, found.person_public_id)
    )
    row.reader_id, row.answered_at = reader_id, now()
    if accepted:
        progress = queries.progress(found.person_id, found.course_id)
        if progress is None:
            raise NotAllowed("no enrolment")
        outline = course_outline(progress.version_id)
        complete(progress, outline, _item(outline, found.item_id), source="staff")
    events.publish(TaskAnswered(row.id, found.person_id, accepted))


def course_outline(version_id: int) -> Outline:
    """The outline of a version that somebody is on, in the language of the page."""
    found = courses.outline(version_id, language())
    if found is None:
        raise NotInCourse
    return found


def _item(outline: Outline, item_id: int) -> OutlineItem:
    item = outline.by_id.get(item_id)
    if item is None:
        raise NotInCourse
    return item
