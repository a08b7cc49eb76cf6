"""Tables of copies and erasures."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S2, K, Model


class Copy(Model):
    """The copy of her data that a person asked for: asked, then ready, then taken or too old.

    `sealed` is the open part, sealed at rest, and goes when it is taken. One a person: asking anew makes the
    older one go.
    """

    __tablename__ = "data_copy"
    __table_args__ = (
        CheckConstraint("taken_at IS NULL OR sealed IS NULL", name="taken_once"),
        CheckConstraint("sealed IS NULL OR ready_at IS NOT NULL", name="ready"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True, info=S1)
    lang: Mapped[str] = mapped_column(String(5), info=S1)
    asked_at: Mapped[datetime] = mapped_column(index=True, info=S1)
    ready_at: Mapped[datetime | None] = mapped_column(info=S1)
    taken_at: Mapped[datetime | None] = mapped_column(info=S1)
    sealed: Mapped[bytes | None] = mapped_column(info=S2)


class Erasure(Model):
    """Somebody who is leaving: hidden since `asked_at`, destroyed at `due_at` unless she comes back.

    `keys_gone_at`: from then on there is no way back, and only the rows are left to destroy.
    """

    __tablename__ = "erasure"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, info=S1)
    asked_at: Mapped[datetime] = mapped_column(info=S1)
    due_at: Mapped[datetime] = mapped_column(index=True, info=S1)
    keys_gone_at: Mapped[datetime | None] = mapped_column(info=S1)


class Erased(Model):
    """A keyed hash of the public id of somebody who is gone: a backup that is put back must not bring her back.

    The same list lies beside the keys, because the database is what a backup replaces.
    """

    __tablename__ = "erased"

    digest: Mapped[bytes] = mapped_column(primary_key=True, info=K)


class LastUse(Model):
    """The month in which an account was last used. No day and no time: it only tells what is abandoned."""

    __tablename__ = "last_use"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, info=S1)
    month: Mapped[date] = mapped_column(index=True, info=S1)
