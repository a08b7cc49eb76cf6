"""Tables of support: check-ins, what the programme noted, short questions, nudges, closing words."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S2, S3, Model


class CheckIn(Model):
    """A day on which a coordinator asks both sides of a pair how it goes. Overdue is a matter of the day."""

    __tablename__ = "check_in"
    __table_args__ = (
        UniqueConstraint("match_id", "number"),
        CheckConstraint("state IN ('due', 'done', 'skipped')", name="state"),
        Index("ix_check_in_state", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), info=S1)
    number: Mapped[int] = mapped_column(info=S1)
    due_on: Mapped[date] = mapped_column(info=S1)
    state: Mapped[str] = mapped_column(String(8), default="due", info=S1)
    spoke_with: Mapped[str] = mapped_column(String(8), default="both", info=S1)
    channel: Mapped[str] = mapped_column(String(10), default="", info=S1)
    reason: Mapped[str] = mapped_column(String(16), default="", info=S1)
    done_at: Mapped[datetime | None] = mapped_column(info=S1)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)


class ProgrammeNote(Model):
    """A note of kind `programme`: coordinators and the person whom it is about read it, nobody else."""

    __tablename__ = "programme_note"

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), index=True, info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    body: Mapped[bytes] = mapped_column(info=S2)
    written_at: Mapped[datetime] = mapped_column(info=S1)


class Pulse(Model):
    """Short questions to one side: three scales, or after the first meeting whether it is a good fit.

    The other side never learns what was answered, or that anything was. `call_by` tells coordinators that
    this person is to be spoken with, and by when; the answers themselves are sealed.
    """

    __tablename__ = "pulse"
    __table_args__ = (
        UniqueConstraint("match_id", "person_id", "kind", "number"),
        CheckConstraint("kind IN ('fit', 'pulse', 'last')", name="kind"),
        CheckConstraint("state IN ('asked', 'answered', 'skipped')", name="state"),
        Index(
            "ix_pulse_call_by",
            "call_by",
            sqlite_where=text("call_by IS NOT NULL AND called_at IS NULL"),
            postgresql_where=text("call_by IS NOT NULL AND called_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    kind: Mapped[str] = mapped_column(String(8), info=S1)
    number: Mapped[int] = mapped_column(info=S1)
    asked_on: Mapped[date] = mapped_column(index=True, info=S1)
    state: Mapped[str] = mapped_column(String(8), default="asked", info=S1)
    answers: Mapped[bytes | None] = mapped_column(info=S2)
    call_by: Mapped[datetime | None] = mapped_column(info=S1)
    called_at: Mapped[datetime | None] = mapped_column(info=S1)
    called_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)


class Nudge(Model):
    """When the mentor of a pair was last told of a silence, so that she is told once in each."""

    __tablename__ = "nudge"

    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), primary_key=True, info=S1)
    told_at: Mapped[datetime] = mapped_column(info=S1)


class ClosingWord(Model):
    """What one side says at the end: what was reached, what comes next, thanks. For the other side, sealed."""

    __tablename__ = "closing_word"
    __table_args__ = (UniqueConstraint("match_id", "author_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), info=S1)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    body: Mapped[bytes] = mapped_column(info=S3)
    written_at: Mapped[datetime] = mapped_column(info=S1)
