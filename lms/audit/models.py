"""Tables of the access record."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S2, Model


class AccessEvent(Model):
    """One look of an actor at a person's data. Written once, never changed.

    Lines of a person form a chain: `hash` is keyed and covers the line and the `hash` before it. `shown` is
    the name under which the person knew the actor on that day. `day` is set for lists, of which an actor
    leaves one line a day.
    """

    __tablename__ = "access_event"
    __table_args__ = (
        UniqueConstraint("person_id", "number"),
        UniqueConstraint(
            "actor_id", "what", "about", "day", "person_id", name="uq_access_event_a_day"
        ),
        CheckConstraint(
            "role IN ('mentor', 'coordinator', 'administrator', 'reader', 'safeguarding')",
            name="role",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=S1)
    number: Mapped[int] = mapped_column(info=S1)
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=S1)
    role: Mapped[str] = mapped_column(String(16), info=S1)
    shown: Mapped[str] = mapped_column(String(64), info=S1)
    what: Mapped[str] = mapped_column(String(16), info=S1)
    about: Mapped[str] = mapped_column(String(16), info=S1)
    day: Mapped[date | None] = mapped_column(info=S1)
    at: Mapped[datetime] = mapped_column(info=S1)
    previous: Mapped[bytes] = mapped_column(info=S1)
    hash: Mapped[bytes] = mapped_column(info=S1)


class AccessQuestion(Model):
    """A "Why?" about one line, and its answer: one a line. The line itself stays as it was written.

    The answer is sealed for the person who asked.
    """

    __tablename__ = "access_question"
    __table_args__ = (
        UniqueConstraint("person_id", "number"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=S1)
    number: Mapped[int] = mapped_column(info=S1)
    asked_at: Mapped[datetime] = mapped_column(info=S1)
    answer: Mapped[bytes | None] = mapped_column(info=S2)
    answered_at: Mapped[datetime | None] = mapped_column(info=S1)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)


class AccessChain(Model):
    """The end of a person's chain: without it, a cut-off tail would look whole. Also what writers lock."""

    __tablename__ = "access_chain"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, info=S1)
    number: Mapped[int] = mapped_column(info=S1)
    hash: Mapped[bytes] = mapped_column(info=S1)
