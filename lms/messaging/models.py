"""Tables of notices and mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S2, Model


class Notice(Model):
    """Something that a person should know: what kind of thing, and public ids of where it is."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person", "person_id", "id"),
        Index(
            "ix_notice_unread",
            "person_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=S1)
    kind: Mapped[str] = mapped_column(String(24), info=S1)
    params: Mapped[dict[str, Any]] = mapped_column(info=S1)
    created_at: Mapped[datetime] = mapped_column(info=S1)
    read_at: Mapped[datetime | None] = mapped_column(info=S1)


class NoticeChoice(Model):
    """What a person wants of which channel, if she has said so. Without a row all comes but the summary."""

    __tablename__ = "notice_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, info=S1)
    mail: Mapped[bool] = mapped_column(default=True, info=S1)
    reminders_here: Mapped[bool] = mapped_column(default=True, info=S1)
    reminders_by_mail: Mapped[bool] = mapped_column(default=True, info=S1)
    weekly: Mapped[bool] = mapped_column(default=False, info=S1)


class Contact(Model):
    """A person's mail address, sealed. `cycle` counts the mails that were due, so that each is written once."""

    __tablename__ = "contact"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, info=S1)
    address: Mapped[bytes] = mapped_column(info=S2)
    lang: Mapped[str] = mapped_column(String(5), info=S1)
    cycle: Mapped[int] = mapped_column(default=0, info=S1)
    mailed_at: Mapped[datetime | None] = mapped_column(info=S1)
