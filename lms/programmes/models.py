"""Tables of programmes: what pairs belong to, who can be a mentor, who waits for one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S2, Model

_LIVE_REQUEST = text("state IN ('waiting', 'offered')")


class Programme(Model):
    """What pairs belong to, and its rhythm. One is made when it is first needed."""

    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    key: Mapped[str] = mapped_column(String(40), unique=True, info=S1)
    offer_days: Mapped[int] = mapped_column(default=7, info=S1)


class MentorProfile(Model):
    """Somebody who can be paired as a mentor: what learners read about her, and how many places she has."""

    __tablename__ = "mentor_profile"
    __table_args__ = (
        UniqueConstraint("programme_id", "person_id"),
        CheckConstraint("capacity BETWEEN 1 AND 10", name="capacity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    shown_name: Mapped[str] = mapped_column(String(32), info=S1)
    languages: Mapped[list[Any]] = mapped_column(info=S1)
    about: Mapped[str] = mapped_column(String(200), default="", info=S1)
    capacity: Mapped[int] = mapped_column(info=S1)
    paused: Mapped[bool] = mapped_column(default=False, info=S1)
    made_at: Mapped[datetime] = mapped_column(info=S1)


class MentorRequest(Model):
    """Somebody who waits for a mentor. `waiting_since` stays when an offer comes to nothing."""

    __tablename__ = "mentor_request"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'offered', 'matched', 'withdrawn')", name="state"),
        Index(
            "uq_mentor_request_live",
            "programme_id",
            "person_id",
            unique=True,
            sqlite_where=_LIVE_REQUEST,
            postgresql_where=_LIVE_REQUEST,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    shown_name: Mapped[str] = mapped_column(String(32), info=S1)
    languages: Mapped[list[Any]] = mapped_column(info=S1)
    goal: Mapped[bytes | None] = mapped_column(info=S2)
    waiting_since: Mapped[datetime] = mapped_column(index=True, info=S1)
    state: Mapped[str] = mapped_column(String(12), default="waiting", info=S1)
