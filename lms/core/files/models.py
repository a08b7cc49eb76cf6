"""The table of files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S2, Model


class StoredFile(Model):
    """A file that somebody sent, sealed. The name that it had on her phone is not kept.

    What it hangs on is said by a table of the room that took it; that also decides who may read it.
    """

    __tablename__ = "file"
    __table_args__ = (
        CheckConstraint("kind IN ('jpg', 'png', 'webp', 'pdf', 'docx', 'odt', 'txt')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    kind: Mapped[str] = mapped_column(String(8), info=S1)
    size: Mapped[int] = mapped_column(info=S1)
    kept_at: Mapped[datetime] = mapped_column(info=S1)
    # The last column, and not read unless asked for: a list of files costs no content.
    sealed: Mapped[bytes] = mapped_column(info=S2, deferred=True)
