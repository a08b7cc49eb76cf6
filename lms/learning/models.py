"""Tables of learning."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S2, Model


class Enrolment(Model):
    """A person on one version of a course. `completed_at` is set once and never taken back."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("person_id", "course_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=S1)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True, info=S1)
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), info=S1)
    started_at: Mapped[datetime] = mapped_column(info=S1)
    completed_at: Mapped[datetime | None] = mapped_column(info=S1)


class Completion(Model):
    """The fact that an item is done: when, by which rule, by whose word. No edit of the course deletes it."""

    __tablename__ = "completion"
    __table_args__ = (CheckConstraint("source IN ('self', 'system', 'staff')", name="source"),)

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True, info=S1)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("item.id"), primary_key=True, index=True, info=S1
    )
    done_at: Mapped[datetime] = mapped_column(info=S1)
    rule: Mapped[str] = mapped_column(String(12), info=S1)
    source: Mapped[str] = mapped_column(String(8), info=S1)


class Submission(Model):
    """One round of a task: the text as it was handed in, and what was answered to it.

    States: draft → submitted → needs_work | accepted. A new round begins after `needs_work`; older rounds
    stay as they were. `self_checked` tells that nobody else has read it.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "item_id", "round"),
        CheckConstraint("state IN ('draft', 'submitted', 'needs_work', 'accepted')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True, info=S1)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), info=S1)
    round: Mapped[int] = mapped_column(default=1, info=S1)
    state: Mapped[str] = mapped_column(String(12), default="draft", info=S1)
    body: Mapped[bytes] = mapped_column(info=S2)
    feedback: Mapped[bytes | None] = mapped_column(info=S2)
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), info=S1)
    self_checked: Mapped[bool] = mapped_column(default=False, info=S1)
    saved_at: Mapped[datetime] = mapped_column(info=S1)
    submitted_at: Mapped[datetime | None] = mapped_column(info=S1)
    answered_at: Mapped[datetime | None] = mapped_column(info=S1)


class SubmissionFile(Model):
    """A file that hangs on one round of a task. `number` makes its name ("file-1") and is never given twice
    while the file is there.
    """

    __tablename__ = "submission_file"
    __table_args__ = (UniqueConstraint("submission_id", "number"),)

    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), primary_key=True, info=S1)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), info=S1)
    number: Mapped[int] = mapped_column(info=S1)
