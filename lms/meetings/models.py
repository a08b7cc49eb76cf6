"""Tables of meetings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, K, Model


class Meeting(Model):
    """A meeting of a pair. `zone` and `local` are its proposer's clock; `planned_at` is what follows from them.

    `acted_by` made the last proposal. `uid` and `sequence` are what calendars know of it; `uid` stands in no
    address, so that nobody finds this place from a phone's calendar.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('call', 'chat', 'async', 'in_person', 'case_review')", name="kind"
        ),
        CheckConstraint(
            "state IN ('proposed', 'planned', 'held', 'missed', 'cancelled', 'disputed')",
            name="state",
        ),
        CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),
        CheckConstraint("held_minutes BETWEEN 1 AND 480", name="held_minutes"),
        Index("ix_meeting_match", "match_id", "planned_at"),
        Index("ix_meeting_state", "state", "planned_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), info=S1)
    kind: Mapped[str] = mapped_column(String(12), info=S1)
    state: Mapped[str] = mapped_column(String(9), info=S1)
    minutes: Mapped[int] = mapped_column(info=S1)
    acted_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    zone: Mapped[str] = mapped_column(String(64), info=S1)
    local: Mapped[str | None] = mapped_column(String(16), info=S1)
    planned_at: Mapped[datetime | None] = mapped_column(info=S1)
    uid: Mapped[str] = mapped_column(String(36), unique=True, info=S1)
    sequence: Mapped[int] = mapped_column(default=0, info=S1)
    changed_at: Mapped[datetime] = mapped_column(info=S1)
    held_minutes: Mapped[int | None] = mapped_column(info=S1)
    logged_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    logged_at: Mapped[datetime | None] = mapped_column(info=S1)
    confirmed_at: Mapped[datetime | None] = mapped_column(info=S1)
    missed_reason: Mapped[str | None] = mapped_column(String(13), info=S1)


class MeetingTime(Model):
    """One of the times that were proposed for a meeting, on its proposer's clock and as a moment."""

    __tablename__ = "meeting_time"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True, info=S1)
    number: Mapped[int] = mapped_column(primary_key=True, info=S1)
    local: Mapped[str] = mapped_column(String(16), info=S1)
    starts_at: Mapped[datetime] = mapped_column(info=S1)


class CalendarFeed(Model):
    """The secret address from which a phone's calendar fetches somebody's meetings. Of the address only a hash."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, info=S1)
    digest: Mapped[bytes] = mapped_column(unique=True, info=K)
    made_at: Mapped[datetime] = mapped_column(info=S1)


class MeetingStep(Model):
    """What happened to a meeting: who did what, when, from which state to which. Nobody: the house."""

    __tablename__ = "meeting_step"

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True, info=S1)
    at: Mapped[datetime] = mapped_column(info=S1)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    step: Mapped[str] = mapped_column(String(13), info=S1)
    state_before: Mapped[str] = mapped_column(String(9), info=S1)
    state_after: Mapped[str] = mapped_column(String(9), info=S1)
