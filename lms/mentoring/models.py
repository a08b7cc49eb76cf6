"""Tables of mentoring."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S3, K, Model

_LIVE_MATCH = text("state IN ('offered_to_mentee', 'offered_to_mentor', 'active')")


class Match(Model):
    """A pair from the offer to its end; the table of allowed steps is in `rules`.

    Each side bears the name that it chose for this pair. `ended_by` and `never_again` are nobody's to see.
    """

    __tablename__ = "match"
    __table_args__ = (
        CheckConstraint(
            "state IN ('offered_to_mentee', 'offered_to_mentor', 'active', 'ended', 'declined', "
            "'expired', 'withdrawn')",
            name="state",
        ),
        CheckConstraint("mentor_id <> mentee_id", name="two_people"),
        Index(
            "uq_match_live",
            "programme_id",
            "mentee_id",
            unique=True,
            sqlite_where=_LIVE_MATCH,
            postgresql_where=_LIVE_MATCH,
        ),
        Index("ix_match_mentor", "mentor_id", "state"),
        Index("ix_match_mentee", "mentee_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), info=S1)
    request_id: Mapped[int] = mapped_column(ForeignKey("mentor_request.id"), index=True, info=S1)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=S1)
    mentee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=S1)
    mentor_name: Mapped[str] = mapped_column(String(32), info=S1)
    mentee_name: Mapped[str] = mapped_column(String(32), info=S1)
    languages: Mapped[list[Any]] = mapped_column(info=S1)
    state: Mapped[str] = mapped_column(String(20), default="offered_to_mentee", info=S1)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"), info=S1)
    asked_at: Mapped[datetime] = mapped_column(info=S1)
    started_at: Mapped[datetime | None] = mapped_column(info=S1)
    ended_at: Mapped[datetime | None] = mapped_column(index=True, info=S1)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), info=S1)
    never_again: Mapped[bool] = mapped_column(default=False, info=S1)
    share_quizzes: Mapped[bool] = mapped_column(default=False, info=S1)


class MatchShare(Model):
    """A course whose progress and tasks the mentee lets her mentor see."""

    __tablename__ = "match_share"

    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), primary_key=True, info=S1)
    course_id: Mapped[int] = mapped_column(
        ForeignKey("course.id"), primary_key=True, index=True, info=S1
    )


class MatchKey(Model):
    """The key of a pair's talk, sealed to each side (`accounts.vault`).

    A side that gets another pair of keys gets the next number from then on: the earlier talk stays closed
    to it, and open to the other side.
    """

    __tablename__ = "match_key"

    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), primary_key=True, info=S1)
    number: Mapped[int] = mapped_column(primary_key=True, info=S1)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, index=True, info=S1
    )
    wrapped: Mapped[bytes] = mapped_column(info=K)


class Note(Model):
    """A note in a pair: `shared` for both sides, `mine` for its author only. Its kind never changes."""

    __tablename__ = "note"
    __table_args__ = (CheckConstraint("kind IN ('shared', 'mine')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), index=True, info=S1)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    kind: Mapped[str] = mapped_column(String(8), info=S1)
    body: Mapped[bytes] = mapped_column(info=S3)
    created_at: Mapped[datetime] = mapped_column(info=S1)


class Message(Model):
    """What one side of a pair wrote to the other."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_match", "match_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), info=S1)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    body: Mapped[bytes] = mapped_column(info=S3)
    sent_at: Mapped[datetime] = mapped_column(index=True, info=S1)
    read_at: Mapped[datetime | None] = mapped_column(info=S1)
