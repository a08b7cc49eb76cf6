"""The table of certificates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S2, S3, K, Model

_LIVE = text("state IN ('waiting', 'issuing', 'issued')")


class Certificate(Model):
    """What a person has earned in one course, frozen when it was complete.

    It points to no course: whatever becomes of the course, the paper in somebody's hand stays checkable.
    The printed name is sealed here only until the PDF exists; after that `commitment` can say whether a name
    matches, and nothing of the server's can say the name: the PDF is sealed to its holder. Without
    `person_id` the account is gone.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'issuing', 'issued', 'withdrawn', 'replaced')", name="state"
        ),
        CheckConstraint("ended_by IN ('holder', 'staff')", name="ended_by"),
        CheckConstraint("name_sealed IS NULL OR state = 'issuing'", name="no_name_kept"),
        # One live certificate a person and course, whatever runs twice or at once.
        Index(
            "uq_certificate_live",
            "person_id",
            "course_key",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    number: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    course_key: Mapped[str] = mapped_column(String(40), info=S1)
    course_version: Mapped[int] = mapped_column(info=S1)
    contract_hash: Mapped[str] = mapped_column(String(64), info=S1)
    record: Mapped[dict[str, Any]] = mapped_column(info=S1)
    state: Mapped[str] = mapped_column(String(9), info=S1)
    completed_at: Mapped[datetime] = mapped_column(info=S1)
    lang: Mapped[str | None] = mapped_column(String(8), info=S1)
    neutral: Mapped[bool] = mapped_column(default=False, info=S1)
    salt: Mapped[bytes | None] = mapped_column(info=K)
    commitment: Mapped[bytes | None] = mapped_column(info=K)
    name_sealed: Mapped[bytes | None] = mapped_column(info=S2)
    pdf_sealed: Mapped[bytes | None] = mapped_column(info=S3)
    issued_at: Mapped[datetime | None] = mapped_column(info=S1)
    ended_at: Mapped[datetime | None] = mapped_column(info=S1)
    ended_by: Mapped[str | None] = mapped_column(String(8), info=S1)
    reason: Mapped[str | None] = mapped_column(String(12), info=S1)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), info=S1)
