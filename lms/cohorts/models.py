"""Tables of cohorts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, K, Model


class Cohort(Model):
    """A run of a course version between two days of a time zone.

    `capacity` bounds the seats that are taken; `coordinator_name` is the name that its people know.
    """

    __tablename__ = "cohort"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("starts_on <= ends_on", name="dates"),
        CheckConstraint("capacity > 0", name="capacity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    name: Mapped[str] = mapped_column(String(80), info=S1)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), info=S1)
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), info=S1)
    starts_on: Mapped[date] = mapped_column(info=S1)
    ends_on: Mapped[date] = mapped_column(info=S1)
    zone: Mapped[str] = mapped_column(String(64), info=S1)
    capacity: Mapped[int] = mapped_column(info=S1)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    coordinator_name: Mapped[str] = mapped_column(String(32), info=S1)
    state: Mapped[str] = mapped_column(String(8), default="open", info=S1)


class Invite(Model):
    """A code that opens one seat, once.

    It is found by its keyed hash. The code itself is sealed for the sheet that the coordinator prints, and
    dropped when the code is used.
    """

    __tablename__ = "invite"

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True, info=S1)
    digest: Mapped[bytes] = mapped_column(unique=True, info=K)
    sealed: Mapped[bytes | None] = mapped_column(info=K)
    expires_on: Mapped[date] = mapped_column(info=S1)
    used_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    used_at: Mapped[datetime | None] = mapped_column(info=S1)


class Seat(Model):
    """A person in a cohort, under the name that she chose for it. Somebody who left keeps her course."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("cohort_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True, info=S1)
    shown_name: Mapped[str] = mapped_column(String(32), info=S1)
    joined_at: Mapped[datetime] = mapped_column(info=S1)
    left_at: Mapped[datetime | None] = mapped_column(info=S1)
