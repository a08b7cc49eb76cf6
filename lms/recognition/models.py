"""Tables of recognition."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S2, S3, Model


class GivenTime(Model):
    """Confirmed minutes of one meeting of a mentor. `meeting` is a bare number: nothing is counted twice."""

    __tablename__ = "given_time"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 480", name="minutes"),
        Index("ix_given_time_person", "person_id", "held_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=S1)
    meeting: Mapped[int] = mapped_column(unique=True, info=S1)
    held_on: Mapped[date] = mapped_column(Date, info=S1)
    minutes: Mapped[int] = mapped_column(info=S1)


class HoursStatement(Model):
    """A statement of somebody's confirmed hours. The printed name is sealed here until the file exists."""

    __tablename__ = "hours_statement"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'printing', 'ready', 'declined')", name="state"),
        CheckConstraint("name_sealed IS NULL OR state IN ('asked', 'printing')", name="no_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    reference: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    state: Mapped[str] = mapped_column(String(8), index=True, info=S1)
    first_month: Mapped[str] = mapped_column(String(7), info=S1)
    last_month: Mapped[str] = mapped_column(String(7), info=S1)
    minutes: Mapped[int] = mapped_column(info=S1)
    lang: Mapped[str] = mapped_column(String(8), info=S1)
    name_sealed: Mapped[bytes | None] = mapped_column(info=S2)
    pdf_sealed: Mapped[bytes | None] = mapped_column(info=S3)
    asked_at: Mapped[datetime] = mapped_column(info=S1)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    approved_at: Mapped[datetime | None] = mapped_column(info=S1)
