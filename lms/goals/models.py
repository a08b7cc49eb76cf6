"""Tables of goals: what a pair works on. Every word in them is sealed with the pair's keys."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S3, Model


class Goal(Model):
    """What a mentee wants to reach. Its words go some time after the end of the pair, its state stays."""

    __tablename__ = "goal"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'met', 'partly_met', 'dropped')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), index=True, info=S1)
    title: Mapped[bytes | None] = mapped_column(info=S3)
    measure: Mapped[bytes | None] = mapped_column(info=S3)
    evidence: Mapped[bytes | None] = mapped_column(info=S3)
    due_on: Mapped[date | None] = mapped_column(info=S1)
    state: Mapped[str] = mapped_column(String(12), default="open", info=S1)
    reopened: Mapped[bool] = mapped_column(default=False, info=S1)
    made_at: Mapped[datetime] = mapped_column(info=S1)
    closed_at: Mapped[datetime | None] = mapped_column(info=S1)
    looked_at: Mapped[datetime | None] = mapped_column(info=S1)


class GoalStep(Model):
    """One step towards a goal. One that is a part of a course has no `done_at`: progress alone says it."""

    __tablename__ = "goal_step"
    __table_args__ = (CheckConstraint("item_id IS NULL OR done_at IS NULL", name="one_truth"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True, info=S1)
    words: Mapped[bytes] = mapped_column(info=S3)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), info=S1)
    due_on: Mapped[date | None] = mapped_column(info=S1)
    done_at: Mapped[datetime | None] = mapped_column(info=S1)


class Review(Model):
    """A text that the mentee asks her mentor to read. `round` is the latest one; earlier ones never change."""

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'answered', 'declined', 'done')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), index=True, info=S1)
    title: Mapped[bytes] = mapped_column(info=S3)
    state: Mapped[str] = mapped_column(String(12), default="asked", info=S1)
    round: Mapped[int] = mapped_column(default=1, info=S1)
    due_on: Mapped[date] = mapped_column(index=True, info=S1)
    reminded: Mapped[bool] = mapped_column(default=False, info=S1)
    made_at: Mapped[datetime] = mapped_column(info=S1)


class ReviewRound(Model):
    """One round: the text as it was sent, and what was written about it."""

    __tablename__ = "review_round"
    __table_args__ = (UniqueConstraint("review_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), info=S1)
    number: Mapped[int] = mapped_column(info=S1)
    body: Mapped[bytes | None] = mapped_column(info=S3)
    answer: Mapped[bytes | None] = mapped_column(info=S3)
    asked_at: Mapped[datetime] = mapped_column(info=S1)
    answered_at: Mapped[datetime | None] = mapped_column(info=S1)


class ReviewQuestion(Model):
    """What the mentor should look at in a round, and what she says to it."""

    __tablename__ = "review_question"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    round_id: Mapped[int] = mapped_column(ForeignKey("review_round.id"), info=S1)
    number: Mapped[int] = mapped_column(info=S1)
    words: Mapped[bytes] = mapped_column(info=S3)
    answer: Mapped[bytes | None] = mapped_column(info=S3)


class ReviewFile(Model):
    """The file of a round, at most one. The name that it had on the phone is not kept."""

    __tablename__ = "review_file"
    __table_args__ = (
        CheckConstraint("kind IN ('jpg', 'png', 'webp', 'pdf', 'docx', 'odt', 'txt')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    round_id: Mapped[int] = mapped_column(ForeignKey("review_round.id"), unique=True, info=S1)
    kind: Mapped[str] = mapped_column(String(8), info=S1)
    size: Mapped[int] = mapped_column(info=S1)
    kept_at: Mapped[datetime] = mapped_column(info=S1)
    # The last column, and not read unless asked for: a list of files costs no content.
    sealed: Mapped[bytes] = mapped_column(info=S3, deferred=True)
