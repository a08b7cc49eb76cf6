"""The one table of importers: rows about people who have no account yet."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S2, K, Model


class InvitedRow(Model):
    """A row of a table about somebody who had no account when staff brought it in.

    Her code is known by its keyed hash alone. `words` is what the row says: sealed for the table it came in
    (`batch`) until she has typed the code, for her (`claimed_by`) from then on, and empty once she has
    answered. `who` is a keyed hash of her name in the table: the same row makes no second code, and the
    next table knows who she is.
    """

    __tablename__ = "invited_row"
    __table_args__ = (
        UniqueConstraint("who", "kind", "track"),
        CheckConstraint("kind IN ('people', 'waiting', 'pairs')", name="kind"),
        CheckConstraint("answer IN ('', 'yes', 'no')", name="answer"),
        CheckConstraint("claimed_by IS NOT NULL OR answer = ''", name="answered_by_somebody"),
        CheckConstraint("(answer = '') = (words IS NOT NULL)", name="words_until_answered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    kind: Mapped[str] = mapped_column(String(8), info=S1)
    track: Mapped[str] = mapped_column(String(12), info=S1)
    who: Mapped[bytes] = mapped_column(info=K)
    digest: Mapped[bytes] = mapped_column(unique=True, info=K)
    words: Mapped[bytes | None] = mapped_column(info=S2)
    batch: Mapped[str] = mapped_column(String(12), index=True, info=S1)
    brought_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    answer: Mapped[str] = mapped_column(String(4), default="", info=S1)
    expires_on: Mapped[date] = mapped_column(index=True, info=S1)
