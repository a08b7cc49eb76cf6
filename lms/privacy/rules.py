"""How long a copy waits, how long somebody can come back, when an account counts as abandoned. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

COPY_WAITS = timedelta(hours=24)
CAN_COME_BACK = timedelta(days=7)
ABANDONED_MONTHS = 24


class CopyState(StrEnum):
    """What the page of a copy shows."""

    NONE = "none"
    ASKED = "asked"
    READY = "ready"
    TAKEN = "taken"
    OLD = "old"


def copy_state(
    asked_at: datetime, ready_at: datetime | None, taken_at: datetime | None, now: datetime
) -> CopyState:
    """Where a copy stands."""
    if taken_at is not None:
        return CopyState.TAKEN
    if is_too_old(asked_at, ready_at, now):
        return CopyState.OLD
    return CopyState.READY if ready_at else CopyState.ASKED


def is_too_old(asked_at: datetime, ready_at: datetime | None, now: datetime) -> bool:
    """Whether nobody came for the copy within a day."""
    return now >= (ready_at or asked_at) + COPY_WAITS


def month_of(now: datetime) -> date:
    """The month of a moment, as its first day: a use is remembered no more exactly than that."""
    return now.date().replace(day=1)


def abandoned_before(now: datetime) -> date:
    """An account whose last month of use lies before this one has not been used for 24 months."""
    this = month_of(now)
    months = this.year * 12 + this.month - 1 - ABANDONED_MONTHS
    return date(months // 12, months % 12 + 1, 1)
