"""Tables of attempts and answers. An answer is never changed: a new one has a higher `seq`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, Model
from lms.core.ids import public_id


class Attempt(Model):
    """One try of a person at a quiz, written when Start is pressed.

    `item_id` is the quiz through all versions, `item_version_id` the version that is answered. `points` is
    an exact fraction as text ("7/2"), so that no result hangs on rounding. `timed_out`: the clock sent it in.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'submitted', 'marked', 'void')", name="state"),
        CheckConstraint("(state = 'void') = (void_reason <> '')", name="void_has_reason"),
        CheckConstraint("state <> 'marked' OR percent IS NOT NULL", name="marked_has_result"),
        UniqueConstraint("person_id", "item_id", "number"),
        UniqueConstraint("person_id", "client_key"),
        Index(
            "uq_attempt_open",
            "person_id",
            "item_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=public_id, info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=S1)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True, info=S1)
    item_version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"), info=S1)
    number: Mapped[int] = mapped_column(info=S1)
    state: Mapped[str] = mapped_column(String(9), default="open", info=S1)
    seed: Mapped[int] = mapped_column(info=S1)
    client_key: Mapped[str] = mapped_column(String(64), info=S1)
    started_at: Mapped[datetime] = mapped_column(info=S1)
    deadline_at: Mapped[datetime | None] = mapped_column(info=S1)
    submitted_at: Mapped[datetime | None] = mapped_column(info=S1)
    timed_out: Mapped[bool] = mapped_column(default=False, info=S1)
    points: Mapped[str] = mapped_column(String(40), default="0", info=S1)
    out_of: Mapped[int] = mapped_column(default=0, info=S1)
    percent: Mapped[int | None] = mapped_column(info=S1)
    passed: Mapped[bool] = mapped_column(default=False, info=S1)
    void_reason: Mapped[str] = mapped_column(Text, default="", info=S1)


class Answer(Model):
    """One answer to one question, with the mark it got. `late` ones are kept and not counted."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("attempt_id", "question", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), info=S1)
    question: Mapped[str] = mapped_column(String(40), info=S1)
    seq: Mapped[int] = mapped_column(info=S1)
    response: Mapped[dict[str, Any]] = mapped_column(info=S1)
    points: Mapped[str] = mapped_column(String(40), info=S1)
    correct: Mapped[bool] = mapped_column(info=S1)
    late: Mapped[bool] = mapped_column(default=False, info=S1)
    saved_at: Mapped[datetime] = mapped_column(info=S1)


class Allowance(Model):
    """What staff gave one person for one quiz: more attempts, more time; with the reason she can read."""

    __tablename__ = "attempt_allowance"
    __table_args__ = (
        CheckConstraint("attempts >= 0 AND time_percent >= 100", name="only_more"),
        CheckConstraint("reason <> ''", name="has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), info=S1)
    attempts: Mapped[int] = mapped_column(default=0, info=S1)
    time_percent: Mapped[int] = mapped_column(default=100, info=S1)
    reason: Mapped[str] = mapped_column(Text, info=S1)
    given_at: Mapped[datetime] = mapped_column(info=S1)
