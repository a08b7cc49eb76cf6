"""Counters that slow guessing down. They are rows, so a restart or a second worker forgets nothing.

Counted is what is attacked (an account, the whole instance), never where the attack comes from: addresses
are not stored anywhere.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.clock import now
from lms.core.db import S1, Model, db, insert_into

FORGET = timedelta(days=1)
FREE_TRIES = 5
LONGEST = timedelta(minutes=15)


class Throttle(Model):
    """Failures of one thing. The key is a keyed hash, so the table names nobody."""

    __tablename__ = "throttle"

    key: Mapped[bytes] = mapped_column(primary_key=True, info=S1)
    failures: Mapped[int] = mapped_column(info=S1)
    last_at: Mapped[datetime] = mapped_column(index=True, info=S1)


def delay(failures: int, free: int = FREE_TRIES) -> timedelta:
    """Waiting time after so many failures: none at first, then 2, 4, 8 … seconds, at most 15 minutes."""
    if failures < free:
        return timedelta(0)
    return min(LONGEST, timedelta(seconds=2 ** min(failures - free + 1, 12)))


def wait_until(purpose: str, name: str, free: int = FREE_TRIES) -> datetime | None:
    """Return when the next try is allowed, or None when it is allowed now."""
    row = db.session.execute(
        select(Throttle.failures, Throttle.last_at).where(Throttle.key == _key(purpose, name))
    ).first()
    if row is None:
        return None
    until = row.last_at + delay(row.failures, free)
    return until if until > now() else None


def count(purpose: str, name: str) -> None:
    """Count one failure, in the open transaction. A day without one starts anew."""
    row = insert_into(Throttle).values(key=_key(purpose, name), failures=1, last_at=now())
    more = {"failures": Throttle.failures + 1, "last_at": now()}
    db.session.execute(row.on_conflict_do_update(index_elements=[Throttle.key], set_=more))


def clear(purpose: str, name: str) -> None:
    """Forget the failures, after a success."""
    db.session.execute(delete(Throttle).where(Throttle.key == _key(purpose, name)))


def forget_old() -> None:
    """Drop counters that have been quiet for a day."""
    db.session.execute(delete(Throttle).where(Throttle.last_at < now() - FORGET))


def _key(purpose: str, name: str) -> bytes:
    digest: bytes = current_app.extensions["keys"].digest(f"throttle:{purpose}", name)
    return digest
