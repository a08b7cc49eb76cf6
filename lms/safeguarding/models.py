"""Tables of safeguarding."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import S1, S2, K, Model


class Concern(Model):
    """What somebody worries about: her words, whom they are about if a pair says it, and how far it is.

    Its words are sealed with a data key of its own (owner: its public id), so that it can be destroyed alone,
    and outlives the account of whoever raised it. `raised_by_id` is empty when nobody was signed in.
    `code` is the keyed digest of what was then given to follow it up.
    `review_at`: from then on the leads decide whether it is kept.
    """

    __tablename__ = "concern"
    __table_args__ = (
        CheckConstraint("wish IN ('talk', 'record', 'urgent')", name="wish"),
        CheckConstraint(
            "state IN ('raised', 'acknowledged', 'assessing', 'action_plan', 'referred', 'closed')",
            name="state",
        ),
        CheckConstraint("basis IS NULL OR basis IN ('consent', 'life')", name="basis"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    pair: Mapped[str] = mapped_column(String(12), default="", info=S1)
    code: Mapped[bytes | None] = mapped_column(unique=True, info=K)
    wish: Mapped[str] = mapped_column(String(8), info=S1)
    about: Mapped[bytes | None] = mapped_column(info=S2)
    body: Mapped[bytes] = mapped_column(info=S2)
    state: Mapped[str] = mapped_column(String(12), default="raised", info=S1)
    basis: Mapped[str | None] = mapped_column(String(8), info=S1)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    raised_at: Mapped[datetime] = mapped_column(index=True, info=S1)
    acknowledged_at: Mapped[datetime | None] = mapped_column(info=S1)
    closed_at: Mapped[datetime | None] = mapped_column(info=S1)
    review_at: Mapped[datetime | None] = mapped_column(index=True, info=S1)


class ConcernEntry(Model):
    """One line of a concern's log: who opened it, moved it, handed it over, noted or said something.

    `answer` and `reply` are what lead and reporter say to each other; the rest only leads read.
    """

    __tablename__ = "concern_entry"
    __table_args__ = (
        CheckConstraint(
            "what IN ('opened', 'moved', 'handed', 'note', 'answer', 'reply', 'kept')", name="what"
        ),
        Index("ix_concern_entry_concern_id", "concern_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    concern_id: Mapped[int] = mapped_column(ForeignKey("concern.id"), info=S1)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    what: Mapped[str] = mapped_column(String(8), info=S1)
    detail: Mapped[str] = mapped_column(String(12), default="", info=S1)
    body: Mapped[bytes | None] = mapped_column(info=S2)
    at: Mapped[datetime] = mapped_column(info=S1)


class Block(Model):
    """Somebody wants nothing to do with somebody else. Only the one who made it ever sees the row.

    `name` is the one under which she knows the other.
    """

    __tablename__ = "block"
    __table_args__ = (
        UniqueConstraint("by_id", "against_id"),
        CheckConstraint("by_id <> against_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=S1)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, info=S1)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=S1)
    against_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=S1)
    name: Mapped[str] = mapped_column(String(32), info=S1)
    since: Mapped[datetime] = mapped_column(info=S1)
