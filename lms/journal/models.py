"""Tables of the journal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S3, Model


class JournalEntry(Model):
    """What somebody wrote for herself, sealed to her (`accounts.vault`). The server can't open it."""

    __tablename__ = "journal_entry"

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    body: Mapped[bytes] = mapped_column(info=S3)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), info=S1)
    made_at: Mapped[datetime] = mapped_column(info=S1)
    saved_at: Mapped[datetime] = mapped_column(info=S1)


class JournalCopy(Model):
    """An entry once more, sealed with the keys of a pair: there as long as its writer shows it."""

    __tablename__ = "journal_copy"

    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), primary_key=True, info=S1)
    match_id: Mapped[int] = mapped_column(
        ForeignKey("match.id"), primary_key=True, index=True, info=S1
    )
    body: Mapped[bytes] = mapped_column(info=S3)
    shared_at: Mapped[datetime] = mapped_column(info=S1)
