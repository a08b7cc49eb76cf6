"""Tables of mentoring."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S2, S3, K, Model

_LIVE_MATCH = text(
    "state IN ('approved', 'offered_to_mentee', 'offered_to_mentor', 'active', 'paused', 'closing')"
)


class Match(Model):
    """A pair from the proposal to its end; the table of allowed steps is in `states`.

    Each side bears the name that it chose for this pair. `ended_by`, `never_again` and `change_wanted` are
    nobody's to see; `end_words` are for staff. Proposals of one `offer` are shown to the mentee together, in
    the order of `rank`; `wanted` are the one that she chose and those whom to ask after it. `awaiting` is whose
    turn it is, `last_sign_at` the last message or word about a meeting, and `nudged` how often the silence was
    brought to mind. `signed` is who has signed the latest version of the agreement, `agreed_at` when both had
    signed one for the first time.
    """

    __tablename__ = "match"
    __table_args__ = (
        CheckConstraint(
            "state IN ('proposed', 'approved', 'dismissed', 'offered_to_mentee', "
            "'offered_to_mentor', 'active', 'paused', 'closing', 'completed', 'ended_early', "
            "'declined', 'expired', 'withdrawn')",
            name="state",
        ),
        CheckConstraint("track IN ('peer', 'scientist')", name="track"),
        CheckConstraint("signed IN ('mentor', 'mentee', 'both', 'none')", name="signed"),
        CheckConstraint("awaiting IN ('mentor', 'mentee', 'none')", name="awaiting"),
        CheckConstraint("mentor_id <> mentee_id", name="two_people"),
        Index(
            "uq_match_live",
            "programme_id",
            "mentee_id",
            "track",
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
    share_tasks: Mapped[bool] = mapped_column(default=True, info=S1)
    track: Mapped[str] = mapped_column(String(12), default="peer", info=S1)
    offer: Mapped[str | None] = mapped_column(String(12), info=S1)
    rank: Mapped[int] = mapped_column(default=1, info=S1)
    wanted: Mapped[bool] = mapped_column(default=False, info=S1)
    run: Mapped[str | None] = mapped_column(String(12), info=S1)
    reminded_at: Mapped[datetime | None] = mapped_column(info=S1)
    ends_on: Mapped[date | None] = mapped_column(info=S1)
    awaiting: Mapped[str] = mapped_column(String(8), default="none", info=S1)
    awaiting_since: Mapped[datetime | None] = mapped_column(info=S1)
    nudged: Mapped[int] = mapped_column(default=0, info=S1)
    last_sign_at: Mapped[datetime | None] = mapped_column(info=S1)
    next_meeting_at: Mapped[datetime | None] = mapped_column(info=S1)
    change_wanted: Mapped[bool] = mapped_column(default=False, info=S1)
    end_reason: Mapped[str | None] = mapped_column(String(16), info=S1)
    end_words: Mapped[bytes | None] = mapped_column(info=S2)
    signed: Mapped[str] = mapped_column(String(8), default="none", info=S1)
    agreed_at: Mapped[datetime | None] = mapped_column(info=S1)
    predecessor_id: Mapped[int | None] = mapped_column(ForeignKey("match.id"), index=True, info=S1)


class Agreement(Model):
    """What the two agree on how they work together: a new version on each change, signed by both anew.

    Without a `body` it is the text that the house proposes, in the language of whoever reads it.
    """

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("match_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), info=S1)
    version: Mapped[int] = mapped_column(info=S1)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    body: Mapped[bytes | None] = mapped_column(info=S3)
    signed_by_mentor_at: Mapped[datetime | None] = mapped_column(info=S1)
    signed_by_mentee_at: Mapped[datetime | None] = mapped_column(info=S1)
    created_at: Mapped[datetime] = mapped_column(info=S1)


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
