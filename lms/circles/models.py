"""Tables of circles and of the question queue."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S2, S3, K, Model


class Circle(Model):
    """A group that learns from each other, and the hour at which it meets next."""

    __tablename__ = "circle"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("rhythm_days BETWEEN 1 AND 90", name="rhythm"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    title: Mapped[str] = mapped_column(String(60), info=S1)
    facilitator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    state: Mapped[str] = mapped_column(String(8), default="open", info=S1)
    code: Mapped[str | None] = mapped_column(String(12), unique=True, info=S1)
    rhythm_days: Mapped[int] = mapped_column(default=14, info=S1)
    next_at: Mapped[datetime | None] = mapped_column(info=S1)
    made_at: Mapped[datetime] = mapped_column(info=S1)
    closed_at: Mapped[datetime | None] = mapped_column(index=True, info=S1)


class CircleMember(Model):
    """Somebody in a circle, or asked into it, under the name that she chose for it."""

    __tablename__ = "circle_member"
    __table_args__ = (
        UniqueConstraint("circle_id", "person_id"),
        CheckConstraint("state IN ('invited', 'in', 'left')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    name: Mapped[str] = mapped_column(String(32), info=S1)
    state: Mapped[str] = mapped_column(String(8), info=S1)
    joined_at: Mapped[datetime] = mapped_column(info=S1)


class CircleKey(Model):
    """A circle's key, sealed to each of its people. Every coming and going begins another number."""

    __tablename__ = "circle_key"

    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), primary_key=True, info=S1)
    number: Mapped[int] = mapped_column(primary_key=True, info=S1)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, index=True, info=S1
    )
    wrapped: Mapped[bytes] = mapped_column(info=K)


class CaseSheet(Model):
    """An invented or altered case that a circle talks about, and how far the talk is."""

    __tablename__ = "case_sheet"
    __table_args__ = (
        CheckConstraint(
            "stage IN ('questions', 'ideas', 'advice', 'summary', 'closed')", name="stage"
        ),
        Index("ix_case_sheet_circle_id", "circle_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), info=S1)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    stage: Mapped[str] = mapped_column(String(12), info=S1)
    body: Mapped[bytes] = mapped_column(info=S3)
    confirmed_at: Mapped[datetime] = mapped_column(info=S1)


class CirclePost(Model):
    """What somebody said in a circle: in its thread, or about a sheet at one stage of the talk."""

    __tablename__ = "circle_post"
    __table_args__ = (Index("ix_circle_post_circle_id", "circle_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), info=S1)
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("case_sheet.id"), index=True, info=S1)
    stage: Mapped[str] = mapped_column(String(12), default="", info=S1)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    body: Mapped[bytes] = mapped_column(info=S3)
    at: Mapped[datetime] = mapped_column(index=True, info=S1)


class CircleMeeting(Model):
    """A meeting that took place."""

    __tablename__ = "circle_meeting"

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), index=True, info=S1)
    at: Mapped[datetime] = mapped_column(index=True, info=S1)


class CirclePresence(Model):
    """Whether somebody came, and the sentence on what she will change, sealed like the circle's talk."""

    __tablename__ = "circle_presence"

    meeting_id: Mapped[int] = mapped_column(
        ForeignKey("circle_meeting.id"), primary_key=True, info=S1
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, index=True, info=S1
    )
    came: Mapped[bool] = mapped_column(info=S1)
    change: Mapped[bytes | None] = mapped_column(info=S3)


class Question(Model):
    """A question to scientists. `asked_at` is its place in the queue, and stays when a claim lapses."""

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'claimed', 'answered', 'reopened', 'closed')", name="state"
        ),
        CheckConstraint("(state = 'claimed') = (claim_until IS NOT NULL)", name="claim_has_an_end"),
        Index("ix_question_queue", "state", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    name: Mapped[str] = mapped_column(String(32), default="", info=S1)
    topic: Mapped[str] = mapped_column(String(60), info=S1)
    lang: Mapped[str] = mapped_column(String(8), info=S1)
    body: Mapped[bytes] = mapped_column(info=S2)
    state: Mapped[str] = mapped_column(String(8), default="queued", info=S1)
    asked_at: Mapped[datetime] = mapped_column(info=S1)
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    claim_until: Mapped[datetime | None] = mapped_column(index=True, info=S1)
    first_answered_at: Mapped[datetime | None] = mapped_column(index=True, info=S1)
    answered_at: Mapped[datetime | None] = mapped_column(info=S1)
    thanked: Mapped[bool] = mapped_column(default=False, info=S1)
    closed_at: Mapped[datetime | None] = mapped_column(index=True, info=S1)


class Answer(Model):
    """An answer with its sources, or what the asker asked on. All of it is sealed as the asker's."""

    __tablename__ = "answer_text"
    __table_args__ = (Index("ix_answer_text_question_id", "question_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), info=S1)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    name: Mapped[str] = mapped_column(String(32), default="", info=S1)
    body: Mapped[bytes] = mapped_column(info=S2)
    sources: Mapped[bytes | None] = mapped_column(info=S2)
    at: Mapped[datetime] = mapped_column(info=S1)
